"""What several ask for at once is made once, and who made nothing keeps nobody waiting."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.sharing import MOMENT, MOST_BYTES, Made, Sharing
from kg.lookup import Lookup
from kg.revisions import Revision
from kg.settings import Settings
from tests.api.operations.test_replays import Reply, Served, serving

CLIENTS = 6


ANSWER: Made = b"answer", ()


def test_one_makes_it_and_all_have_it() -> None:
    now = 0.0
    sharing, made, begun = Sharing(lambda: now), [], threading.Event()

    def make() -> Made:
        made.append(1)
        begun.set()
        time.sleep(0.3)
        return ANSWER

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(sharing.of, "key", make)
        assert begun.wait(5)
        others = [pool.submit(sharing.of, "key", make) for _ in range(7)]
        assert sharing.of("another", lambda: (b"other", ())) == (b"other", ())
        assert {first.result(5), *(each.result(5) for each in others)} == {ANSWER}
    assert made == [1]
    now = MOMENT / 2
    assert sharing.of("key", make) == ANSWER
    assert made == [1], "who has waited for a turn finds it"
    now = MOMENT + 1
    assert sharing.of("key", lambda: (b"later", ())) == (b"later", ()), "it is kept by others"
    assert sharing.size == len(b"later")


def test_who_waited_for_nothing_makes_it_himself() -> None:
    sharing, begun = Sharing(), threading.Event()

    def fail() -> Made:
        begun.set()
        time.sleep(0.2)
        raise ValueError("the first one fails")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sharing.of, "key", fail)
        assert begun.wait(5)
        second = pool.submit(sharing.of, "key", lambda: ANSWER)
        with pytest.raises(ValueError, match="the first one fails"):
            first.result(5)
        assert second.result(5) == ANSWER


def test_there_is_never_much_of_it() -> None:
    sharing = Sharing(lambda: 0.0)
    for number in range(10):
        assert sharing.of(f"key {number}", lambda: (bytes(MOST_BYTES // 4), ()))[0]
        assert sharing.size <= MOST_BYTES
    assert sharing.size == MOST_BYTES
    assert sharing.of("large", lambda: (bytes(MOST_BYTES + 1), ()))[0]
    assert sharing.size == MOST_BYTES, "what is too large is not kept, and takes nobody's place"


def test_a_list_that_many_ask_for_at_once_is_looked_up_once(
    settings: Settings, revision: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    things, looked_up = Lookup.things, []

    def slow(self: Lookup, *given: object, **named: object) -> object:
        looked_up.append(given)
        time.sleep(0.5)
        return things(self, *given, **named)  # type: ignore[arg-type]

    def ask(served: Served, *headers: str) -> Reply:
        with served.connect() as wire:
            wire.settimeout(60)
            return served.ask(wire, "/api/v1/themes?limit=7", *headers, look=False)

    monkeypatch.setattr(Lookup, "things", slow)
    with serving(settings, revision) as served, ThreadPoolExecutor(CLIENTS) as pool:
        found = list(pool.map(lambda _: ask(served), range(CLIENTS)))
        assert {reply.status for reply in found} == {200}
        assert len({reply.body for reply in found}) == 1
        assert len(looked_up) == 1
        tag = found[0].header("etag")
        assert ask(served, f"If-None-Match: {tag}").status == 304
        assert len(looked_up) == 1, "what the client has is not looked up"
