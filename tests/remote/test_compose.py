"""docs/scaling: the compose file is well formed, names settings that there are, and the page says what it is for."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from kg.settings import Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
OURS = ("node-1", "node-2", "node-3")
FILLED = {"STORE_PASSWORD": "s3cret", "WRITE_TOKEN": "t0ken"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::?([-?])([^}]*))?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "scaling" / "compose.yaml").read_text(encoding="utf-8"))
    return found


def filled(value: str) -> str:
    """Return a value as compose fills it in."""
    return VARIABLE.sub(lambda match: FILLED.get(match[1], match[3] if match[2] == "-" else ""), value)


def test_what_a_service_names_is_there(compose: dict[str, Any]) -> None:
    assert set(compose) == {"x-node", "services", "configs", "networks", "volumes"}
    services = compose["services"]
    assert set(services) == {*OURS, "balancer", "store"}
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        assert set(service["networks"]) <= set(compose["networks"]), name
        assert {each["source"] for each in service.get("configs", ())} <= set(compose["configs"]), name
        named = {each.split(":")[0] for each in service.get("volumes", ())}
        assert named <= set(compose["volumes"]), name
        assert ("image" in service) != ("build" in service), name
    balancer = compose["configs"]["balancer"]["content"]
    assert set(re.findall(r"server (node-\d):8000", balancer)) == set(OURS)
    assert "$host" in balancer.replace("$$", "$")
    assert not re.search(r"(?<!\$)\$(?!\$)[a-z]", balancer), "compose would fill it in itself"


def test_the_settings_are_ones_that_there_are(compose: dict[str, Any]) -> None:
    for name in OURS:
        environment = {key: filled(value) for key, value in compose["services"][name]["environment"].items()}
        settings = Settings.from_environment(environment)
        assert settings.store == "http://store:8890/sparql"
        assert (settings.store_user, settings.store_password) == ("dba", "s3cret")
        assert "s3cret" not in repr(settings)
        address = compose["services"]["balancer"]["networks"]["inside"]["ipv4_address"]
        assert settings.trusted_proxies == address
        assert settings.max_rows < int(compose["services"]["store"]["environment"]["VIRT_SPARQL_ResultSetMaxRows"])


def test_the_page_names_settings_and_files_that_there_are() -> None:
    known = {f"KG_{item.name.upper()}" for item in fields(Settings)}
    named = set(re.findall(r"KG_[A-Z_]+", PAGE))
    assert {"KG_STORE", "KG_STORE_UPDATE", "KG_STORE_USER", "KG_STORE_PASSWORD", "KG_STORE_TOKEN"} <= named
    assert named <= known
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def test_the_estimate_adds_up() -> None:
    policies, quads = 1_000_000, 585
    assert f"10⁶ × {quads} = {policies * quads // 1_000_000} million" in PAGE
    assert abs(20_000 * quads - 11_700_000) < 10
    assert "1.17 billion" in PAGE
    assert "1.76 billion" in PAGE
