from __future__ import annotations

import logging
import os
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import InvalidToken, Unauthorized, WritesDisabled
from api.tokens import NAMELESS, Tokens
from kg.errors import SettingError
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.helpers import assert_problem

ALICE = "alices-token-0123456789"
BOB = "Ym9icyB0b2tlbg.-_~+/=="
FILE = f"# who may write\n\nalice\t{ALICE}\n  bob   {BOB}  \n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    write(path, FILE)
    return path


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def test_a_token_names_who_writes(file: Path) -> None:
    tokens = Tokens(Settings(write_token="the-nameless-one-0123", write_token_file=file))
    assert tokens.enabled
    assert tokens.author(f"Bearer {ALICE}") == "alice"
    assert tokens.author(f"bearer   {BOB} ") == "bob"
    assert tokens.author("BEARER the-nameless-one-0123") == NAMELESS == "token"


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer ", "Basic YWxpY2U6c2VjcmV0", ALICE, f"Token {ALICE}"])
def test_no_token_is_told_from_a_wrong_one(file: Path, sent: str | None) -> None:
    with pytest.raises(Unauthorized) as found:
        Tokens(Settings(write_token_file=file)).author(sent)
    assert not isinstance(found.value, InvalidToken)


@pytest.mark.parametrize(
    "sent", [ALICE[:-1], f"{ALICE}x", ALICE.upper(), "alice", f"alice {ALICE}", "é" * 9, "\ud800", "#"]
)
def test_a_wrong_token_is_refused(file: Path, sent: str) -> None:
    with pytest.raises(InvalidToken):
        Tokens(Settings(write_token_file=file)).author(f"Bearer {sent}")


def test_without_tokens_nobody_writes() -> None:
    tokens = Tokens(Settings())
    assert not tokens.enabled
    with pytest.raises(WritesDisabled):
        tokens.author(f"Bearer {ALICE}")


def test_the_file_is_read_again_when_it_changes(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    tokens = Tokens(Settings(write_token_file=file))
    write(file, f"carol {ALICE}\n")
    assert tokens.author(f"Bearer {ALICE}") == "carol"
    with pytest.raises(InvalidToken):
        tokens.author(f"Bearer {BOB}")
    with caplog.at_level(logging.ERROR):
        write(file, f"carol {ALICE}\nmallory {BOB} and more\n")
        with pytest.raises(InvalidToken):
            tokens.author(f"Bearer {ALICE}")
        file.unlink()
        with pytest.raises(InvalidToken):
            tokens.author(f"Bearer {ALICE}")
    wrong, gone = (record.getMessage() for record in caplog.records)
    assert "line 2: it must be a name, white space, and a token" in wrong
    assert "cannot be read: No such file" in gone
    assert BOB not in wrong
    write(file, FILE)
    assert tokens.author(f"Bearer {ALICE}") == "alice"


def test_a_file_replaced_within_the_same_instant_is_seen(file: Path) -> None:
    tokens = Tokens(Settings(write_token_file=file))
    status = file.stat()
    other = file.with_name("new")
    write(other, FILE.replace(ALICE, ALICE[::-1]))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    with pytest.raises(InvalidToken):
        tokens.author(f"Bearer {ALICE}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        ("alice", r"line 1: it must be a name"),
        (f"alice {ALICE}\nbob b c\n", r"line 2: it must be a name"),
        ("alice töken", "line 1"),
        ("x" * (1 << 21), "is larger than"),
    ],
)
def test_a_file_that_is_wrong_is_refused_at_start(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "tokens"
    if text is not None:
        write(path, text)
    with pytest.raises(SettingError, match=words):
        Tokens(Settings(write_token_file=path))


def test_a_token_that_no_header_can_hold_is_refused_at_start() -> None:
    with pytest.raises(SettingError, match="KG_WRITE_TOKEN is no bearer token") as found:
        Tokens(Settings(write_token="pass word"))
    assert "pass" not in str(found.value).replace("KG_WRITE_TOKEN", "")


def test_a_file_that_others_can_read_and_a_short_token_are_warned_of(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Tokens(Settings(write_token_file=file))
    assert caplog.records == []
    file.chmod(stat.S_IRUSR | stat.S_IRGRP)
    Tokens(Settings(write_token="hunter2", write_token_file=file))
    short, readable = (record.getMessage() for record in caplog.records)
    assert short == "KG_WRITE_TOKEN has fewer than 16 characters and can be guessed"
    assert readable.startswith(f"other users of this machine can read {file}")


def test_a_setting_does_not_show_the_token() -> None:
    assert ALICE not in repr(Settings(write_token=ALICE))


def test_how_long_it_takes_says_nothing_of_how_much_was_right(file: Path) -> None:
    """A bound, not a proof: the comparison itself is `hmac.compare_digest` of digests."""
    tokens = Tokens(Settings(write_token_file=file))

    def seconds(sent: str) -> float:
        best = 1.0
        for _ in range(200):
            began = time.perf_counter()
            with pytest.raises(InvalidToken):
                tokens.author(f"Bearer {sent}")
            best = min(best, time.perf_counter() - began)
        return best

    assert 0.2 < seconds(ALICE[:-1] + "x") / seconds("x" * len(ALICE)) < 5


def test_over_http_each_case_has_its_status_and_challenge(settings: Settings, revision: Revision, file: Path) -> None:
    with TestClient(create_app(settings, revision)) as client:
        response = client.put("/store?default", content=b"", headers={"authorization": f"Bearer {ALICE}"})
        problem = assert_problem(response, 403, "writes-disabled")
        assert "KG_WRITE_TOKEN_FILE" in problem["detail"]
        assert "www-authenticate" not in response.headers
    with TestClient(create_app(replace(settings, write_token_file=file), revision)) as client:
        missing = client.put("/store?default", content=b"", headers={"accept-language": "zh"})
        assert assert_problem(missing, 401, "unauthorized")["title"] == "需要令牌"
        assert missing.headers["www-authenticate"] == 'Bearer realm="policy-kg"'
        wrong = client.post("/sparql", data={"update": "CLEAR ALL"}, headers={"authorization": "Bearer nonsense"})
        assert_problem(wrong, 401, "invalid-token")
        assert wrong.headers["www-authenticate"] == 'Bearer realm="policy-kg", error="invalid_token"'
        assert "WWW-Authenticate" in wrong.headers["access-control-expose-headers"]
        assert "nonsense" not in wrong.text
