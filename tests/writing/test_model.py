"""Writes and their results on their way to a worker and back."""

from __future__ import annotations

import json

import pytest

from kg.writing import Write


@pytest.mark.parametrize(
    "write",
    [
        Write("update", "me", text="CLEAR ALL # 医疗 \ud800", using_graphs=("u:a", "u:b"), expected=("0" * 16,)),
        Write("put", "me", graph="u:g", content=b"\x00\xff", media_type="text/turtle", base="u:b", note="why"),
        Write("delete", "me", graph=None),
    ],
    ids=["update", "put", "delete"],
)
def test_write_arrives_as_it_was_sent(write: Write) -> None:
    head, content = write.pack()
    assert Write.unpack(json.loads(json.dumps(head)), content) == write
