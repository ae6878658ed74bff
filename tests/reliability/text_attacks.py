"""Attacks by what a text is before it is evaluated: deep, long, broken, or naming what is elsewhere."""

from __future__ import annotations

from tests.reliability.attack import Attack, counts, has_rows, nested, says

LITTLE = "SELECT (1 AS ?n) {}"

TEXTS = (
    Attack(
        "bangs",
        ("nesting", "crash"),
        f"ASK {{ FILTER({'!' * 20_000}true) }}",
        says(True),
        limits=("nesting", "length", "complexity", "memory", "time"),
    ),
    Attack(
        "parentheses",
        ("nesting", "crash"),
        f"ASK {{ FILTER({nested('(', ')', 20_000, 'true')}) }}",
        limits=("nesting", "length"),
    ),
    Attack(
        "arithmetic-flat",
        ("length", "crash"),
        f"SELECT (({'+'.join(['1'] * 20_000)}) AS ?n) {{}}",
        counts(lambda _: 20_000),
        limits=("length", "complexity", "memory", "time"),
    ),
    Attack(
        "functions-nested",
        ("nesting", "crash"),
        f"SELECT ({nested('ABS(', ')', 15_000, '1')} AS ?n) {{}}",
        limits=("nesting", "length"),
    ),
    Attack(
        "ifs-nested",
        ("nesting", "crash"),
        f"SELECT ({nested('IF(true, ', ', 0)', 4_000, '1')} AS ?n) {{}}",
        limits=("nesting", "length"),
    ),
    Attack(
        "lists-nested",
        ("nesting", "crash"),
        f"SELECT * {{ ?s ?p {nested('(', ')', 20_000, '1')} }}",
        limits=("nesting", "length"),
    ),
    Attack(
        "blank-nodes-nested",
        ("nesting", "crash"),
        f"SELECT * {{ {nested('[ <urn:p> ', ']', 8_000, '1')} ?p ?o }}",
        limits=("nesting", "length"),
    ),
    Attack(
        "quoted-triples-nested",
        ("nesting", "crash"),
        f"SELECT * {{ {nested('<<( ?s ?p ', ')>>', 6_000, '1')} ?q ?r }}",
        limits=("nesting", "length"),
    ),
    Attack(
        "literal-long",
        ("length", "memory"),
        f'SELECT (STRLEN("{"x" * 10_000_000}") AS ?n) {{}}',
        counts(lambda _: 10_000_000),
        limits=("length",),
    ),
    Attack("iri-long", ("length",), f"ASK {{ <urn:{'x' * 5_000_000}> ?p ?o }}", says(False), limits=("length",)),
    Attack("comment-long", ("length",), f"{LITTLE} #{'x' * 20_000_000}", counts(lambda _: 1), limits=("length",)),
    Attack(
        "prefix-bomb",
        ("memory", "bytes"),
        f"PREFIX a: <urn:{'x' * 40_000}>\nSELECT * {{ VALUES ?v {{ {'a:b ' * 12_000} }} }}",
        has_rows(lambda _: 12_000),
        limits=("time", "memory", "rows", "bytes", "length"),
    ),
    Attack("control-characters", ("crash",), "SELECT\x00 * \x01 { \ufffe ?s ?p ?o \x7f }"),
    Attack("open-string", ("crash",), 'SELECT * { ?s ?p """' + '\\"' * 40_000),
)

SERVICE = "SELECT * {{ {} <{{listener}}sparql> {{ ?x ?y ?z }} ?a ?b ?c }}"
NETWORK = (
    Attack("service", ("network",), SERVICE.format("SERVICE")),
    Attack("service-escaped", ("network",), SERVICE.format("\\u0053ERV\\U00000049CE")),
    Attack("service-silent", ("network",), SERVICE.format("service # to\n SILENT")),
    Attack("service-by-variable", ("network",), "SELECT * { VALUES ?e { <{listener}sparql> } SERVICE SILENT ?e {} }"),
    Attack(
        "service-in-exists", ("network",), "ASK { ?s ?p ?o FILTER EXISTS { SERVICE SILENT <{listener}sparql> {} } }"
    ),
    Attack("load", ("network", "disk"), "LOAD SILENT <{listener}data.ttl>", operation="update"),
    Attack("from-remote", ("network",), "SELECT * FROM <{listener}data.ttl> { ?s ?p ?o }"),
    Attack("from-file", ("disk",), "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"),
    Attack(
        "default-graph-remote",
        ("network",),
        "SELECT * { ?s ?p ?o }",
        parameters=(("default-graph-uri", "{listener}data.ttl"),),
    ),
    Attack(
        "update-without-token",
        ("disk",),
        "DELETE { ?s ?p ?o } INSERT { ?s ?p ?a } WHERE { ?s ?p ?o . ?a ?b ?c }",
        operation="update",
    ),
)
