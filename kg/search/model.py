"""What a search returns: things, each with how sure it is and with the name that matched, and in which way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from kg.lookup import Reference

How = Literal["id", "label", "alias", "folded", "script", "pinyin", "initials", "part", "typo"]
"""In which way a name matches a text, the stronger first as far as the way alone tells; see docs/search.md."""

HOWS: Final[tuple[How, ...]] = get_args(How)

EXACT_WAYS: Final[frozenset[How]] = frozenset({"id", "label", "alias", "folded", "script"})
"""Those by which the name is the very one, but for case, width, marks, British spelling or script."""

CONFIDENT: Final = 0.8
"""From this score on, the text names the thing; below it, the thing is no more than near to the text."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The name that matched: as the graph has it, its language (empty for an id), and in which way it matched."""

    text: str
    language: str
    how: How

    def to_json(self) -> dict[str, str]:
        """Return the name as JSON."""
        return {"text": self.text, "language": self.language, "how": self.how}


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that a text may mean; the score is from 0 to 1, and 1 only for the very id or label."""

    reference: Reference
    score: float
    matched: Matched

    def to_json(self) -> dict[str, Any]:
        """Return the thing as JSON, with the score and the name that matched."""
        return {**self.reference.to_json(), "score": self.score, "matched": self.matched.to_json()}
