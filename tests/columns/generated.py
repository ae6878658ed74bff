"""Random graphs whose values are as awkward as values get, and random queries of what the columns read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from kg.engine import EmbeddedEngine
from kg.terms import XSD

N = "http://example.org/n/"
MILD = ["0", "1", "2", "3", "-4", "10", "9", "0.5", "1.0", "2.25", "-0.125", "100000.5"]
EXACT = [
    *("9223372036854775807", "-9223372036854775808", "170141183460469231731.6", "0.000000000000000001"),
    *("0.333333333333333333", "123456789.123456789123456789", "99999999999999.999999999999999999"),
]
STRINGS = ['""', '"a"', '"b"', '"ab"', '"é𝒳"', r'"q\"u\\o\nte\t"', '"10"', '"~"', r'"\u0001"']
TAGGED = ['"a"@en', '"b"@en', '"a"@fr', '"城市"@zh', '"b"@en-GB', '""@en']
DATED = [
    *(f'"{year}"^^<{XSD}gYear>' for year in (2023, 2024, 2025)),
    *(f'"{date}"^^<{XSD}date>' for date in ("2024-02-29", "2023-12-31", "2024-01-01")),
    f'"2024-05-06T07:08:09"^^<{XSD}dateTime>',
]
OTHER = [
    f'"true"^^<{XSD}boolean>',
    f'"false"^^<{XSD}boolean>',
    '"x"^^<http://example.org/t>',
    '"y"^^<http://example.org/t>',
]
LARGE = [f'"300000000000000000000"^^<{XSD}decimal>', f'"99999999999999999999"^^<{XSD}integer>']
DOUBLES = [f'"{number}"^^<{XSD}double>' for number in ("1", "0.1", "0.2", "0.3", "-7.5", "1e20", "3e-5", "9")]
WILD = [
    *(f'"{number}"^^<{XSD}double>' for number in ("NaN", "INF", "-INF", "-0.0")),
    *(f'"{number}"^^<{XSD}float>' for number in ("1.5", "0.1")),
    *(f'"{lexical}"^^<{XSD}{datatype}>' for lexical, datatype in (("x", "integer"), ("01", "integer"), ("5", "byte"))),
    *(f'"2024-01-01{zone}"^^<{XSD}date>' for zone in ("Z", "+08:00")),
    f'"P1D"^^<{XSD}duration>',
    f'"-0044"^^<{XSD}gYear>',
]


def _number(text: str) -> str:
    return f'"{text}"^^<{XSD}{"decimal" if "." in text else "integer"}>'


_MILD, _EXACT = [_number(each) for each in MILD], [_number(each) for each in EXACT]
MIXTURES: Sequence[Sequence[str]] = (
    [*_MILD],
    [*_MILD, *_EXACT],
    [*DOUBLES],
    [*_MILD, *DOUBLES],
    [*_MILD, *STRINGS, *TAGGED, *DATED],
    [*_MILD, *STRINGS, *TAGGED, *DATED, *OTHER, *LARGE, *DOUBLES],
    [*_MILD, *_EXACT, *STRINGS, *TAGGED, *DATED, *OTHER, *LARGE, *DOUBLES, *WILD],
)


def graphs(chosen: random.Random) -> EmbeddedEngine:
    """Return an engine over three graphs that share triples: a tree with circles, and properties with values."""
    values = chosen.choice(MIXTURES)
    nodes = [f"<{N}{each}>" for each in range(12)]
    triples = [(chosen.choice(nodes), f"<{N}p{chosen.randrange(3)}>", chosen.choice(values)) for _ in range(60)]
    triples += [(chosen.choice(nodes), f"<{N}up>", chosen.choice(nodes)) for _ in range(chosen.choice((5, 12, 20)))]
    triples += [(node, f"<{N}type>", f"<{N}T{chosen.randrange(3)}>") for node in nodes]
    triples += [(chosen.choice(nodes), f"<{N}to>", chosen.choice(nodes)) for _ in range(20)]
    triples += [(f"_:b{each}", f"<{N}to>", chosen.choice(nodes)) for each in range(2)]
    parts = [sorted(set(chosen.choices(triples, k=2 * len(triples) // 3))) for _ in range(3)]
    return EmbeddedEngine.of_graphs(
        (f"{N}g{number}", "".join(f"{' '.join(triple)} .\n" for triple in part).encode())
        for number, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class Generated:
    """A query, and the variables that it orders by."""

    text: str
    order: tuple[str, ...]


class Generator:
    """Makes queries; for the same random numbers the same ones."""

    def __init__(self, chosen: random.Random) -> None:
        self._chosen = chosen

    def query(self) -> Generated:
        """Return a query that is analytical."""
        text, order = self._select(self._chosen.random() < 0.8)
        return Generated(f"PREFIX : <{N}> PREFIX xsd: <{XSD}> {text}", order)

    def _select(self, grouped: bool) -> tuple[str, tuple[str, ...]]:
        pick = self._chosen
        group, names = self._group()
        if not grouped:
            where = group + f" ?{pick.choice(names)} :up{pick.choice('*+')} ?z ."
            projected = pick.sample([*names, "z"], min(len(names) + 1, pick.randint(1, 3)))
            items, keys = [f"?{name}" for name in projected], ""
        else:
            where = group
            chosen = pick.sample(names, pick.choice((0, 1, 1, 1, 2)) if len(names) > 1 else pick.randint(0, 1))
            projected, items, keys = (
                list(chosen),
                [f"?{name}" for name in chosen],
                " ".join(f"?{name}" for name in chosen),
            )
            if pick.random() < 0.1:
                keys += f" ({self._expression(names, 1)} AS ?key)"
                projected, items = [*projected, "key"], [*items, "?key"]
            for number in range(pick.randint(1, 3)):
                items.append(f"({self._aggregated(names)} AS ?a{number})")
                projected.append(f"a{number}")
            keys = f"GROUP BY {keys}" if keys else ""
            if pick.random() < 0.2:
                keys += f" HAVING ({self._aggregate(names)} {pick.choice(('>', '<', '=', '!='))} {self._constant()})"
        order, ending = self._ordered(projected)
        distinct = "DISTINCT " if pick.random() < (0.1 if grouped else 0.5) else ""
        return f"SELECT {distinct}{' '.join(items)} WHERE {{ {where} }} {keys} {ending}", order

    def _ordered(self, names: list[str]) -> tuple[tuple[str, ...], str]:
        pick = self._chosen
        if pick.random() < 0.5:
            return (), ""
        order = pick.sample(names, pick.randint(1, len(names)))
        ending = "ORDER BY " + " ".join(pick.choice((f"?{name}", f"DESC(?{name})")) for name in order)
        if pick.random() < 0.5:
            ending += f" LIMIT {pick.randint(0, 8)}"
        if pick.random() < 0.2:
            ending += f" OFFSET {pick.randint(0, 4)}"
        return tuple(order), ending

    def _group(self) -> tuple[str, list[str]]:
        """Return a group, and the variables that it binds, the first of them to nodes."""
        pick = self._chosen
        parts, names = [f"?s {self._step()} ?v0 ."], ["s", "v0"]
        for number in range(1, pick.choice((1, 2, 2, 3, 3, 4))):
            part, name = self._part(names, number)
            parts.append(part)
            names += [name] if name else []
        if pick.random() < 0.4:
            parts.insert(pick.randint(1, len(parts)), f"FILTER({self._expression(names, 2)})")
        if pick.random() < 0.15:
            parts.append(f"BIND({self._expression(names, 1)} AS ?bound)")
            names.append("bound")
        return " ".join(parts), names

    def _part(self, names: list[str], number: int) -> tuple[str, str]:
        """Return another member of the group, and the variable that it binds, if any."""
        pick, name = self._chosen, f"v{number}"
        inner = f"?s {self._step()} ?{name}"
        filtered = f"{inner} FILTER({self._expression([name], 1)})"
        kinds = {
            f"?{pick.choice(names)} {self._step()} ?{name} .": 45,
            f"?{name} {self._step()} ?{pick.choice(names)} .": 10,
            f"?{pick.choice(names)} {self._step()} ?{pick.choice(names)} .": 8,
            f"?s :type :T{pick.randrange(3)} .": 5,
            f"?{name} :up* :{pick.randrange(12)} . ?s :to ?{name} .": 4,
            f"OPTIONAL {{ {inner} }}": 10,
            f"OPTIONAL {{ {filtered} }}": 5,
            f"{{ {inner} }} UNION {{ ?s {self._step()} ?{name} }}": 7,
            f"FILTER {pick.choice(('', 'NOT '))}EXISTS {{ ?s {self._step()} ?inner }}": 5,
            f"FILTER NOT EXISTS {{ ?{pick.choice(names)} {self._step()} ?{pick.choice(names)} }}": 3,
            f"MINUS {{ {filtered} }}": 5,
            f"MINUS {{ ?{pick.choice(names)} {self._step()} ?inner }}": 3,
            f"VALUES ?s {{ {' '.join(f':{pick.randrange(12)}' for _ in range(5))} }}": 3,
            f"{{ SELECT ?s (COUNT(?i) AS ?{name}) {{ ?s {self._step()} ?i }} GROUP BY ?s }}": 3,
        }
        (part,) = pick.choices(list(kinds), list(kinds.values()))
        return part, name if f"?{name}" in part and "MINUS" not in part else ""

    def _step(self) -> str:
        pick = self._chosen
        one = pick.choice((":p0", ":p1", ":p2", ":to", ":type", ":up"))
        kind = pick.random()
        if kind < 0.6:
            return one
        return pick.choice(
            (
                ":up*",
                ":up+",
                ":to/:p0",
                ":up/^:up",
                f"(:to|{one})",
                f"(:to|^{one})",
                ":up*/:p1",
                ":up?",
                "^:up+",
                "?p",
                "(:up|:to)+",
            )
        )

    def _aggregated(self, names: Sequence[str]) -> str:
        pick = self._chosen
        one = self._aggregate(names)
        kind = pick.random()
        if kind < 0.8:
            return one
        if kind < 0.9:
            return f"({one} {pick.choice('+-*/')} {self._constant()})"
        return f"COALESCE({one}, {self._aggregate(names)}, 0)"

    def _aggregate(self, names: Sequence[str]) -> str:
        pick = self._chosen
        name = pick.choice(("COUNT", "COUNT", "SUM", "AVG", "MIN", "MAX"))
        if name == "COUNT" and pick.random() < 0.3:
            return "COUNT(*)"
        argument = f"?{pick.choice(names)}" if pick.random() < 0.85 else self._expression(names, 1)
        return f"{name}({'DISTINCT ' if pick.random() < 0.3 else ''}{argument})"

    def _expression(self, names: Sequence[str], depth: int) -> str:
        pick = self._chosen
        one, other = f"?{pick.choice(names)}", f"?{pick.choice(names)}"
        kind = pick.random()
        if depth and kind < 0.25:
            inner = self._expression(names, depth - 1), self._expression(names, depth - 1)
            return pick.choice(
                ("({0} && {1})", "({0} || {1})", "(!{0})", "IF({0}, {1}, 3)", "COALESCE({0}, {1})")
            ).format(*inner)
        if kind < 0.55:
            return f"({one} {pick.choice(('=', '!=', '<', '>', '<=', '>='))} {pick.choice((self._constant(), other))})"
        if kind < 0.65:
            return f"({one} {pick.choice('+-*/')} {pick.choice((self._constant(), other))})"
        if kind < 0.72:
            return f"({one} {pick.choice(('IN', 'NOT IN'))} ({self._constant()}, {other}, {self._constant()}))"
        functions = (
            *("BOUND({0})", "isIRI({0})", "isLiteral({0})", "isNumeric({0})", "STR({0})", "LANG({0})", "DATATYPE({0})"),
            *("(LANG({0}) = 'en')", "YEAR({0})", "MONTH({0})", "STRLEN(STR({0}))", "CONTAINS({0}, 'a')", "ABS({0})"),
            *("CONTAINS(LCASE(STR({0})), 'a')", "STRSTARTS(LCASE({0}), 'h')", "STRENDS(STR({0}), '城市')"),
            *("STRSTARTS(STR({0}), 'h')", "STRENDS({0}, 'b'@en)", "sameTerm({0}, {1})", "langMatches(LANG({0}), 'en')"),
        )
        return pick.choice(functions).format(one, other)

    def _constant(self) -> str:
        return self._chosen.choice(
            (
                *("1", "2", "0.5", "10", "-4", "2.25", "'a'", "'b'@en", ":T1", ":3", "true", "'10'"),
                *("'2024'^^xsd:gYear", "'2024-01-01'^^xsd:date", "'1'^^xsd:double", "'0.3'^^xsd:double", "'x'"),
            )
        )


class Analyst:
    """Asks what a graph has: joins along predicates that meet there, grouped and counted."""

    def __init__(self, chosen: random.Random, engine: EmbeddedEngine) -> None:
        """Look at which predicates begin where others end, or where others begin."""
        self._chosen = chosen
        links = "SELECT DISTINCT ?p ?q { ?s ?p ?o . ?o ?q ?x }", "SELECT DISTINCT ?p ?q { ?s ?p ?o ; ?q ?x }"
        self._onward, self._beside = (self._pairs(engine, query) for query in links)

    @staticmethod
    def _pairs(engine: EmbeddedEngine, query: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in engine.select(f"{query} ORDER BY ?p ?q"):
            found.setdefault(f"<{row['p'].value}>", []).append(f"<{row['q'].value}>")
        return found

    def query(self) -> Generated:
        """Return a query of two to five patterns."""
        pick = self._chosen
        ends = [("v0", pick.choice(sorted(self._beside)))]
        parts = [f"?s {ends[0][1]} ?v0 ."]
        for number in range(1, pick.randint(2, 4)):
            before, predicate = pick.choice(ends)
            if onward := self._onward.get(predicate) if pick.random() < 0.6 else None:
                start, following = f"?{before}", pick.choice(onward)
            else:
                start, following = "?s", pick.choice(self._beside[ends[0][1]])
            climbing = "/<http://www.w3.org/2004/02/skos/core#broader>*" if pick.random() < 0.15 else ""
            parts.append(f"{start} {following}{climbing} ?v{number} .")
            if not climbing:
                ends.append((f"v{number}", following))
        names = [f"v{number}" for number in range(len(parts))]
        chosen = pick.sample(names, pick.choice((0, 1, 1, 2)) if len(names) > 1 else 1)
        keys = " ".join(f"?{name}" for name in chosen)
        if pick.random() < 0.25:
            parts.append(f"FILTER(LANG(?{pick.choice(names)}) = '{pick.choice(('zh', 'en'))}')")
        if pick.random() < 0.15:
            parts[-1] = f"OPTIONAL {{ {parts[-1]} }}" if parts[-1].startswith("?s") and len(parts) > 1 else parts[-1]
        items = [
            f"({name}({pick.choice(('', 'DISTINCT '))}?{pick.choice(names)}) AS ?a{name})"
            for name in self._aggregates()
        ]
        order = " ORDER BY DESC(?aCOUNT) " + keys if "COUNT" in items[0] and pick.random() < 0.5 else ""
        ending = f"{order} LIMIT {pick.randint(1, 20)}" if order and pick.random() < 0.5 else order
        grouped = f"GROUP BY {keys}" if keys else ""
        return Generated(
            f"SELECT {keys} {' '.join(items)} {{ {' '.join(parts)} }} {grouped}{ending}",
            ("aCOUNT", *chosen) if order else (),
        )

    def _aggregates(self) -> list[str]:
        return ["COUNT", *self._chosen.sample(("SUM", "AVG", "MIN", "MAX"), self._chosen.randint(0, 2))]
