"""The hostile battery: what a stranger may send to a SPARQL endpoint that stands open."""

from __future__ import annotations

from itertools import zip_longest

from tests.reliability.attack import CSV, GRAPH, Attack, counts, has_rows, nested, says
from tests.reliability.text_attacks import NETWORK, TEXTS
from tests.reliability.wire_attacks import WIRE

ONE = "?a ?b ?c"
TWO = "?a ?b ?c . ?d ?e ?f"
THREE = f"{TWO} . ?g ?h ?i"
ANY = "(<urn:x:p>|!<urn:x:p>)"


def doubling(expression: str, times: int, seed: str = "0123456789") -> str:
    """Return a query that applies an expression of ?x0, ?x1 … so many times."""
    steps = "".join(f" BIND({expression.replace('?x', f'?x{step}')} AS ?x{step + 1})" for step in range(times))
    return f'SELECT (STRLEN(?x{times}) AS ?n) {{ BIND("{seed}" AS ?x0){steps} }}'


PRODUCTS = (
    Attack(
        "product-sort", ("memory", "time"), f"SELECT * {{ {TWO} }} ORDER BY ?c ?f", limits=("time", "memory", "rows")
    ),
    Attack("product-count", ("time",), f"SELECT (COUNT(*) AS ?n) {{ {THREE} }}", counts(lambda n: n**3)),
    Attack(
        "product-group",
        ("memory", "time"),
        f"SELECT ?a ?f (COUNT(*) AS ?n) {{ {TWO} }} GROUP BY ?a ?f",
        limits=("time", "memory", "rows"),
    ),
    Attack(
        "product-distinct", ("memory", "time"), f"SELECT DISTINCT ?a ?f {{ {TWO} }}", limits=("time", "memory", "rows")
    ),
    Attack("product-rows", ("rows", "bytes"), f"SELECT * {{ {TWO} }}", limits=("time", "memory", "rows", "bytes")),
    Attack(
        "product-sort-limit",
        ("time", "memory"),
        f"SELECT * {{ {TWO} }} ORDER BY DESC(CONCAT(STR(?c), STR(?f))) LIMIT 1",
        has_rows(lambda _: 1),
    ),
    Attack("product-sum", ("time",), f"SELECT (SUM(STRLEN(STR(?c)) * STRLEN(STR(?i))) AS ?n) {{ {THREE} }}"),
    Attack(
        "product-distinct-count",
        ("memory", "time"),
        f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?c), STR(?f))) AS ?n) {{ {TWO} }}",
    ),
    Attack("product-min", ("time",), f"SELECT (MIN(CONCAT(STR(?c), STR(?f), STR(?i))) AS ?n) {{ {THREE} }}"),
    Attack(
        "product-minus",
        ("time",),
        f"SELECT (COUNT(*) AS ?n) {{ {TWO} MINUS {{ ?a ?x ?y . ?z ?e ?w FILTER(?y = ?w) }} }}",
    ),
    Attack(
        "product-not-exists",
        ("time",),
        f"SELECT (COUNT(*) AS ?n) {{ {TWO} FILTER NOT EXISTS {{ ?c ?x ?y . ?z ?w ?f . ?v ?w ?y }} }}",
    ),
    Attack(
        "product-construct",
        ("bytes", "memory", "rows"),
        f"CONSTRUCT {{ ?a ?e ?f . ?d ?b ?c }} WHERE {{ {TWO} }}",
        accept=GRAPH,
        limits=("time", "memory", "rows", "bytes"),
    ),
    Attack("product-ask", ("time",), f'ASK {{ {THREE} FILTER(CONCAT(STR(?a), STR(?f), STR(?i)) = "x") }}', says(False)),
    Attack(
        "values-product",
        ("time",),
        "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(100)))} }}" for i in range(8))
        + " }",
        counts(lambda _: 100**8),
    ),
    Attack(
        "limit-huge",
        ("rows", "bytes"),
        f"SELECT * {{ {TWO} }} LIMIT 2000000000",
        accept=CSV,
        limits=("time", "memory", "rows", "bytes"),
    ),
    Attack("offset-huge", ("time",), f"SELECT * {{ {THREE} }} OFFSET 900000000000 LIMIT 1"),
    Attack("limit-beyond-64-bit", ("crash",), f"SELECT * {{ {ONE} }} LIMIT {10**30} OFFSET {10**30}"),
    Attack(
        "random-order",
        ("memory", "time"),
        f"SELECT (UUID() AS ?u) (RAND() AS ?r) {{ {TWO} }} ORDER BY ?r LIMIT 3",
        has_rows(lambda _: 3),
    ),
)

STRINGS = (
    Attack(
        "group-concat",
        ("memory", "time"),
        f'SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?f)); SEPARATOR=",")) AS ?n) {{ {TWO} }}',
    ),
    Attack("concat-doubling", ("memory",), doubling("CONCAT(?x, ?x)", 40), counts(lambda _: 10 * 2**40)),
    Attack("replace-doubling", ("memory",), doubling('REPLACE(?x, ".", "$0$0$0$0$0$0$0$0$0$0")', 11)),
    Attack("encode-doubling", ("memory",), doubling("ENCODE_FOR_URI(ENCODE_FOR_URI(?x))", 24, "汉" * 1000)),
    Attack(
        "bytes-by-rows",
        ("bytes", "memory"),
        f'SELECT (REPLACE(STR(?b), ".", "0123456789012345678901234567890123456789") AS ?x) ?c {{ {TWO} }}',
        limits=("time", "memory", "rows", "bytes"),
        accept=CSV,
    ),
    Attack(
        "bytes-of-one-row",
        ("bytes", "memory"),
        doubling("CONCAT(?x, ?x)", 24).replace("(STRLEN(?x24) AS ?n)", "?x24 ?x23 ?x22"),
        limits=("time", "memory", "bytes"),
    ),
    Attack(
        "regex-backtracking",
        ("time",),
        'SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER REGEX(CONCAT(STR(?c), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),'
        ' "^(.*)*(a|aa|a)+(a+)+$") }',
    ),
    Attack(
        "regex-states",
        ("memory", "time"),
        'SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER REGEX(STR(?c), "((((.{0,100}){0,100}){0,100}){0,100}){0,100}") }',
    ),
    Attack(
        "regex-for-each-row",
        ("time",),
        f'SELECT (COUNT(*) AS ?n) {{ {TWO} FILTER REGEX(STR(?f), CONCAT("(", ENCODE_FOR_URI(STR(?c)), "){{1,50}}")) }}',
    ),
    Attack(
        "sha512-chain",
        ("time",),
        f'SELECT (COUNT(*) AS ?n) {{ {TWO} FILTER({nested("SHA512(", ")", 200, "CONCAT(STR(?c), STR(?f))")} = "0") }}',
        counts(lambda _: 0),
    ),
    Attack("decimal-tower", ("time", "crash"), doubling("(?x * ?x)", 60, "3").replace('"3"', "3.5")),
)

PATHS = (
    Attack("path-all-star", ("time", "memory"), f"SELECT (COUNT(*) AS ?n) {{ ?s {ANY}* ?o }}"),
    Attack("path-nested-star", ("time", "memory"), f"SELECT (COUNT(*) AS ?n) {{ ?s (({ANY}*)*)* ?o }}"),
    Attack("path-both-ways", ("time", "memory"), f"SELECT (COUNT(*) AS ?n) {{ ?s ({ANY}|^{ANY})+ ?o }}"),
    Attack("path-stars-in-line", ("time", "memory"), f"SELECT (COUNT(*) AS ?n) {{ ?s {ANY}*/^{ANY}*/{ANY}* ?o }}"),
    Attack(
        "path-rows",
        ("rows", "time"),
        f"SELECT * {{ ?s ({ANY}|^{ANY})* ?o }}",
        limits=("time", "memory", "rows", "bytes"),
    ),
    Attack("path-maybe-tower", ("time",), f"SELECT (COUNT(*) AS ?n) {{ ?s {'/'.join([f'({ANY}|^{ANY})?'] * 30)} ?o }}"),
    Attack(
        "path-nesting",
        ("nesting", "crash"),
        f"SELECT * {{ ?s {nested('^(', ')', 20_000, '<urn:x:p>')} ?o }}",
        limits=("nesting", "length", "complexity", "memory", "time"),
    ),
    Attack(
        "path-length",
        ("length", "crash"),
        f"SELECT * {{ ?s {'/'.join(['<urn:p>'] * 11_000)} ?o }}",
        limits=("length", "complexity", "memory", "time"),
    ),
)

PATTERNS = (
    Attack(
        "optionals-same-subject",
        ("time", "memory"),
        "SELECT (COUNT(*) AS ?n) { ?s a ?t " + " ".join(f"OPTIONAL {{ ?s ?p{i} ?o{i} }}" for i in range(25)) + " }",
    ),
    Attack(
        "optionals-apart",
        ("time", "memory"),
        "SELECT (COUNT(*) AS ?n) { " + " ".join(f"OPTIONAL {{ ?s{i} ?p{i} ?o{i} }}" for i in range(12)) + " }",
        counts(lambda n: n**12),
    ),
    Attack(
        "union-tree",
        ("length", "crash", "time"),
        "SELECT (COUNT(*) AS ?n) { " + " UNION ".join(["{?a ?b ?c}"] * 10_000) + " }",
        counts(lambda n: 10_000 * n),
        limits=("length", "complexity", "memory", "time"),
    ),
    Attack(
        "union-nesting",
        ("nesting", "crash"),
        f"SELECT * {{ {nested('{ ?a ?b 1 } UNION { ', '}', 4_000, '?a ?b 2')} }}",
        limits=("nesting", "length", "complexity", "memory", "time"),
    ),
    Attack(
        "braces", ("nesting", "crash"), f"SELECT * {nested('{', '}', 20_000, '?s ?p ?o')}", limits=("nesting", "length")
    ),
    Attack(
        "binds",
        ("length", "crash"),
        f"SELECT (?v4999 AS ?n) {{ {' '.join(f'BIND({i} AS ?v{i})' for i in range(5_000))} }}",
        counts(lambda _: 4999),
        limits=("length", "complexity", "memory", "time"),
    ),
    Attack(
        "values-many",
        ("length", "memory"),
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?v {{ {' '.join(map(str, range(100_000)))} }} ?a ?b ?c }}",
        counts(lambda n: 100_000 * n),
        limits=("length", "memory", "time"),
    ),
    Attack(
        "in-list",
        ("length", "time"),
        f"SELECT (COUNT(*) AS ?n) {{ {TWO} FILTER(STRLEN(STR(?c)) IN ({','.join(map(str, range(9000, 25_000)))})) }}",
        limits=("length", "memory", "time"),
    ),
    Attack(
        "subquery-tower",
        ("time", "nesting"),
        f"SELECT (COUNT(*) AS ?n) {{ {nested('?a ?b ?c . { SELECT DISTINCT * { ', '} }', 150, '?x ?y ?z')} }}",
        limits=("time", "memory", "nesting"),
    ),
    Attack(
        "subqueries-apart",
        ("time", "memory"),
        "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"{{ SELECT ?o{i} {{ ?s{i} ?p{i} ?o{i} }} ORDER BY ?o{i} }}" for i in range(6))
        + " }",
        counts(lambda n: n**6),
    ),
    Attack(
        "exists-nesting",
        ("nesting", "crash", "time"),
        f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o {nested('FILTER NOT EXISTS { ?s ?p ?o ', '}', 2_000, '')} }}",
        limits=("nesting", "length", "complexity", "memory", "time"),
    ),
    Attack(
        "graph-for-each-pair",
        ("time",),
        f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ {ONE} }} GRAPH ?h {{ ?d ?e ?f }} FILTER(?c != ?f) }}",
    ),
    Attack(
        "describe-everything",
        ("bytes", "time"),
        f"DESCRIBE * {{ {TWO} }}",
        accept=GRAPH,
        limits=("time", "memory", "rows", "bytes"),
    ),
    Attack(
        "construct-template",
        ("length", "bytes"),
        f"CONSTRUCT {{ {' '.join(f'?a <urn:p:{i}> ?f .' for i in range(3_000))} }} WHERE {{ {TWO} }}",
        accept=GRAPH,
        limits=("time", "memory", "rows", "bytes", "length", "complexity"),
    ),
)

GROUPS = (PRODUCTS, PATHS, STRINGS, PATTERNS, TEXTS, NETWORK, WIRE)

# Of each kind in turn, so that whoever sends the first few has sent some of each.
BATTERY = tuple(attack for turn in zip_longest(*GROUPS) for attack in turn if attack is not None)
