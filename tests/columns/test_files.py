"""Columns in a file: nobody sees them before they are whole, and then they answer as those they were written from."""

from __future__ import annotations

import io
import os
import tempfile

import numpy as np

from kg.columns import Columns, read_columns, write_columns
from kg.engine import EmbeddedEngine
from kg.engine.output import Limited
from kg.terms import sparql_prologue
from tests.columns.conftest import Graphs
from tests.columns.test_serving import MEAN, TREE


def test_what_is_mapped_answers_as_what_was_written(corpus: Graphs) -> None:
    lines = EmbeddedEngine.of_graphs(corpus).merged_lines()
    assert lines is not None
    made = Columns.of(lines)
    assert made is not None
    with tempfile.TemporaryFile() as file:
        assert read_columns(file) is None
        write_columns(made, file)
        mapped = read_columns(file)
        whole = os.pread(file.fileno(), 1 << 30, 0)
    assert mapped is not None
    assert len(mapped.tables) == len(made.tables) > 10_000
    assert not mapped.tables.subjects.flags.writeable
    assert not mapped.tables.subjects.flags.owndata
    np.testing.assert_array_equal(mapped.tables.objects, made.tables.objects)
    for query in (MEAN, TREE, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"):
        outputs = [io.BytesIO(), io.BytesIO()]
        for columns, output in zip((made, mapped), outputs, strict=True):
            assert columns.write_json(sparql_prologue() + query, Limited(output)) == "answered"
        assert len(outputs[0].getvalue()) > 50
        assert outputs[0].getvalue() == outputs[1].getvalue()
    with tempfile.TemporaryFile() as file:
        file.write(bytes(8) + whole[8:])
        file.flush()
        assert read_columns(file) is None, "it was seen before it was whole"
