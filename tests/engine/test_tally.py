"""What is hashed and counted from the lines of a file is what the engine has once it has stored them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg.engine.tally import Canonical, Part, Scope, datatype_of

XSD = "http://www.w3.org/2001/XMLSchema#"
SCOPE = Scope("urn:left-out", "urn:thing:", "urn:Listed")


def stored(lines: bytes) -> bytes:
    """Return lines as the engine writes them, each quad once."""
    store = ox.Store()
    store.extend(ox.parse(lines, format=ox.RdfFormat.N_QUADS))  # unlike a load, this keeps the labels of blank nodes
    return store.dump(format=ox.RdfFormat.N_QUADS) or b""


def read(lines: bytes, canonical: Canonical | None) -> Part:
    part = Part()
    part.add(lines, SCOPE, canonical)
    return part


def assert_same(lines: bytes) -> Part:
    """Hold what is read of lines as they are written against what is read of what the engine makes of them."""
    given, trusted = read(lines, Canonical()), read(stored(lines), None)
    assert (given.ground, given.lines, len(given.blank)) == (trusted.ground, trusted.lines, len(trusted.blank))
    for name in ("subjects", "objects"):
        assert sorted(getattr(given, name)) == sorted(getattr(trusted, name))
    for name in ("classes", "listed"):
        assert getattr(given, name) == getattr(trusted, name)
    assert set(given.entities) == set(trusted.entities)
    rows = [sorted(repr(list(part.numbers)[number]) for number in part.rows) for part in (given, trusted)]
    assert rows[0] == rows[1]
    return given


def every_character() -> Iterator[str]:
    """Yield texts that have all characters between them, 64 in each."""
    for start in range(1, 0x110000, 64):
        text = "".join(
            chr(point) for point in range(start, min(start + 64, 0x110000)) if unicodedata.category(chr(point)) != "Cs"
        )
        if text:
            yield text


def test_every_character_is_read_as_it_is_stored() -> None:
    canonical, count = Canonical(), 0
    for text in every_character():
        plain = "".join(character for character in text if character not in '"\\\n\r')
        line = f'<urn:s> <urn:p> "{plain}" <urn:g> .\n'.encode()
        assert read(line, canonical).ground == read(stored(line), None).ground, ascii(text)
        count += 1
    assert count > 17_000


@pytest.mark.parametrize(
    "line",
    [
        "<urn:s> <urn:p> <urn:o> .",
        "<urn:s> <urn:p> <urn:o> <urn:g> .",
        "<urn:s><urn:p><urn:o><urn:g>.",
        "<urn:s> <urn:p><urn:o> <urn:g> .",
        "<urn:s><urn:p> <urn:o> <urn:g> .",
        "<urn:s> <urn:p> <urn:o><urn:g> .",
        "  <urn:s>\t<urn:p>  <urn:o> <urn:g>  .  # a comment",
        "<urn:s> <urn:p> <urn:o> <urn:g> . # a comment",
        '<urn:s> <urn:p> "a" <urn:g> .',
        '<urn:s> <urn:p> "a"<urn:g> .',
        '<urn:s> <urn:p> "a <urn:x> .".',
        '<urn:s> <urn:p> "" .',
        r'<urn:s> <urn:p> "a\" <urn:x> ." <urn:g> .',
        r'<urn:s> <urn:p> "\u0041\n\t\"\\\b" <urn:g> .',
        r"<urn:s\u0041> <urn:p> <urn:o> <urn:g> .",
        '<urn:s> <urn:p> "a"@zh <urn:g> .',
        '<urn:s> <urn:p> "a"@zh-Hans-CN <urn:g> .',
        '<urn:s> <urn:p> "a"@EN <urn:g> .',
        '<urn:s> <urn:p> "a"@en--ltr <urn:g> .',
        f'<urn:s> <urn:p> "a"^^<{XSD}string> <urn:g> .',
        f'<urn:s> <urn:p> "1"^^<{XSD}integer> <urn:g> .',
        f'<urn:s> <urn:p> "01"^^<{XSD}integer> <urn:g> .',
        f'<urn:s> <urn:p> "1"^^<{XSD}byte> <urn:g> .',
        f'<urn:s> <urn:p> "1.50"^^<{XSD}decimal> <urn:g> .',
        f'<urn:s> <urn:p> "1e3"^^<{XSD}double> <urn:g> .',
        f'<urn:s> <urn:p> "1"^^<{XSD}boolean> <urn:g> .',
        f'<urn:s> <urn:p> "2024-06-07T00:00:00.000Z"^^<{XSD}dateTime> <urn:g> .',
        f'<urn:s> <urn:p> "2027"^^<{XSD}gYear> <urn:g> .',
        f'<urn:s> <urn:p> "PT60M"^^<{XSD}duration> <urn:g> .',
        f'<urn:s> <urn:p> "no number"^^<{XSD}integer> <urn:g> .',
        '<urn:s> <urn:p> "a"^^<urn:type> <urn:g> .',
        "<urn:s> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> <urn:g> .",
        '<urn:s> <urn:p> <<( <urn:a> <urn:b> "c d" )>> .',
        "_:s <urn:p> <urn:o> <urn:g> .",
        '<urn:s> <urn:p> "_:no blank node" <urn:g> .',
        "<urn:s> <urn:p> _:o .",
        "<urn:s> <urn:p> <urn:o> _:g .",
        "<urn:s> <urn:p> <<( _:a <urn:b> <urn:c> )>> <urn:g> .",
        "<urn:中文> <urn:p> <urn:例> <urn:图> .",
        "<urn:thing:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:Listed> <urn:g> .",
        "<urn:thing:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> _:class <urn:g> .",
        '<urn:thing:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "Listed" <urn:g> .',
        "_:thing <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:Listed> <urn:g> .",
    ],
)
def test_a_line_is_read_as_it_is_stored(line: str) -> None:
    for ending in ("\n", "\r\n", ""):
        part = assert_same(f"{line}{ending}".encode())
        assert part.lines == 1
    several = assert_same(f"# first\n\n{line}\n<urn:t> <urn:p> <urn:o> <urn:g> .\n".encode())
    assert several.lines == 2


def test_the_graph_that_is_left_out_is_not_read() -> None:
    part = read(b'<urn:s> <urn:p> "a" <urn:left-out> .\n<urn:s> <urn:p> "a\\n" <urn:left-out> .\n', Canonical())
    assert (part.lines, len(part.subjects), part.ground) == (2, 0, 0)


def test_many_literals_are_not_all_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.tally._MOST_KNOWN", 4)
    canonical = Canonical()
    found = [canonical.is_stored(f'"{number:02}"^^<{XSD}integer>'.encode()) for number in range(20)]
    assert found == [False] * 10 + [True] * 10
    assert len(canonical._known) <= 4


@pytest.mark.parametrize(
    ("suffix", "datatype"),
    [
        (b"", XSD + "string"),
        (b"@zh", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"),
        (b"@en--ltr", "http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString"),
        (f"^^<{XSD}gYear>".encode(), XSD + "gYear"),
    ],
)
def test_what_follows_the_quotes_tells_the_datatype(suffix: bytes, datatype: str) -> None:
    assert datatype_of(suffix) == datatype
