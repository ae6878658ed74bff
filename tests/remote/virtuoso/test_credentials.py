"""Credentials at a service: Virtuoso asks for them by HTTP Digest at /sparql-auth, where updates go in earnest."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from kg.errors import StoreFailed
from kg.revisions import RemoteRevisionStore
from kg.settings import Settings
from tests.conftest import Placed
from tests.remote.servers import Service

MADE = {"base_iri": "https://w3id.org/policy-kg/", "triples": 1, "metadata": False}
GRAPHS = [("urn:g:a", b'<urn:s> <urn:p> "one" .\n')]


@pytest.fixture
def guarded(placed: Placed, service: Service) -> Settings:
    update = service.query.replace("/sparql", "/sparql-auth")
    return replace(placed("guarded"), store_update=update, store_user="dba", store_password="dba")


def test_updates_are_sent_with_digest(guarded: Settings) -> None:
    store = RemoteRevisionStore(guarded)
    made = store.publish(GRAPHS, MADE)
    assert store.current_id() == made.id
    assert [str(row["o"]) for row in store.reader.current().open().select("SELECT ?o WHERE { ?s ?p ?o }")] == ["one"]


def test_a_wrong_password_is_said_and_never_shown(guarded: Settings, caplog: pytest.LogCaptureFixture) -> None:
    secret = "wrong-and-secret"
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreFailed, match="credentials") as raised:
        RemoteRevisionStore(replace(guarded, store_password=secret)).publish(GRAPHS, MADE)
    assert secret not in caplog.text + str(raised.value) + raised.value.zh
