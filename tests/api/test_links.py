"""Relations in parts: in JSON, on the page of a thing, and on the page that has all of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg.build import NamedGraph
from kg.revisions import Revision, RevisionStore
from kg.settings import Settings
from kg.terms import PKG, RDF, RDFS, TIME, XSD
from tests.api.operations.test_replays import serving
from tests.inference.stating import IRIS, more
from tests.lookup.crowd import MANY, SECTOR, crowd, measure


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, graphs: Sequence[NamedGraph]) -> Iterator[TestClient]:
    store: Path = tmp_path_factory.mktemp("crowded")
    settings = Settings(store=store)
    followed = more(tuple(graphs), crowd())
    content = [(graph.iri, graph.ntriples()) for graph in followed]
    RevisionStore(store).publish(content, {"base_iri": settings.base_iri})
    with TestClient(create_app(settings), follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def get(client: TestClient, path: str, **parameters: Any) -> dict[str, Any]:
    response = client.get(path, params=parameters or None)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_thing_says_what_it_leaves_out_and_where_that_is(crowded: TestClient) -> None:
    thing = get(crowded, f"/api/v1/sectors/{SECTOR}")
    total = thing["omitted"]["measures"] + 100
    assert len(thing["measures"]) == 100
    assert total >= MANY
    every = get(crowded, f"/api/v1/sectors/{SECTOR}", links=1000)
    assert "omitted" not in every
    assert len(every["measures"]) == total

    part = get(crowded, "/api/v1/links", of=f"sector/{SECTOR}", key="measures", limit=60)
    assert (part["of"]["id"], part["key"], part["total"]) == (SECTOR, "measures", total)
    items = part["items"]
    while part["next"]:
        address = urlsplit(part["next"])
        part = get(crowded, f"{address.path}?{address.query}")
        items += part["items"]
    assert items == every["measures"]
    assert all(item["evidence"] for item in items)
    assert {measure(number) for number in range(MANY)} <= {item["iri"] for item in items}


def test_a_list_has_fewer_links_unless_more_are_asked_for(crowded: TestClient) -> None:
    def found(**parameters: Any) -> dict[str, Any]:
        items = get(crowded, "/api/v1/sectors", limit=1000, **parameters)["items"]
        return next(item for item in items if item["id"] == SECTOR)

    some, every = found(), found(links=1000)
    assert len(some["measures"]) == 20
    assert some["measures"] == every["measures"][:20]
    assert some["omitted"] == {"measures": len(every["measures"]) - 20}
    assert "omitted" not in every


def test_the_links_stand_in_the_index_and_in_link_headers(crowded: TestClient) -> None:
    assert get(crowded, "/api/v1")["links"]["links"] == "/api/v1/links"
    response = crowded.get("/api/v1/links", params={"of": SECTOR, "key": "measures", "limit": 1})
    assert f'<{response.json()["next"]}>; rel="next"' in response.headers["link"]
    again = crowded.get(
        "/api/v1/links",
        params={"of": SECTOR, "key": "measures", "limit": 1},
        headers={"If-None-Match": response.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    chinese = get(crowded, "/api/v1/links", of=SECTOR, key="measures", limit=1, lang="zh")
    assert chinese["of"]["display"] == "农业"


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ({"of": "sector/helthcare", "key": "measures"}, 404, "healthcare"),
        ({"of": "healthcare", "key": "mesures"}, 400, "measures"),
        ({"of": "healthcare"}, 400, "key"),
        ({"key": "measures"}, 400, "of"),
        ({"of": "healthcare", "key": "measures", "limit": "0"}, 400, "limit"),
        ({"of": "healthcare", "key": "measures", "cursor": "x"}, 400, "cursor"),
        ({"of": "<", "key": "measures"}, 404, "<"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/links", "/links"])
def test_mistakes_are_told(crowded: TestClient, path: str, parameters: dict[str, str], status: int, said: str) -> None:
    if path == "/links" and {"limit", "cursor"} & set(parameters):
        said = "unknown-parameter"
    response = crowded.get(path, params=parameters)
    assert response.status_code == status
    assert said in response.text


@pytest.mark.parametrize(("language", "more_of_it"), [("en", "All"), ("zh", "全部")])
def test_the_page_of_a_thing_leads_to_all(crowded: TestClient, language: str, more_of_it: str) -> None:
    accept = {"Accept": "text/html"}
    total = len(get(crowded, f"/api/v1/sectors/{SECTOR}", links=1000)["measures"])
    page = crowded.get(f"/doc/sector/{SECTOR}", params={"lang": language}, headers=accept).text
    assert f"{more_of_it} {total}</a>" in page
    of = IRIS.mint("sector", SECTOR)
    listed = [
        crowded.get(
            "/links", params={"of": of, "key": "measures", "lang": language, "page": number}, headers=accept
        ).text
        for number in (1, 2, 3)
    ]
    assert listed[0].count("/doc/measure/") == 100
    assert f'<ol class="browse" start="{101}">' in listed[1]
    assert listed[1].count("/doc/measure/") == total - 100
    assert '<ol class="browse" start="101">' in listed[2], "a page past the end is the last one"
    assert all("/doc/clause/dayoo-20240607/17/61-67" in text for text in listed)


def test_a_table_and_an_agent_have_all_of_it_or_say_so(crowded: TestClient) -> None:
    total = len(get(crowded, f"/api/v1/sectors/{SECTOR}", links=1000)["measures"])
    table = crowded.get(f"/doc/sector/{SECTOR}.csv").text
    assert sum(",measures," in line for line in table.splitlines()) >= total
    described = get(crowded, f"/doc/sector/{SECTOR}.json")
    assert described["omitted"] == {"measures": total - 100}


def test_an_answer_has_as_many_rows_as_are_asked_for(crowded: TestClient) -> None:
    question = "which measures touch agriculture"
    some = get(crowded, "/api/v1/resolve", q=question)["answer"]
    every = get(crowded, "/api/v1/resolve", q=question, limit=500)["answer"]
    few = get(crowded, "/api/v1/resolve", q=question, limit=3)["answer"]
    assert some["total"] == every["total"] == few["total"] >= MANY
    assert (len(some["rows"]), some["omitted"]) == (100, some["total"] - 100)
    assert (len(every["rows"]), every["omitted"]) == (every["total"], 0)
    assert some["rows"] == every["rows"][:100]
    assert few["rows"] == every["rows"][:3]
    assert all(row["touches"] and row["evidence"] for row in every["rows"])
    for limit in ("0", "501", "many"):
        assert crowded.get("/api/v1/resolve", params={"q": question, "limit": limit}).status_code == 400


def test_what_follows_of_a_name_is_read_for_the_rows_that_are_shown(crowded: TestClient) -> None:
    some = get(crowded, "/api/v1/resolve", q="agriculture")["answer"]
    every = get(crowded, "/api/v1/resolve", q="agriculture", limit=500)["answer"]
    assert len(some["rows"]) == 100
    assert some["rows"] == every["rows"][:100]
    follows = [row for row in every["rows"] if row["values"]["relation"]["iri"].endswith("touchesSector")]
    assert len(follows) >= MANY
    assert all(any(each["states"] == "premise" for each in row["evidence"]) for row in follows)


def publish(store: Path, graphs: Sequence[NamedGraph], *lines: str) -> Settings:
    """Publish the seeds with some more triples in a graph of a client."""
    settings = Settings(store=store)
    content = [(graph.iri, graph.ntriples()) for graph in graphs]
    content.append(("urn:more", "".join(f"{line} .\n" for line in lines).encode()))
    RevisionStore(store).publish(content, {"base_iri": settings.base_iri})
    return settings


def odd(store: Path, graphs: Sequence[NamedGraph], *lines: str) -> TestClient:
    """Return a client of them."""
    app = create_app(publish(store, graphs, *lines))
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def test_two_addresses_never_have_one_tag(tmp_path: Path, graphs: Sequence[NamedGraph]) -> None:
    lines = []
    for local, name in (("q%3Fx", "with question"), ("q%253Fx", "with percent")):
        thing = f"<{IRIS.base}id/sector/{local}>"
        lines += [f"{thing} <{RDF}type> <{PKG}Sector>", f'{thing} <{RDFS}label> "{name}"@en']
    settings = publish(tmp_path, graphs, *lines)
    tags = {}
    # As bytes: what a client of a library sends has been put together again.
    with serving(settings) as served, served.connect() as wire:
        for local, name in (("q%253Fx", "with percent"), ("q%3Fx", "with question"), ("q%253Fx", "with percent")):
            found = served.ask(wire, f"/api/v1/sectors/{local}", look=False)
            assert found.json["label"]["en"] == name
            tags[found.header("etag")] = local
        for path in ("/api/v1/sectors?q=x", "/api/v1/sectors?q=x%23", "/api/v1/sectors?q=%78"):
            tags[served.ask(wire, path, look=False).header("etag")] = path
    assert len(tags) == 5


def test_what_comes_after_a_number_sign_is_told_apart(settings: Settings, revision: Revision) -> None:
    with serving(settings, revision) as served, served.connect() as wire:
        other = served.ask(wire, "/api/v1/sectors?q=%E6%95%99#zz", look=False)
        plain = served.ask(wire, "/api/v1/sectors?q=%E6%95%99", look=False)
        assert plain.status == 200
        assert plain.json["total"] == 1
        if other.status == 200:
            assert other.json["total"] == 0
            assert other.header("etag") != plain.header("etag")


@pytest.mark.parametrize("path", ["/api/v1/sectors?limit=2", "/api/v1/sectors/healthcare"])
def test_a_304_does_not_take_links_away(crowded: TestClient, path: str) -> None:
    found = crowded.get(path)
    again = crowded.get(path, headers={"If-None-Match": found.headers["etag"]})
    assert found.status_code == 200
    assert again.status_code == 304
    assert again.headers.get("link", found.headers["link"]) == found.headers["link"]
    assert again.headers["etag"] == found.headers["etag"]


def test_the_page_leads_to_whatever_the_key_is_called(tmp_path: Path, graphs: Sequence[NamedGraph]) -> None:
    many = f"<{IRIS.mint('odd', 'many')}>"
    lines = [f'{many} <{RDFS}label> "many"@en']
    lines += [f"<{IRIS.mint('odd', f'one-{number:03}')}> <urn:a&b=c> {many}" for number in range(120)]
    with odd(tmp_path, graphs, *lines) as client:
        page = client.get("/doc/odd/many", headers={"Accept": "text/html"}).text
        address = html.unescape(re.findall(r'href="(/links\?[^"]*)"', page)[0])
        listed = client.get(address, headers={"Accept": "text/html"})
        assert listed.status_code == 200
        assert listed.text.count("/doc/odd/one-") == 100


def test_odd_years_are_no_errors(tmp_path: Path, graphs: Sequence[NamedGraph]) -> None:
    lines = []
    for name, year in (
        ("plain", '"2031"'),
        ("zone", f'"2027Z"^^<{XSD}gYear>'),
        ("undated", f'"2033"^^<{XSD}gYear>'),
    ):
        thing, day = f"<{IRIS.mint('target', f'odd-{name}')}>", f"<{IRIS.mint('instant', f'odd-{name}')}>"
        lines += [f"{thing} <{RDF}type> <{PKG}Target>", f'{thing} <{RDFS}label> "odd {name}"@en']
        lines += [f"{thing} <{PKG}deadline> {day}", f"{day} <{TIME}inXSDgYear> {year}"]
        if name != "undated":
            lines.append(f'{day} <{TIME}inXSDDate> "2027-12-31"^^<{XSD}date>')
    with odd(tmp_path, graphs, *lines) as client:
        items = {item["id"]: item for item in get(client, "/api/v1/targets", limit=1000)["items"]}
        assert items["odd-zone"]["deadline_year"] == 2027
        assert items["odd-plain"]["deadline_year"] == 2031
        assert items["odd-undated"]["deadline_year"] is None
        home = client.get("/", headers={"Accept": "text/html"})
        assert home.status_code == 200
        for year in re.findall(r'href="/targets\?deadline=(\d+)"', home.text):
            assert get(client, "/api/v1/targets", deadline=year)["total"] > 0
        assert "/targets?deadline=2031" not in home.text
