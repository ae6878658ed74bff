"""Counts how well texts are read: `python -m tests.resolution.evaluate [FILES…] [--mistakes] [--write]`.

A file has a text a line, `text|language|expected` for names and `text|language|form|arguments` for questions; `-` is
expected where there is nothing to find. `names.development.txt` is of the half `development`; `names.blind.txt` is of
the texts that somebody else wrote, `blind`; files without a half in their names are of the `held-out` one. Without
files, those beside this one are read; `--write` puts the table of each set into its place in docs/resolution.md,
`--mistakes` names each text that was not read as it should be.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from kg.build import build_graphs, load_ontology
from kg.engine import EmbeddedEngine
from kg.facts import load_seeds
from kg.inference import with_inferred
from kg.iris import Iris
from kg.lookup import Lookup
from kg.questions import Questions
from kg.resolve import Resolution, Resolver
from kg.search import SearchIndex

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs" / "resolution.md"
DEVELOPMENT, HELD_OUT, BLIND = "development", "held-out", "blind"
PLACE: Final = ("<!-- {}: begin -->", "<!-- {}: end -->")
KINDS: Final = {False: "names", True: "questions"}
LANGUAGES: Final = {"zh": "Chinese", "en": "English"}

Verdict = Literal["right", "wrong", "nothing"]
Meaning = tuple[str, ...]
"""What a text means: sorted ids of things, or a form and its arguments; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, its language, and what it means."""

    text: str
    language: str
    expected: Meaning
    is_question: bool


@dataclass(slots=True)
class Count:
    """How many texts there are, how many of them mean something, and how they were read."""

    texts: int = 0
    answerable: int = 0
    verdicts: dict[Verdict, int] = field(default_factory=lambda: {"right": 0, "wrong": 0, "nothing": 0})

    @property
    def precision(self) -> float | None:
        """Right ones among those that were given."""
        given = self.verdicts["right"] + self.verdicts["wrong"]
        return self.verdicts["right"] / given if given else None

    @property
    def recall(self) -> float | None:
        """Right ones among those that mean something."""
        return self.verdicts["right"] / self.answerable if self.answerable else None


def read(path: Path) -> list[Labelled]:
    """Return the labelled texts of a file."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        text, language, *expected = line.split("|")
        is_question = len(expected) == 2
        if expected[0].strip() == "-":
            meaning: Meaning = ()
        elif is_question:
            meaning = (expected[0], *sorted(part for part in expected[1].split(",") if part))
        else:
            meaning = tuple(sorted(expected[0].split("+")))
        found.append(Labelled(text, language, meaning, is_question))
    return found


def meaning_of(resolution: Resolution, *, is_question: bool) -> Meaning:
    """Return what a text was read as; an ambiguous question means nothing, an ambiguous name all that it may mean."""
    if is_question:
        if resolution.reading is None:
            return ()
        return (resolution.reading.form.name, *sorted(f"{k}={v}" for k, v in resolution.reading.plain().items()))
    return (
        tuple(sorted({entity.candidate.typed_id for entity in resolution.entities}))
        if resolution.kind == "name"
        else ()
    )


def judge(labelled: Labelled, resolver: Resolver) -> tuple[Verdict, Meaning]:
    """Return how a text was read, and as what."""
    found = meaning_of(resolver.resolve(labelled.text, labelled.language), is_question=labelled.is_question)
    return ("nothing" if not found else "right" if found == labelled.expected else "wrong"), found


def counted(texts: Iterable[Labelled], resolver: Resolver) -> Count:
    """Return the counts of some texts."""
    count = Count()
    for labelled in texts:
        count.texts += 1
        count.answerable += bool(labelled.expected)
        count.verdicts[judge(labelled, resolver)[0]] += 1
    return count


def table(paths: Sequence[Path], resolver: Resolver) -> str:
    """Return the table of some files: a row for each kind of text in each language, then those of all."""
    lines = [
        "| texts | language | number | answerable | right | wrong | nothing | precision | recall |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    texts = [labelled for path in paths for labelled in read(path)]
    for is_question, kind in KINDS.items():
        for language, name in LANGUAGES.items():
            some = [it for it in texts if (it.is_question, it.language) == (is_question, language)]
            if some:
                lines.append(_line(kind, name, counted(some, resolver)))
    for language, name in LANGUAGES.items():
        some = [it for it in texts if it.language == language]
        if some:
            lines.append(_line("all", name, counted(some, resolver)))
    lines.append(_line("all", "both", counted(texts, resolver)))
    return "\n".join(lines)


def _line(kind: str, language: str, count: Count) -> str:
    numbers = [count.texts, count.answerable, *count.verdicts.values()]
    shares = [f"{share:.3f}" if share is not None else "–" for share in (count.precision, count.recall)]
    return f"| {kind} | {language} | {' | '.join(map(str, numbers))} | {' | '.join(shares)} |"


def files() -> list[Path]:
    """Return the labelled files that are there."""
    return sorted(Path(__file__).parent.glob("*.*.txt"))


def halves(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Return files by the part of the labelled set that they are of: one of the halves, or the texts of others."""
    found: dict[str, list[Path]] = {}
    for path in paths:
        half = path.stem.rpartition(".")[2]
        found.setdefault(half if half in {DEVELOPMENT, BLIND} else HELD_OUT, []).append(path)
    return found


def in_docs(half: str) -> str:
    """Return the table that the documentation has of a half; empty where it has none."""
    begin, end = (mark.format(half) for mark in PLACE)
    return DOCS.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip()


def with_table(text: str, half: str, made: str) -> str:
    """Return the documentation with the table of a half in its place."""
    begin, end = (mark.format(half) for mark in PLACE)
    before, after = text.partition(begin)[0], text.partition(end)[2]
    return f"{before}{begin}\n{made}\n{end}{after}"


def make_resolver() -> Resolver:
    """Return a resolver over the ontology and the seeds of this checkout."""
    ontology = load_ontology(ROOT / "ontology", Iris())
    seeds = load_seeds(ROOT / "seeds", ontology.vocabulary)
    graphs = with_inferred(build_graphs(ontology, seeds), ontology.folder, ontology.iris)
    engine = EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in graphs)
    questions = Questions.read(ROOT / "ontology" / "questions", Iris())
    return Resolver(Lookup(engine, Iris()), SearchIndex.of(engine, Iris()), questions)


def main(arguments: Sequence[str]) -> int:
    """Print the table of each half of which files are given."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")] or files()
    resolver = make_resolver()
    if "--mistakes" in arguments:
        for labelled in (labelled for path in paths for labelled in read(path)):
            verdict, found = judge(labelled, resolver)
            if found != labelled.expected:
                expected = " ".join(labelled.expected) or "-"
                print(f"{verdict}: {labelled.text} ({labelled.language}): {' '.join(found) or '-'}, not {expected}")
    for half, of_half in halves(paths).items():
        made = table(of_half, resolver)
        print(f"{half}\n\n{made}\n")
        if "--write" in arguments:
            text = DOCS.read_text(encoding="utf-8")
            DOCS.write_text(with_table(text, half, made), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
