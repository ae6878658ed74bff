from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.models import PAGES, THINGS
from api.parameters import FILTER_TEXTS, LIST_PARAMETERS
from kg.kinds import KINDS, Kind
from kg.lookup.finder import filter_names
from kg.revisions import Revision
from tests.api.helpers import BROWSER, assert_problem

V1 = "/api/v1"


def get(client: TestClient, path: str, **parameters: str) -> dict[str, Any]:
    response = client.get(V1 + path, params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)
def test_every_list_and_thing_is_as_openapi_says(client: TestClient, kind: Kind, revision: Revision) -> None:
    page = get(client, f"/{kind.collection}", limit="1000")
    assert list(page) == ["items", "total", "next", "revision"]
    assert page["revision"] == revision.id
    assert page["next"] is None
    assert len(page["items"]) == page["total"] > 0
    PAGES[kind.name].model_validate(page)
    thing = get(client, f"/{kind.collection}/{page['items'][0]['id']}")
    THINGS[kind.name].model_validate(thing)
    assert thing["iri"] == page["items"][0]["iri"]
    assert thing["revision"] == revision.id
    assert set(thing["label"]) == {"zh", "en"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.collection)
def test_every_filter_of_the_look_up_is_a_described_parameter(kind: Kind) -> None:
    fields = set(LIST_PARAMETERS[kind.name].model_fields)
    assert fields - {"lang", "limit", "cursor", "links", "transitive"} == set(filter_names(kind.name))
    assert set(filter_names(kind.name)) <= FILTER_TEXTS.keys()


@pytest.mark.parametrize(
    "id",
    [
        "healthcare",
        "sector/healthcare",
        "https://w3id.org/policy-kg/id/sector/healthcare",
        "医疗",
        "Healthcare",
        "healthCARE",
    ],
)
def test_a_thing_goes_by_id_iri_and_name(client: TestClient, id: str) -> None:
    assert get(client, f"/sectors/{quote(id, safe='')}")["id"] == "healthcare"


def test_an_iri_may_stand_in_the_path_as_it_is(client: TestClient) -> None:
    assert get(client, "/sectors/https://w3id.org/policy-kg/id/sector/healthcare")["id"] == "healthcare"


def test_an_unknown_thing_is_404_with_what_comes_near(client: TestClient) -> None:
    problem = assert_problem(client.get(f"{V1}/sectors/helthcare"), 404, "not-found")
    assert problem["nearest"][0] == "healthcare"
    assert problem["kind"] == "sector"
    assert problem["instance"] == f"{V1}/sectors/helthcare"


def test_an_unknown_thing_in_a_filter_is_404(client: TestClient) -> None:
    problem = assert_problem(client.get(f"{V1}/measures", params={"touches": "astrology"}), 404, "not-found")
    assert problem["wanted"] == "astrology"


def test_measures_that_touch_a_sector_say_why(client: TestClient) -> None:
    page = get(client, "/measures", touches="healthcare", limit="1000")
    assert page["total"] >= 3
    for item in page["items"]:
        for touch in item["touches"]:
            assert touch["sector"]["id"] == "healthcare"
            assert touch["via"][0]["subject"]["id"] == item["id"]
            assert touch["via"][-1]["object"]["id"] == "healthcare"
    by_path = get(client, "/sectors/医疗/measures", limit="1000")
    assert [item["id"] for item in by_path["items"]] == [item["id"] for item in page["items"]]


def test_a_thing_has_what_follows_of_it_with_rule_and_clauses(client: TestClient) -> None:
    for path, key, end, rule in (
        ("/measures/gd-ai45-ai-phones", "due_by", "deadline", "due-by"),
        ("/platforms/hengqin-advanced-computing-centre", "located_within", "place", "located-within"),
    ):
        found = get(client, path, lang="en")
        THINGS[found["type"]].model_validate(found)
        (item,) = found[key]
        assert item["rule"]["id"] == rule
        assert item["rule"]["display"] == item["rule"]["label"]["en"]
        assert item["evidence"][0]["quote"]
        asked = {"subject": found["iri"], "predicate": key, "object": item[end]["iri"]}
        assert [reason["rule"] for reason in get(client, "/explain", **asked, lang="en")["reasons"]] == [item["rule"]]
    assert get(client, "/measures", limit="1")["items"][0].get("due_by") is None


@pytest.mark.parametrize(("sector", "directly"), [("healthcare", 5), ("manufacturing", 1), ("livelihood", 0)])
def test_a_sector_counts_the_measures_that_touch_it(client: TestClient, sector: str, directly: int) -> None:
    found = get(client, f"/sectors/{sector}")
    assert len(found["measures"]) == directly
    assert found["measures_touching"] == get(client, f"/sectors/{sector}/measures", limit="1000")["total"]
    assert found["measures_touching"] >= 5
    assert client.get(f"/doc/sector/{sector}.json").json()["measures_touching"] == found["measures_touching"]


def test_sectors_below_count_unless_transitive_is_false(client: TestClient) -> None:
    above = get(client, "/sectors/industry/measures", limit="1000")
    alone = get(client, "/sectors/industry/measures", limit="1000", transitive="false")
    assert {item["id"] for item in alone["items"]} < {item["id"] for item in above["items"]}


def test_targets_of_2027_have_number_unit_and_clause(client: TestClient) -> None:
    page = get(client, "/targets", deadline="2027", quantitative="true", limit="1000")
    compute = next(item for item in page["items"] if item["unit"] == "EFLOPS")
    assert (compute["comparator"], compute["value"], compute["deadline_year"]) == ("gt", 60, 2027)
    assert compute["value_normalized"] == 6e19
    assert any("60EFLOPS" in citation["quote"] for citation in compute["evidence"])


def test_pages_of_a_list_make_up_the_list(client: TestClient) -> None:
    whole = [item["iri"] for item in get(client, "/measures", limit="1000")["items"]]
    response = client.get(f"{V1}/measures", params={"limit": "20"})
    found = [item["iri"] for item in response.json()["items"]]
    while following := response.json()["next"]:
        assert f'<{following}>; rel="next"' in response.headers["link"]
        response = client.get(following)
        assert response.json()["total"] == len(whole)
        found += [item["iri"] for item in response.json()["items"]]
    assert found == whole
    assert 'rel="next"' not in response.headers["link"]


def test_next_keeps_the_filters_and_is_a_url_in_ascii(client: TestClient) -> None:
    following = get(client, "/sectors/工业/measures", limit="1", lang="zh")["next"]
    assert following.isascii()
    assert following.startswith("http://testserver/api/v1/sectors/%E5%B7%A5%E4%B8%9A/measures?")
    second = client.get(following).json()
    assert second["items"][0]["display"] == second["items"][0]["label"]["zh"]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "ten", "1.5", ""])
def test_an_impossible_limit_is_400(client: TestClient, limit: str) -> None:
    problem = assert_problem(client.get(f"{V1}/measures", params={"limit": limit}), 400, "bad-parameter")
    assert problem["parameter"] == "limit"
    assert problem["limit"] == 1000


@pytest.mark.parametrize(
    ("path", "parameters", "name"),
    [
        ("/targets", {"deadline": "soon"}, "deadline"),
        ("/targets", {"comparator": "more"}, "comparator"),
        ("/targets", {"quantitative": "perhaps"}, "quantitative"),
        ("/measures", {"kind": "odd"}, "kind"),
        ("/measures", {"cursor": "!"}, "cursor"),
        ("/measures", {"transitive": "maybe"}, "transitive"),
        ("/sectors", {"lang": "fr"}, "lang"),
    ],
)
def test_an_impossible_value_is_400(client: TestClient, path: str, parameters: dict[str, str], name: str) -> None:
    problem = assert_problem(client.get(V1 + path, params=parameters), 400, "bad-parameter")
    assert problem["parameter"] == name
    assert problem["allowed"]


@pytest.mark.parametrize("path", ["/measures", "/sectors/healthcare", "/meta", "", "/sectors/healthcare/measures"])
def test_an_unknown_parameter_is_refused(client: TestClient, path: str) -> None:
    problem = assert_problem(client.get(V1 + path, params={"langg": "zh"}), 400, "unknown-parameter")
    assert problem["parameter"] == "langg"
    assert problem["nearest"] == ["lang"]


def test_a_repeated_parameter_is_refused(client: TestClient) -> None:
    response = client.get(f"{V1}/measures?policy=gd-ai45&policy=other")
    assert assert_problem(response, 400, "bad-parameter")["parameter"] == "policy"


def test_display_is_the_label_in_the_language_asked_for(client: TestClient) -> None:
    assert "display" not in get(client, "/sectors/healthcare")
    assert get(client, "/sectors/healthcare", lang="zh")["display"] == "医疗"
    response = client.get(f"{V1}/sectors/healthcare", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert response.json()["display"] == "医疗"
    assert "Accept-Language" in response.headers["vary"]
    item = get(client, "/measures", touches="healthcare", lang="en")["items"][0]
    assert item["policy"]["display"] == item["policy"]["label"]["en"]


def test_an_answer_is_not_sent_again_while_its_etag_holds(client: TestClient) -> None:
    first = client.get(f"{V1}/sectors/healthcare")
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(f"{V1}/sectors/healthcare", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["vary"] == first.headers["vary"]
    assert client.get(f"{V1}/sectors/healthcare", headers={"if-none-match": '"other"'}).status_code == 200


def test_representations_have_tags_of_their_own(client: TestClient) -> None:
    path = f"{V1}/sectors/healthcare"
    answers = [
        client.get(path),
        client.get(path, params={"lang": "zh"}),
        client.get(path, headers={"accept-language": "zh"}),
        client.get(path, headers={"accept-language": "en"}),
        client.get(path, headers={"accept": BROWSER}),
    ]
    assert len({answer.headers["etag"] for answer in answers}) == len(answers)


def test_json_is_readable_and_points_to_its_context(client: TestClient) -> None:
    response = client.get(f"{V1}/sectors/healthcare")
    assert "医疗" in response.text
    assert '</context/v1.jsonld>; rel="http://www.w3.org/ns/json-ld#context"' in response.headers["link"]
    assert '\n  "id"' in client.get(f"{V1}/sectors/healthcare", headers={"accept": BROWSER}).text


def test_a_slash_too_many_leads_to_the_list(client: TestClient) -> None:
    response = client.get(f"{V1}/sectors/")
    assert (response.status_code, response.headers["location"]) == (308, f"{V1}/sectors")


def test_meta_says_what_is_covered(client: TestClient, revision: Revision) -> None:
    meta = get(client, "/meta")
    assert meta["revision"] == revision.id
    assert meta["published"] == revision.manifest["published"]
    coverage = meta["coverage"][0]
    assert coverage["declared_measures"] == 45
    assert 0 < coverage["modelled_measures"] <= 45
    assert meta["counts"]["targets"] == get(client, "/targets")["total"]


def test_the_index_leads_to_paths_that_exist(client: TestClient) -> None:
    links = get(client, "")["links"]
    assert {kind.collection for kind in KINDS} <= links.keys()
    needing = {name: links.pop(name) for name in ("links", "search", "resolve", "explain", "paths")}
    assert {client.get(path).status_code for path in links.values()} == {200}
    for path in needing.values():  # these are there, and need a parameter
        assert_problem(client.get(path), 400, "bad-parameter")
