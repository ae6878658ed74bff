"""Texts that are nearly SPARQL or nearly RDF: real ones, changed at random."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import strategies as st

QUESTIONS = tuple(
    path.read_text("utf-8")
    for path in sorted((Path(__file__).resolve().parents[2] / "ontology" / "questions").glob("*.rq"))
)
UPDATES = (
    'INSERT DATA { GRAPH <urn:example:fuzz> { <urn:example:a> <urn:example:b> "c"@en, 1, 2.5, true, _:x } }',
    "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { GRAPH <urn:example:fuzz> { ?s ?p ?o } }",
    "DELETE WHERE { GRAPH <urn:example:fuzz> { ?s ?p ?o } }; CLEAR SILENT GRAPH <urn:example:fuzz>",
    "WITH <urn:example:fuzz> DELETE { ?s ?p ?o } USING <urn:example:other> WHERE { ?s ?p ?o FILTER(?o > 3) }",
    "COPY SILENT <urn:example:fuzz> TO <urn:example:other>; MOVE SILENT <urn:example:other> TO <urn:example:fuzz>",
    "PREFIX x: <urn:example:> CREATE SILENT GRAPH x:g; DROP SILENT GRAPH x:g; LOAD SILENT x:g INTO GRAPH x:h",
)
DOCUMENTS = {
    "text/turtle": '@prefix x: <urn:example:> .\nx:a x:b "c"@en, 1.5, true, [ x:d ( 1 2 ) ] ; a x:E .\n',
    "application/n-triples": '<urn:example:a> <urn:example:b> "c\\u00e9"^^<urn:example:d> .\n_:x <urn:example:b> _:y .',
    "application/rdf+xml": '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:x="urn:example:"><rdf:Description rdf:about="urn:example:a"><x:b xml:lang="en">c</x:b></rdf:Description>'
    "</rdf:RDF>",
    "application/ld+json": '{"@context": {"x": "urn:example:"}, "@id": "x:a", "x:b": [{"@value": "c"}, 1, true]}',
}

_TOKEN = re.compile(r"\s+|\w+|<[^>\s]*>|\"[^\"]*\"|.", re.DOTALL)
_SPICE = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "OPTIONAL", "UNION", "MINUS", "GRAPH", "SERVICE", "SILENT"),
    *(
        "FILTER",
        "NOT EXISTS",
        "BIND",
        "VALUES",
        "UNDEF",
        "GROUP BY",
        "HAVING",
        "ORDER BY",
        "LIMIT",
        "OFFSET",
        "DISTINCT",
    ),
    *("COUNT", "GROUP_CONCAT", "SEPARATOR", "IF", "REGEX", "REPLACE", "SUBSTR", "STRDT", "BNODE", "IRI", "NOW", "IN"),
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "<<",
        ">>",
        "<<(",
        ")>>",
        "{|",
        "|}",
        ".",
        ";",
        ",",
        "*",
        "+",
        "?",
        "/",
        "|",
    ),
    *(
        "^",
        "!",
        "=",
        "!=",
        "&&",
        "||",
        "-",
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "#",
        "@en",
        "^^",
        "_:b",
        "?x",
        "$y",
        "a",
        "true",
    ),
    *(
        "1",
        "-1",
        "0.0",
        "1e400",
        "99999999999999999999999999",
        ":",
        "x:",
        "x:y",
        "<urn:x>",
        "<>",
        "<a b>",
        "\\u0053",
        "\\uD800",
    ),
    *(
        "\x00",
        "\x7f",
        "\ufffe",
        "\u2028",
        "\u202e",
        "𝄞",
        "汉",
        "\r",
        "\n",
        "\t",
        "",
        "%",
        "%zz",
        "BASE",
        "PREFIX",
        "FROM",
        "LOAD",
    ),
)
ANY_TEXT = st.text(max_size=60)


@st.composite
def changed(draw: st.DrawFn, originals: tuple[str, ...]) -> str:
    """A real text, of which some tokens were left out, doubled, exchanged or replaced."""
    parts = _TOKEN.findall(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(parts) - 1)))
        other = draw(st.integers(0, max(0, len(parts) - 1)))
        how = draw(st.sampled_from(("leave out", "double", "exchange", "replace", "insert", "cut")))
        match how:
            case "leave out":
                del parts[min(at, other) : max(at, other) - max(0, abs(at - other) - 3)]
            case "double":
                parts[at:at] = parts[min(at, other) : min(at, other) + 8]
            case "exchange" if parts:
                parts[at], parts[other] = parts[other], parts[at]
            case "cut":
                del parts[at:]
            case _:
                spice = draw(st.one_of(st.sampled_from(_SPICE), ANY_TEXT))
                parts[at : at + (how == "replace")] = [spice]
    return "".join(parts)


QUERY_TEXT = st.one_of(
    changed(QUESTIONS), changed(QUESTIONS), st.lists(st.sampled_from(_SPICE), max_size=25).map(" ".join), ANY_TEXT
)
UPDATE_TEXT = st.one_of(changed(UPDATES), changed(UPDATES), ANY_TEXT)
