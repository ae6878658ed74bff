from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.helpers import BROWSER
from tests.api.operations.conftest import Ask

ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/sparql?query=ASK{}", 200),
    ("GET", "/sparql", 200),
    ("HEAD", "/limits", 200),
    ("GET", "/docs", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/health/live", 200),
    ("GET", "/download/graph.nt", 200),
    ("GET", "/id/sector/healthcare", 303),
    ("GET", "/nothing/here", 404),
    ("DELETE", "/sparql", 405),
    ("GET", "/sparql?query=SELEC", 400),
    ("GET", f"/?{'&x' * 1000}", 400),
    ("OPTIONS", "/sparql", 204),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS, ids=[f"{m} {p[:30]} {s}" for m, p, s in ANSWERS])
def test_every_answer_has_them(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, path, headers={"accept": BROWSER} if path == "/" else {})
    assert response.status_code == status, response.text
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert headers["content-security-policy"].count("frame-ancestors 'none'") == 1
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert "X-Revision" in headers["access-control-expose-headers"]
    assert headers["x-request-id"]
    assert "server" not in headers
    for name in headers:
        assert len(headers.get_list(name)) == 1, name


def test_an_error_of_ours_has_them_too(asking: Ask) -> None:
    with asking() as client:
        response = client.get("/test/fails")
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["content-type"] == "application/problem+json"


def test_no_script_that_stands_in_a_page_runs_but_in_the_documentation(client: TestClient) -> None:
    for path, accept in (
        ("/", BROWSER),
        ("/sparql", BROWSER),
        ("/doc/sector/healthcare", BROWSER),
    ):
        policy = client.get(path, headers={"accept": accept}).headers["content-security-policy"]
        assert "script-src 'self';" in policy, path
        assert "unsafe" not in policy, path
        assert "http" not in policy, path
    page = client.get("/docs")
    assert "script-src 'self' 'unsafe-inline'" in page.headers["content-security-policy"]
    assert "http" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/store?default", "PUT", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
        ("/sparql", "POST", "GET, HEAD, POST, OPTIONS"),
        ("/limits", "GET", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_script_of_any_origin_may_ask_and_write_with_a_token(
    client: TestClient, path: str, method: str, allowed: str
) -> None:
    asked = {
        "origin": "https://somewhere.example",
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,if-match,if-none-match",
    }
    response = client.options(path, headers=asked)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-methods"] == response.headers["allow"] == allowed
    may = {name.strip().lower() for name in response.headers["access-control-allow-headers"].split(",")}
    assert may >= {"authorization", "content-type", "if-match", "if-none-match", "x-request-id"}
    assert response.headers["access-control-max-age"] == "86400"


def test_a_path_that_there_is_not_has_no_options(client: TestClient) -> None:
    assert client.options("/nothing").status_code == 404
