"""Graphs with targets that are made up: many, and hostile ones."""

from __future__ import annotations

from typing import Final

from kg.terms import PKG, QUDT, RDF, RDFS, TIME, XSD

ID: Final = "https://w3id.org/policy-kg/id/"
GRAPH: Final = "https://w3id.org/policy-kg/graph/generated"
LONG: Final = "长" * 5000
EVIL: Final = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202eabc"
FORMULA: Final = '=HYPERLINK("http://example.com")'


def literal(text: str, language: str) -> str:
    """Return a literal of N-Triples."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"@{language}'


def target(name: str, zh: str, en: str, *, value: float | None = None, unit: str = "CNY", year: int = 0) -> list[str]:
    """Return the triples of a target."""
    iri, quantity = f"<{ID}target/{name}>", f"<{ID}quantity/{name}>"
    kind = "QualitativeTarget" if value is None else "QuantitativeTarget"
    lines = [
        f"{iri} <{RDF}type> <{PKG}Target> .",
        f"{iri} <{RDF}type> <{PKG}{kind}> .",
        f"{iri} <{RDFS}label> {literal(zh, 'zh')} .",
        f"{iri} <{RDFS}label> {literal(en, 'en')} .",
    ]
    if value is not None:
        lines += [f"{iri} <{PKG}comparator> <{ID}comparator/ge> ."]
        lines += [f"{iri} <{PKG}{each}> {quantity} ." for each in ("quantity", "normalizedQuantity")]
        lines += [f'{quantity} <{QUDT}numericValue> "{value}"^^<{XSD}decimal> .']
        lines += [f"{quantity} <{QUDT}hasUnit> <http://qudt.org/vocab/unit/{unit}> ."]
        lines += [f'<http://qudt.org/vocab/unit/{unit}> <{QUDT}symbol> "{unit}" .']
    if year:
        instant = f"<{ID}instant/{year}>"
        lines += [f"{iri} <{PKG}deadline> {instant} ."]
        lines += [f'{instant} <{TIME}inXSDDate> "{year}-12-31"^^<{XSD}date> .']
        lines += [f'{instant} <{TIME}inXSDgYear> "{year}"^^<{XSD}gYear> .']
    return lines


def of_measure(count: int) -> bytes:
    """Return the triples of a measure and so many targets of it, the last of them alone with a number and a year."""
    measure = f"<{ID}measure/busy>"
    lines = [f"{measure} <{RDF}type> <{PKG}Measure> .", f"{measure} <{RDFS}label> {literal('Busy', 'en')} ."]
    lines += [f"{measure} <{RDFS}label> {literal('繁忙', 'zh')} ."]
    for place in range(count):
        last = place == count - 1
        name, value = f"its-{place:03}", 7.0 if last else None
        lines += target(name, f"其目标{place}", f"Its target {place}", value=value, year=2032 if last else 0)
        lines += [f"{measure} <{PKG}hasTarget> <{ID}target/{name}> ."]
    return "\n".join(lines).encode()


def many(count: int) -> bytes:
    """Return the triples of so many targets, three hostile ones, and one with a name alone, in N-Triples."""
    lines = target("evil", EVIL, EVIL, value=7, year=2031)
    lines += target("formula", FORMULA, FORMULA, value=-3, year=2031)
    lines += target("long", LONG, "long" * 1250, year=2031)
    lines += target("bare", "只有名称", "A name alone")
    lines += [f"<{ID}target/evil> <{PKG}hasIndicator> <{ID}indicator/evil> ."]
    lines += [f"<{ID}indicator/evil> <{RDF}type> <{PKG}Indicator> ."]
    lines += [f"<{ID}indicator/evil> <{RDFS}label> {literal(LONG, each)} ." for each in ("zh", "en")]
    lines += [f"<{ID}target/evil> <{PKG}wording> {literal(EVIL, 'zh')} ."]
    for place in range(count):
        lines += target(f"made-{place}", f"目标{place}", f"Target {place}", value=place * 7 % 1000 + 1, year=2030)
    return "\n".join(lines).encode()
