"""Asks the hygiene queries of a folder: one rule a query, each row an offender."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.engine import Engine
from kg.errors import Problem, QueryError, SourceError, Violation


@dataclass(frozen=True, slots=True)
class Rule:
    """A hygiene rule: its name, what it finds wrong, what would be right, and the query whose rows are offenders."""

    name: str
    wrong: str
    right: str
    severity: str
    query: str


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the rules of a folder, sorted by name.

    A rule's first comment line says what is wrong, the second what would be right; `# severity: warning` makes it one
    that does not block.

    Raises:
        SourceError: there are no rules, or some that do not begin with both sentences.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    paths = sorted(folder.glob("*.rq"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        comments = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
        if len(comments) < 2 or not text.startswith("#"):
            hint = "begin with two comment lines: what is wrong, and what would be right"
            problems.append(Problem(str(path), 1, 1, "", "has no sentences", hint))
            continue
        severity = "Warning" if "severity: warning" in comments[2:] else "Violation"
        rules.append(Rule(path.stem, comments[0], comments[1], severity, text))
    if not paths:
        problems.append(Problem(str(folder), 0, 0, "", "has no rules", "put the hygiene queries there"))
    if problems:
        raise SourceError(problems)
    return tuple(rules)


def check_hygiene(engine: Engine, folder: Path) -> tuple[Violation, ...]:
    """Return the offenders that the rules of a folder find, sorted.

    Raises:
        SourceError: a rule is not a query, does not begin with its sentences or has no `?offender`.
    """
    found: set[Violation] = set()
    for rule in read_rules(folder):
        try:
            rows = engine.select(rule.query)
        except QueryError as error:
            raise SourceError([Problem(str(folder / f"{rule.name}.rq"), 0, 0, "", str(error))]) from error
        for row in rows:
            if "offender" not in row:
                message = "gives a row without ?offender"
                raise SourceError([Problem(str(folder / f"{rule.name}.rq"), 0, 0, "", message)])
            detail = str(row["detail"]) if "detail" in row else ""
            message = f"{rule.wrong} {rule.right}"
            found.add(Violation(rule.severity, str(row["offender"]), "", detail, rule.name, message))
    return tuple(sorted(found))
