"""Rows are counted from bytes, and the count is that of the engine."""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.engine.interface import ResultFormat
from kg.engine.output import Limited, RowCounter
from kg.errors import LimitExceeded

FORMATS = {
    ResultFormat.JSON: ox.QueryResultsFormat.JSON,
    ResultFormat.XML: ox.QueryResultsFormat.XML,
    ResultFormat.CSV: ox.QueryResultsFormat.CSV,
    ResultFormat.TSV: ox.QueryResultsFormat.TSV,
}
NASTY = st.text(st.sampled_from(list('"\\,{}[]<>\r\n\t result a')), max_size=12)


@pytest.mark.parametrize("format", list(FORMATS))
@given(values=st.lists(NASTY, max_size=12), size=st.integers(1, 40))
def test_counts_rows_whatever_the_values_and_the_parts(format: ResultFormat, values: list[str], size: int) -> None:
    literals = " ".join(f"({ox.Literal(value)} {ox.Literal(value, language='en')})" for value in values)
    content = ox.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {literals} }} }}")
    assert isinstance(content, ox.QuerySolutions)
    written = content.serialize(format=FORMATS[format])
    assert written is not None
    counter = RowCounter(format)
    for start in range(0, len(written), size):
        counter.pass_by(written[start : start + size])
    assert max(counter.rows, 0) == len(values)


def test_stops_at_the_limit_of_rows() -> None:
    out = Limited(io.BytesIO(), max_rows=2)
    out.count_rows_of(ResultFormat.TSV)
    out.write(b"?x\n1\n2\n")
    with pytest.raises(LimitExceeded) as raised:
        out.write(b"3\n")
    assert json.dumps(raised.value.limit) == '{"name": "rows", "value": 2, "unit": "rows"}'


def test_stops_at_the_limit_of_bytes() -> None:
    out = Limited(io.BytesIO(), max_bytes=10)
    out.write(b"x" * 10)
    with pytest.raises(LimitExceeded) as raised:
        out.write(b"x")
    assert raised.value.name == "bytes"


def test_rows_that_are_counted_by_their_number_have_the_same_limit() -> None:
    output = Limited(io.BytesIO(), max_rows=10)
    output.count(10)
    assert output.rows == 10
    with pytest.raises(LimitExceeded):
        output.count(2)
