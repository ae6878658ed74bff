"""The service as an operator starts it, asked over a connection by a page of another origin, as OpenRefine's is."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator

import httpx2
import pytest

from api.operations.turns import AT_ONCE
from api.reconcile.endpoint import MAX_FORM
from api.reconcile.queries import BATCH_SIZE
from tests.reconcile.conftest import Asking
from tests.reconcile.schemas import assert_valid
from tests.reliability.serving import Serving

ORIGIN = "http://127.0.0.1:3333"
FORM = "application/x-www-form-urlencoded"

# In the group of OpenRefine, for which the same server is started.
pytestmark = pytest.mark.xdist_group("openrefine")


@pytest.fixture(scope="module")
def page(service: Serving) -> Iterator[httpx2.Client]:
    """What a script in a page of another origin may send without being asked first."""
    with httpx2.Client(base_url=service.url, headers={"origin": ORIGIN}, trust_env=False) as client:
        yield client


def test_every_answer_is_valid_and_may_be_read_by_the_page(page: httpx2.Client, service: Serving) -> None:
    asking = Asking(page)
    manifest = asking.manifest()
    assert manifest["view"]["url"] == f"{service.url}/doc/{{{{id}}}}"
    assert asking.candidates({"query": "醫療", "type": "sector", "limit": 3})[0]["match"]
    assert asking.match({"query": "高端装备", "properties": [{"pid": "broader", "v": "装备制造"}]}) is not None
    found = asking.extend(["measure/gd-ai45-robot-innovation"], "sector", "deadline")
    assert [value["id"] for row in found["rows"].values() for value in row["sector"]] == ["sector/robotics"]
    for what, kind, id in (
        ("entity", "entities", "sector%2Fhealthcare"),
        ("property", "properties", "deadline"),
        ("type", "types", "sector"),
    ):
        place = manifest["suggest"][what]
        suggested = asking.get(f"{place['service_url']}{place['service_path']}?prefix=sector")
        assert_valid(f"suggest-{kind}-response", suggested)
        assert suggested["result"]
        flyout = place["flyout_service_url"] + place["flyout_service_path"].replace("${id}", id)
        assert asking.get(flyout)["html"].startswith("<div>")
    proposing = manifest["extend"]["propose_properties"]
    # What OpenRefine appends where a column was reconciled with no particular type.
    proposed = asking.get(f"{proposing['service_url']}{proposing['service_path']}?type=")
    assert_valid("data-extension-property-proposal", proposed)
    assert len(proposed["properties"]) > 40


def test_a_browser_that_asks_first_is_told_that_it_may(page: httpx2.Client) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    said = page.options("/reconcile", headers=asked)
    assert said.status_code in {200, 204}
    assert said.headers["access-control-allow-origin"] == "*"
    assert "POST" in said.headers["access-control-allow-methods"]
    assert "content-type" in said.headers["access-control-allow-headers"].lower()


def test_what_is_refused_says_so_to_the_page(page: httpx2.Client) -> None:
    many = json.dumps({f"q{number}": {"query": "x"} for number in range(BATCH_SIZE + 1)})
    refused = [
        (page.post("/reconcile", data={"queries": many}), 413, f"{BATCH_SIZE}"),
        (page.post("/reconcile", data={"queries": " " * MAX_FORM}), 413, f"{MAX_FORM} bytes"),
        (page.post("/reconcile/zh", data={"queries": "{"}), 400, "JSON"),
        (page.get("/reconcile?callback=f"), 400, "CORS"),
        (page.get("/reconcile/flyout/entity?id=sector/nothing"), 404, "sector/nothing"),
    ]
    for response, status, said in refused:
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["content-type"] == "application/problem+json"
        assert said in response.json()["detail"]


def test_who_sends_slowly_keeps_nobody_waiting(page: httpx2.Client, service: Serving) -> None:
    begun = f"POST /reconcile HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 99\r\n\r\nquery=a"
    with contextlib.ExitStack() as stack:
        for _ in range(AT_ONCE):
            wire = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), 10))
            wire.sendall(begun.encode())
        time.sleep(0.5)
        began = time.monotonic()
        assert page.get("/api/v1/search?q=医疗").status_code == 200
        assert page.post("/reconcile", data={"query": "医疗"}).status_code == 200
        assert time.monotonic() - began < 5


def test_a_preview_may_stand_in_the_page(page: httpx2.Client) -> None:
    headers = page.get("/reconcile/preview?id=sector/healthcare").headers
    assert "x-frame-options" not in headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["frame-ancestors"] == "*"
    assert policy["default-src"] == "'none'"
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
