"""What the OpenAPI document promises, tried with what schemathesis makes of it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.fuzz.conftest import LONG, MEMBERS, TOKEN, small, trying
from tests.reliability.serving import Serving
from tests.reliability.wire import Endpoint

pytestmark = pytest.mark.xdist_group("fuzz")

SOME = 5
"""Cases of each operation and mode in the short form."""


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("token", ["", TOKEN], ids=["stranger", "writer"])
def test_every_operation_is_answered_honestly(server: Serving, mode: GenerationMode, token: str) -> None:
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @trying(SOME, 40 * SOME)
        def attempt(case: schemathesis.Case[Any]) -> None:
            assert_honest(case, headers)

        with contextlib.suppress(Unsatisfiable):  # what takes no parameter cannot be asked wrongly
            attempt()
            tried += 1
    assert tried >= 10
    assert small(Endpoint(server.port)) or (token and LONG), "a writer may have deleted what the small query is after"


def assert_honest(case: schemathesis.Case[Any], headers: dict[str, str]) -> None:
    response = case.call(headers=headers, timeout=30)
    assert response.status_code != 500, (case.as_curl_command(), response.text)
    if response.status_code >= 400 and case.method.upper() != "HEAD":
        assert response.headers["content-type"] == ["application/problem+json"], case.as_curl_command()
        problem = response.json()
        assert [name for name in MEMBERS if not problem.get(name)] == [], problem
        assert problem["status"] == response.status_code
    assert response.status_code in {200, 201, 204, 304} or response.status_code >= 400
