"""What all pages share: a language that was chosen stays chosen; scripts and server have the same words."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from api.exchange import Exchange
from api.words import KIND_WORDS, READING_WORDS
from kg.kinds import KINDS
from tests.api.helpers import BROWSER, Page
from tests.conftest import ROOT

PAGES = (
    "/",
    "/search?q=healthcare",
    "/search?q=which+measures+touch+education",
    "/doc/policy/gd-ai45",
    "/doc/measure/gd-ai45-smart-hospitals",
    "/doc/clause/dayoo-20240607/17/61-67",
    "/browse/measures?kind=titled",
    "/links?of=gd-ai45&key=measures",
    "/explore",
    "/explore?root=sector/healthcare",
    "/explore?root=nothing",
    "/targets",
    "/targets?group=sector",
    "/sparql",
    "/ontology",
    "/problems",
    "/doc/sector/nothing",
    "/nothing",
)
FOR_PROGRAMS = re.compile(
    r"^(https?:|#)|^/(api/v1|docs|download|static|limits|shapes|context|\.well-known|targets\.|sparql\?format)"
    r"|\.(ttl|nt|jsonld|rdf|json|csv|rq)$"
)


@pytest.mark.parametrize("path", PAGES)
def test_a_language_that_was_chosen_stays_chosen(client: TestClient, path: str) -> None:
    address = f"{path}{'&' if '?' in path else '?'}lang=zh"
    page = Page(client.get(address, headers={"accept": BROWSER, "accept-language": "en"}).text)
    assert next(attributes["lang"] for tag, attributes in page.elements if tag == "html") == "zh"
    links = [link for link in page.links if not FOR_PROGRAMS.search(link)]
    assert len(links) >= 5
    assert [link for link in links if "lang=" not in link] == []
    switch = {each["data-language"]: each["href"] for _, each in page.elements if "data-language" in each}
    assert (switch["en"] or "").endswith("lang=en")
    for part in path.partition("?")[2].split("&"):
        assert part.replace("/", "%2F") in (switch["en"] or ""), "the switch keeps what was asked"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("/browse/measures?q=&kind=&page=&lang=", "/browse/measures"),
        ("/browse/sectors?q=&kind=", "/browse/sectors"),
        ("/explore?root=&depth=&inferred=", "/explore"),
        ("/explore?root=sector/healthcare&depth=", "/explore?root=sector/healthcare"),
        ("/search?q=&lang=", "/search"),
        ("/targets?deadline=&sort=&group=&page=", "/targets"),
    ],
)
def test_a_field_of_a_form_that_is_left_empty_is_not_there(client: TestClient, given: str, plain: str) -> None:
    def shown(path: str) -> list[str]:
        answer = client.get(path, headers={"accept": BROWSER})
        assert answer.status_code == 200, answer.text
        return [text for text in re.sub(r"<[^>]+>", "\n", answer.text).split("\n") if text.strip()]

    assert shown(given) == shown(plain)


def test_scripts_call_kinds_and_readings_as_the_server_does() -> None:
    things = (ROOT / "api/web/src/lib/things.ts").read_text("utf-8")
    written = dict(re.findall(r'^  (\w+): (\["[^"]+", "[^"]+"\]),$', things.partition("KINDS")[2], re.MULTILINE))
    for kind in KINDS:
        words = KIND_WORDS[kind.name]
        assert written[kind.name] == f'["{words.en}", "{words.zh}"]', kind.name
    panel = "".join(path.read_text("utf-8") for path in (ROOT / "api/web/src/explore").glob("*.ts"))
    for words in READING_WORDS.values():
        assert words.en in panel
        assert words.zh in panel


def test_addresses_of_things_with_other_letters_are_written_in_ascii(client: TestClient) -> None:
    request = Request({"type": "http", "headers": [], "query_string": b"", "path": "/"})
    exchange = Exchange(request, client.app.state.snapshots.current(), None)  # type: ignore[attr-defined]
    iri = f"{exchange.snapshot.iris.base}id/sector/医疗x"
    assert exchange.page_of(iri) == "/doc/sector/%E5%8C%BB%E7%96%97x"
    assert exchange.headers(None, [f'<{iri}>; rel="canonical"'])["Link"].isascii()
