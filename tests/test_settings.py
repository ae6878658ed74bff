"""Settings from environment and flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SettingError
from kg.settings import Settings


def test_defaults_without_environment() -> None:
    settings = Settings.from_environment({})
    assert settings.store == Path("kg-store")
    assert settings.default_graph == "union"
    assert settings.iris.mint("sector", "x") == "https://w3id.org/policy-kg/id/sector/x"


def test_environment_is_read_and_flags_win() -> None:
    environment = {"KG_STORE": "elsewhere", "KG_MEMORY_QUADS": "5", "KG_DEFAULT_GRAPH": "strict", "PATH": "ignored"}
    settings = Settings.from_environment(environment, store=Path("flag"), seeds=None)
    assert (settings.store, settings.memory_quads, settings.default_graph) == (Path("flag"), 5, "strict")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"KG_STROE": "x"}, "did you mean KG_STORE"),
        ({"KG_ZZZZ": "x"}, "known are KG_STORE"),
        ({"KG_MEMORY_QUADS": "many"}, "whole number"),
        ({"KG_MEMORY_QUADS": "-1"}, "0 or more"),
        ({"KG_DEFAULT_GRAPH": "both"}, "union or strict"),
        ({"KG_BASE_IRI": "https://example.org"}, "end with /"),
    ],
)
def test_a_wrong_variable_is_refused_with_what_would_be_right(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        Settings.from_environment(environment)


def test_the_test_suites_own_variable_is_no_setting() -> None:
    assert Settings.from_environment({"KG_CONFORMANCE_DATA": "somewhere"}) == Settings()
