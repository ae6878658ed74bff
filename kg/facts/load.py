"""Loading the sources of a folder: all of them valid, or every problem of all files at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from kg.errors import Problem, SourceError
from kg.facts.agreement import check_agreement
from kg.facts.document import Document
from kg.facts.draft import Draft, Entry, read_draft
from kg.facts.hints import slug
from kg.facts.models import Facts, Source
from kg.facts.references import Vocabulary, check_references

MAX_PROBLEMS: Final = 500
"""More problems of one file are counted and not listed."""


@dataclass(frozen=True)
class Seed:
    """A source and its facts, with the files that they were read from."""

    folder: Path
    source: Source
    facts: Facts
    source_document: Document = field(repr=False, compare=False)
    facts_document: Document = field(repr=False, compare=False)
    entries: tuple[Entry, ...] = field(repr=False, compare=False)

    @cached_property
    def _positions(self) -> Mapping[tuple[str, str], tuple[str, int]]:
        found = {("source", self.source.id): (self.source_document.file, 1)}
        for entry in self.entries:
            line = self.facts_document.position(entry.path)[0]
            found[entry.kind, entry.defines or entry.refers] = (self.facts_document.file, line)
        return found

    def position_of(self, kind: str, key: str) -> tuple[str, int] | None:
        """Return file and line of the entry of a thing, such as `("measure", "gd-ai45-smart-hospitals")`.

        None where this source has no entry for it.
        """
        return self._positions.get((kind, key))


def load_seeds(root: Path, vocabulary: Vocabulary) -> tuple[Seed, ...]:
    """Return the sources in the folders of `root` that have a source.yaml or facts.yaml, sorted by name.

    Raises:
        SourceError: something is wrong; it has all problems of all files.
    """
    if not root.is_dir():
        raise SourceError(
            [Problem(str(root), 0, 0, "", "is not a folder", "give the folder that has one folder a source")]
        )
    problems: list[Problem] = []
    drafts: list[Draft] = []
    for folder in (root, *sorted(each for each in root.iterdir() if each.is_dir())):
        present = {each.name for each in folder.iterdir()}
        for name in sorted(present & {"source.yml", "facts.yml"}):
            right = name.replace(".yml", ".yaml")
            problems.append(Problem(str(folder / name), 0, 0, "", "is not read", f"name it {right}"))
        if folder != root and present & {"source.yaml", "facts.yaml"}:
            drafts.append(read_draft(folder))
        elif present & {"source.yaml", "facts.yaml"}:
            hint = f"{root} holds one folder a source; give {root.parent}, or move these files into a folder"
            problems.append(Problem(str(root), 0, 0, "", "is the folder of one source", hint))
    for draft in drafts:
        problems += [*draft.problems, *_check_name(draft), *check_agreement(draft, vocabulary.units)]
    problems += check_references(drafts, vocabulary)
    if problems:
        raise SourceError(list(_limited(problems)))
    return tuple(_seed(draft) for draft in drafts)


def _check_name(draft: Draft) -> Iterator[Problem]:
    """Yield a problem where the folder is not named as its source."""
    document, name = draft.source_document, draft.folder.name
    given = (document.data or {}).get("id")
    if draft.source is not None and draft.source.id != name:
        hint = f"name the folder {draft.source.id}, or write id: {slug(name)}"
        yield document.problem(("id",), f"{given} is not the name of the folder, which is {name}", hint)


def _seed(draft: Draft) -> Seed:
    if draft.source is None:
        raise TypeError(f"{draft.folder} has neither a source nor a problem")
    return Seed(draft.folder, draft.source, draft.facts(), draft.source_document, draft.facts_document, draft.entries)


def _limited(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems; of a file with very many the first ones, and how many more there are."""
    counts: Counter[str] = Counter()
    for problem in sorted(problems):
        counts[problem.file] += 1
        if counts[problem.file] <= MAX_PROBLEMS:
            yield problem
    for file, count in counts.items():
        if count > MAX_PROBLEMS:
            yield Problem(
                file,
                0,
                0,
                "",
                f"has {count - MAX_PROBLEMS:,} more problems, not listed",
                "mend the first ones",
            )
