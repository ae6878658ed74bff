"""Files are loaded as they are, by one thread or several, and what is wrong with them is said with its place."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.engine import FORMATS, File, Scope, load_store, survey, union_beside, write_union
from kg.errors import BadParameter, SourceError, StoreError
from tests.engine.test_union import assert_is_merge

SCOPE = Scope("urn:left-out", "urn:thing:", "urn:Listed")
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def some_lines(count: int = 3000) -> list[str]:
    """Return different quads, some of them not as the engine writes them."""
    found = [f'<urn:thing:{n % 97}> <urn:p{n % 7}> "{n:04}"^^<urn:number> <urn:g{n % 5}> .' for n in range(count)]
    found += [f"<urn:thing:{n}> {TYPE} <urn:Class{n % 3}> <urn:g0> ." for n in range(97)]
    found += [f'<urn:s> <urn:q> "{n:03}"^^<http://www.w3.org/2001/XMLSchema#integer> .' for n in range(50)]
    found += [f'<urn:s> <urn:q> "中\\u0041{n}"@zh-CN <urn:left-out> .' for n in range(50)]
    return found


@pytest.fixture(params=["alone", "with others"])
def _readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files read by this process and thread alone, or by several; and all stores count as large."""
    monkeypatch.setattr("kg.engine.bulk.LARGE", 10)
    if request.param == "with others":
        monkeypatch.setattr("kg.engine.surveying.LARGE", 10)
        monkeypatch.setattr("kg.engine.tally._BLOCK", 4096)


def assert_loaded(folder: Path, lines: list[str], files: list[File]) -> None:
    """Hold a store and what is said of it against one that the engine has loaded by itself."""
    found = load_store(folder / "loaded", files, SCOPE)
    plain = ox.Store(str(folder / "plain"))
    plain.bulk_load("\n".join(lines).encode(), ox.RdfFormat.N_QUADS)
    plain.flush()
    count = len(plain)
    del plain
    expected = survey(folder / "plain", SCOPE)
    assert len(ox.Store.read_only(str(folder / "loaded"))) == count
    assert (found.hash, found.counts, found.quads) == (expected.hash, expected.counts, expected.quads)
    assert survey(folder / "loaded", SCOPE) == found
    assert_is_merge(folder / "loaded")


@pytest.mark.usefixtures("_readers")
@pytest.mark.parametrize("extra", ["", "twice", "blank", "twice and blank"])
def test_quads_are_loaded_and_known(extra: str, tmp_path: Path) -> None:
    lines = some_lines()
    lines += lines[:5] if "twice" in extra else []
    lines += ["_:a <urn:p> _:b <urn:g0> .", "_:b <urn:p> _:a <urn:g1> ."] if "blank" in extra else []
    (tmp_path / "a.nq").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told: list[int] = []
    assert_loaded(tmp_path, lines, [File(tmp_path / "a.nq", "nq")])
    load_store(tmp_path / "again", [File(tmp_path / "a.nq", "nq")], SCOPE, told.append)
    assert told == sorted(told)
    assert told[-1] == (tmp_path / "a.nq").stat().st_size


@pytest.mark.usefixtures("_readers")
@pytest.mark.parametrize(
    ("line", "plainly"),
    [
        ('<urn:s> <urn:p> "a \\"b\\" <urn:x> ."@en <urn:g0> .', True),
        ('<urn:s> <urn:p> "1"^^<urn:n> .', True),
        ("<urn:s> <urn:p> <urn:o> .", True),
        ("<urn:s>  <urn:p> <urn:o> <urn:g0> .", False),
        ("<urn:s> <urn:p> <urn:o> <urn:g0>.", False),
        ("<urn:s> <urn:p> <urn:o> <urn:g0> . # a comment", False),
        ("# <urn:s> <urn:p> <urn:o> <urn:g0> .", False),
        ("", False),
        ("<urn:s> <urn:p> <<( <urn:s> <urn:p> <urn:o> )>> <urn:g0> .", False),
        ("<urn:s><urn:p> <urn:o> <urn:g0> .", False),
        ("<urn:s> <urn:p> <urn:o><urn:g0> .", False),
        ("<urn:s> <urn:p> <<(<urn:s><urn:p> <urn:o>)>> .", False),
        ('<urn:s> <urn:p> "a"@en--ltr <urn:g0> .', True),
    ],
    ids=range(13),
)
def test_the_merge_is_made_of_lines_only_where_these_are_plain(
    line: str, plainly: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [*some_lines(300), line, *some_lines(20)]
    (tmp_path / "a.nq").write_text("\n".join(lines), encoding="utf-8")
    read_back: list[Path] = []

    def writing(path: Path) -> None:
        read_back.append(path)
        write_union(path)

    monkeypatch.setattr("kg.engine.bulk.write_union", writing)
    assert_loaded(tmp_path, lines, [File(tmp_path / "a.nq", "nq")])
    assert_is_merge(tmp_path / "loaded")
    assert bool(read_back) is not plainly


@pytest.mark.usefixtures("_readers")
def test_no_merge_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text("\n".join(some_lines()), encoding="utf-8")
    load_store(tmp_path / "loaded", [File(tmp_path / "a.nq", "nq")], SCOPE, merged=False)
    assert not union_beside(tmp_path / "loaded").exists()


@pytest.mark.usefixtures("_readers")
def test_several_files_are_one_dataset(tmp_path: Path) -> None:
    lines = some_lines()
    (tmp_path / "a.nq").write_text("\n".join(lines[:1000]), encoding="utf-8")  # without an end of the last line
    with gzip.open(tmp_path / "b.nq.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines[900:]))
    assert_loaded(tmp_path, lines, [File(tmp_path / "a.nq", "nq"), File(tmp_path / "b.nq.gz", "nq")])


def test_blank_nodes_of_two_files_are_different_ones(tmp_path: Path) -> None:
    for name in ("a.nq", "b.nq"):
        (tmp_path / name).write_text(f'_:x <urn:p> "{name}" <urn:g> .\n', encoding="utf-8")
    found = load_store(tmp_path / "store", [File(tmp_path / name, "nq") for name in ("a.nq", "b.nq")], SCOPE)
    assert (found.counts["subjects",], found.hash.blank_quads) == (2, 2)


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("nt", "<urn:s> <urn:p> <urn:o> .\n"),
        ("ttl", "@prefix u: <urn:> . u:s u:p u:o ."),
        ("trig", "@prefix u: <urn:> . u:s u:p u:o ."),
        ("jsonld", '{"@id": "urn:s", "urn:p": {"@id": "urn:o"}}'),
        (
            "rdf",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
            '<r:Description r:about="urn:s"><u:p r:resource="urn:o"/></r:Description></r:RDF>',
        ),
    ],
)
def test_formats_without_graphs_go_where_they_are_told(format: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format}"
    path.write_text(content, encoding="utf-8")
    found = load_store(tmp_path / "store", [File(path, format)], SCOPE)
    assert (found.counts["default-graph",], found.quads) == (1, 1)
    if format not in {"trig", "jsonld"}:
        named = load_store(tmp_path / "named", [File(path, format, "urn:g")], SCOPE)
        assert (named.counts["graph", "urn:g"], named.counts["default-graph",]) == (1, 0)
    assert format in FORMATS


@pytest.mark.usefixtures("_readers")
def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    lines = some_lines()
    lines[2500] = "<urn:s> <urn:p> <no absolute IRI> <urn:g> ."
    (tmp_path / "a.nq").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SourceError) as error:
        load_store(tmp_path / "store", [File(tmp_path / "a.nq", "nq")], SCOPE)
    (problem,) = error.value.problems
    assert (problem.file, problem.line, problem.column) == (str(tmp_path / "a.nq"), 2501, 17)
    assert "IRI" in problem.message
    assert problem.hint == "it was read as N-Quads"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.nq", None, "No such file or directory"),
        ("folder", "", "Is a directory"),
        ("short.nq.gz", gzip.compress(b"<urn:s> <urn:p> <urn:o> .\n" * 99)[:-9], "end-of-stream marker"),
        ("plain.nq.gz", b"<urn:s> <urn:p> <urn:o> .\n", "Not a gzipped file"),
    ],
    ids=range(4),
)
def test_a_file_that_cannot_be_read_is_named(name: str, content: bytes | str | None, said: str, tmp_path: Path) -> None:
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    elif content is not None:
        (tmp_path / name).mkdir()
    with pytest.raises(SourceError, match=said) as error:
        load_store(tmp_path / "store", [File(tmp_path / name, "nq")], SCOPE)
    assert error.value.problems[0].file == str(tmp_path / name)


def test_a_graph_has_an_absolute_iri(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:s> <urn:p> <urn:o> .\n", encoding="utf-8")
    with pytest.raises(BadParameter, match="it must be an absolute IRI"):
        load_store(tmp_path / "store", [File(tmp_path / "a.nt", "nt", "no iri")], SCOPE)
    assert not (tmp_path / "store").exists()


def test_a_directory_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:s> <urn:p> <urn:o> .\n", encoding="utf-8")
    (tmp_path / "store").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        load_store(tmp_path / "store", [File(tmp_path / "a.nt", "nt")], SCOPE)


def test_a_reader_that_is_killed_fails_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.surveying.LARGE", 10)
    monkeypatch.setattr("kg.engine.surveying.sys.executable", "/bin/false")
    (tmp_path / "a.nq").write_text("\n".join(some_lines()), encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        load_store(tmp_path / "store", [File(tmp_path / "a.nq", "nq")], SCOPE)
