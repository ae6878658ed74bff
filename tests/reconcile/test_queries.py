"""The manifest and the queries: who is a candidate, who is a match, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import ValidationError
from starlette.testclient import TestClient

from api.reconcile.queries import BATCH_SIZE
from kg.kinds import KINDS
from tests.api.helpers import BROWSER, assert_problem
from tests.reconcile import schemas
from tests.reconcile.conftest import Asking


@pytest.mark.skipif(not schemas.PRESENT, reason=schemas.WHY_ABSENT)
def test_the_schemas_are_there_and_refuse() -> None:
    for name in schemas.NAMES:
        schemas.validator(name)
    with pytest.raises(ValidationError):
        schemas.validator("manifest").validate({"versions": ["0.1"], "name": "x"})
    with pytest.raises(ValidationError):
        schemas.validator("manifest").validate({**MINIMAL, "defaultTypes": [{"id": 3}]})
    schemas.validator("manifest").validate(MINIMAL)


MINIMAL = {"versions": ["0.2"], "name": "x", "identifierSpace": "https://a/", "schemaSpace": "https://b/"}


def test_manifest(asking: Asking) -> None:
    found = asking.manifest()
    assert found["versions"] == ["0.1", "0.2"]
    assert found["name"] == "Policy knowledge graph"
    assert found["identifierSpace"] == "https://w3id.org/policy-kg/id/"
    assert found["schemaSpace"] == "https://w3id.org/policy-kg/ontology#"
    assert [item["id"] for item in found["defaultTypes"]] == [kind.name for kind in KINDS]
    assert found["view"] == {"url": "http://testserver/doc/{{id}}"}
    assert found["batchSize"] == BATCH_SIZE
    assert set(found["suggest"]) == {"entity", "property", "type"}
    assert [item["name"] for item in found["extend"]["property_settings"]] == ["limit", "language"]


@pytest.mark.parametrize(
    ("path", "accept"), [("/reconcile?lang=zh", "en"), ("/reconcile/zh", "en"), ("/reconcile", "zh-CN")]
)
def test_manifest_in_chinese(asking: Asking, path: str, accept: str) -> None:
    found = asking.manifest(path, accept_language=accept)
    assert found["name"] == "政策知识图谱"
    assert found["defaultTypes"][2] == {"id": "sector", "name": "行业领域"}
    # A language that was chosen is that of all that the manifest leads to; one of a header is asked for by the header.
    root = "/reconcile" if path == "/reconcile" else "/reconcile/zh"
    assert found["suggest"]["type"]["service_path"] == f"{root}/suggest/type"
    assert found["extend"]["propose_properties"]["service_path"] == f"{root}/extend/propose"
    assert found["view"]["url"].endswith("{{id}}" if path == "/reconcile" else "{{id}}?lang=zh")


def test_what_the_manifest_leads_to_is_there(asking: Asking, client: TestClient) -> None:
    for path in ("/reconcile", "/reconcile/zh", "/reconcile/en"):
        found = asking.manifest(path)
        assert client.get(found["view"]["url"].replace("{{id}}", "sector%2Fhealthcare")).status_code == 200
        assert client.get(found["preview"]["url"].replace("{{id}}", "sector%2Fhealthcare")).status_code == 200
        for what, id in (("entity", "sector/healthcare"), ("property", "sector"), ("type", "sector")):
            place = found["suggest"][what]
            asking.get(f"{place['service_url']}{place['service_path']}?prefix=sector")
            flyout = place["flyout_service_url"] + place["flyout_service_path"].replace("${id}", id.replace("/", "%2F"))
            assert asking.get(flyout)["id"] == id
        proposing = found["extend"]["propose_properties"]
        assert asking.get(f"{proposing['service_url']}{proposing['service_path']}?type=target")["type"] == "target"


def test_a_prefix_of_a_proxy_stands_in_the_manifest(client: TestClient) -> None:
    found = client.get("/reconcile", headers={"host": "kg.example:8080"}).json()
    assert found["preview"]["url"] == "http://kg.example:8080/reconcile/preview?id={{id}}"


def test_a_candidate_is_whole(asking: Asking) -> None:
    first, *others = asking.candidates("医疗")
    assert first == {
        "id": "sector/healthcare",
        "name": "Healthcare",
        "description": "sector · 医疗 · Treating illness and keeping people well.",
        "type": [{"id": "sector", "name": "sector"}],
        "score": 100.0,
        "features": [
            {"id": "name_similarity", "value": 1.0},
            {"id": "name_exact", "value": True},
            {"id": "found_by_label", "value": True},
        ],
        "match": True,
    }
    assert "product/medical-assistants" in {item["id"] for item in others}
    assert asking.candidates("医疗", "/reconcile?lang=zh")[0]["name"] == "医疗"
    assert asking.candidates("医疗", "/reconcile/zh")[0]["type"] == [{"id": "sector", "name": "行业领域"}]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("sector/healthcare", "sector/healthcare"),
        ("https://w3id.org/policy-kg/id/sector/healthcare", "sector/healthcare"),
        ("guangdong", "place/guangdong"),
        ("  健康医疗 ", None),
        ("health care", "sector/healthcare"),
        ("HEALTH-CARE", "sector/healthcare"),
        ("醫療", "sector/healthcare"),
        ("Helthcare", None),
        ("yiliao", "sector/healthcare"),
        ("朋城云脑", "platform/pengcheng-cloud-brain"),
        ("Guangzou Daily", "organization/guangzhou-daily"),
        ("智能软件产业", "sector/software"),
        ("智能软件业", None),
        ("GDAI", None),
        ("", None),
        ("   ", None),
        ("！？", None),
        ("医" * 501, None),
        ("sector/nothing-of-this", None),
    ],
)
def test_what_is_a_match_and_what_is_not(asking: Asking, name: str, id: str | None) -> None:
    assert asking.match(name) == id


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("高端装备", {"product/high-end-equipment", "sector/high-end-equipment"}),
        ("AI industrial base", {"indicator/ai-industrial-base", "theme/ai-foundation"}),
    ],
)
def test_a_name_of_several_is_no_match_until_the_type_is_known(asking: Asking, name: str, ids: set[str]) -> None:
    found = asking.candidates(name)
    assert {item["id"] for item in found if item["score"] == 100} == ids
    assert not any(item["match"] for item in found)
    assert not any(item["match"] for item in asking.candidates({"query": name, "limit": 1}))
    for id in ids:
        for strict in ("any", "should", "all"):
            assert asking.match({"query": name, "type": id.partition("/")[0], "type_strict": strict}) == id


def test_a_type_that_is_null_is_none(client: TestClient) -> None:
    for query in ({"query": "医疗", "type": None}, {"query": "医疗", "type": [""]}):
        response = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
        assert response.status_code == 200, response.text
        assert response.json() == client.get("/reconcile", params={"queries": '{"q": {"query": "医疗"}}'}).json()


def test_types(asking: Asking) -> None:
    by_kind = {item["id"] for item in asking.candidates({"query": "智慧", "type": ["product", "theme"], "limit": 50})}
    assert {id.partition("/")[0] for id in by_kind} == {"product", "theme"}
    both: dict[str, Any] = {"query": "智慧", "type": ["product", "theme"], "type_strict": "all"}
    assert asking.candidates(both) == []
    for name in ("sector", "sectors", "行业领域", "https://w3id.org/policy-kg/ontology#Sector", " Sector"):
        assert asking.match({"query": "医疗", "type": name}) == "sector/healthcare"
    assert asking.candidates({"query": "sector/healthcare", "type": "place"}) == []


def test_properties_tell_namesakes_apart(asking: Asking) -> None:
    compute = {"query": "算力规模", "type": "target"}
    unknown = asking.candidates(compute)
    assert {item["id"] for item in unknown} >= {"target/gd-ai45-compute-2025", "target/gd-ai45-compute-2027"}
    cases: list[tuple[list[dict[str, Any]], str]] = [
        ([{"pid": "deadline", "v": "2027"}], "target/gd-ai45-compute-2027"),
        ([{"pid": "deadline", "v": "2025-12-31"}], "target/gd-ai45-compute-2025"),
        ([{"pid": "deadline", "v": "2025-12-31T00:00:00Z"}], "target/gd-ai45-compute-2025"),
        ([{"pid": "deadline_year", "v": 2025}, {"pid": "unit", "v": "eflops"}], "target/gd-ai45-compute-2025"),
        ([{"pid": "value", "v": 60}], "target/gd-ai45-compute-2027"),
        ([{"pid": "数值", "v": ["40", 41.5]}], "target/gd-ai45-compute-2025"),
    ]
    for values, best in cases:
        first, second = asking.candidates({**compute, "properties": values})[:2]
        assert first["id"] == best, values
        assert first["score"] > second["score"]
        features = {item["id"]: item["value"] for item in first["features"]}
        assert [value for name, value in features.items() if name.startswith("property_")] == [True] * len(values)


@pytest.mark.parametrize(
    "value",
    [
        "sector/healthcare",
        "healthcare",
        "医疗",
        "Medical care",
        {"id": "sector/healthcare"},
        {"id": "https://w3id.org/policy-kg/id/sector/healthcare", "name": "whatever"},
        {"id": "Q31207", "name": "health care"},
        ["education", {"id": "sector/healthcare"}],
    ],
)
def test_a_value_is_named_in_any_way(asking: Asking, value: Any) -> None:
    hospitals = {"query": "建设智慧医院", "properties": [{"pid": "sector", "v": value}]}
    assert asking.match(hospitals) == "measure/gd-ai45-smart-hospitals"


def test_a_property_that_the_thing_has_not_undoes_the_match(asking: Asking) -> None:
    first = asking.candidates({"query": "医疗", "properties": [{"pid": "broader", "v": "education"}]})[0]
    assert first["id"] == "sector/healthcare"
    assert first["score"] == 50
    assert not first["match"]
    assert {"id": "property_broader", "value": False} in first["features"]
    assert asking.match({"query": "医疗", "properties": [{"pid": "broader", "v": "民生"}]}) == "sector/healthcare"


def test_properties_decide_between_namesakes(asking: Asking) -> None:
    namesakes: dict[str, Any] = {"query": "高端装备"}
    assert asking.match(namesakes) is None
    narrowed = {**namesakes, "properties": [{"pid": "broader", "v": "装备制造"}]}
    assert asking.match(narrowed) == "sector/high-end-equipment"


def test_properties_without_a_name(asking: Asking, client: TestClient) -> None:
    query = {"properties": [{"pid": "sector", "v": "healthcare"}], "type": "measure", "limit": 100}
    found = {item["id"].partition("/")[2] for item in asking.candidates(query)}
    listed = client.get("/api/v1/measures", params={"touches": "healthcare", "transitive": "false"}).json()["items"]
    assert found == {item["id"] for item in listed}
    assert len(found) > 3
    truth = {"properties": [{"pid": "quantitative", "v": False}], "type": "target", "limit": 100}
    listed = client.get("/api/v1/targets", params={"quantitative": "false"}).json()["items"]
    assert {item["id"] for item in asking.candidates(truth)} == {f"target/{item['id']}" for item in listed}


def test_limit(asking: Asking) -> None:
    assert len(asking.candidates("智能")) == 10
    assert len(asking.candidates({"query": "智能", "limit": 3})) == 3
    assert len(asking.candidates({"query": "智能", "limit": 15.0})) == 15
    assert 25 < len(asking.candidates({"query": "智能", "limit": 1e9})) <= 100


def test_single_query(asking: Asking, client: TestClient) -> None:
    expected = {"result": asking.candidates("医疗")}
    for given in ("医疗", '{"query": "医疗"}'):
        assert client.get("/reconcile", params={"query": given}).json() == expected
        assert client.post("/reconcile", data={"query": given}).json() == expected


def test_a_batch_as_large_as_may_be(asking: Asking, client: TestClient) -> None:
    names = {f"q{number}": {"query": "医疗", "limit": 1} for number in range(BATCH_SIZE)}
    assert {item["result"][0]["id"] for item in asking.batch(names).values()} == {"sector/healthcare"}
    assert asking.batch({}) == {}
    too_many = json.dumps({**names, "more": {"query": "x"}})
    problem = assert_problem(client.post("/reconcile", data={"queries": too_many}), 413, "batch-too-large")
    assert problem["limit"] == {"name": "batch", "value": BATCH_SIZE, "unit": "queries"}
    limits = {item["name"]: item for item in client.get("/limits").json()["items"]}
    assert limits["batch"]["value"] == BATCH_SIZE


@pytest.mark.parametrize(
    ("queries", "name"),
    [
        ("", "queries"),
        ("{", "queries"),
        ("[]", "queries"),
        ("null", "queries"),
        ('{"q": {}}', "queries"),
        ('{"a": {"query": "x"}, "q": {"query": 3}}', "queries.q.query"),
        ('{"q": {"query": "x", "limit": 0}}', "queries.q.limit"),
        ('{"q": {"query": "x", "limit": NaN}}', "queries.q.limit"),
        ('{"q": {"query": "x", "type_strict": "some"}}', "queries.q.type_strict"),
        ('{"q": {"query": "x", "colour": "red"}}', "queries.q.colour"),
        ('{"a": {"query": "x"}, "q": {"query": "x", "type": "planet"}}', "queries.q"),
        ('{"q": {"query": "x", "properties": [{"pid": "colour", "v": 1}]}}', "queries.q"),
        ('{"q": {"query": "x", "properties": [{"pid": "sector"}]}}', "queries.q.v"),
        ('{"q": {"query": "x", "type": ["sector", 3]}}', "queries.q.1"),
        (json.dumps({"q": {"query": "x", "type": ["sector"] * 11}}), "queries.q.type"),
        (json.dumps({"q": {"properties": [{"pid": "sector", "v": ["x"] * 11}]}}), "queries.q.v"),
        ('{"q": {"properties": [{"pid": "sector", "v": null}]}}', "queries.q.v"),
        ('{"q": {"properties": [{"pid": "sector", "v": [[]]}]}}', "queries.q.0"),
        ('{"q": 3}', "queries.q"),
        ('{"str": 3}', "queries.str"),
        ('{"bool": {"query": "x", "limit": "3"}}', "queries.bool.limit"),
        ('{"v": {"query": "x", "type": [3]}}', "queries.v.0"),
        ('{"int": {"query": "x", "properties": [{"pid": "sector", "v": [{}]}]}}', "queries.int.0"),
        ('{"q": {"query": "x", "float": 3}}', "queries.q.float"),
        (json.dumps({"q": {"query": "x", "k" * 1000: 3}}), f"queries.q.{'k' * 100}"),
        (json.dumps({"k" * 1000: 3}), f"queries.{'k' * 100}"),
        ('{"q": {"query": "\\ud800"}}', "queries"),
        (f'{{"q": {"[" * 5000}', "queries"),
    ],
)
def test_what_is_no_batch_is_refused(client: TestClient, queries: str, name: str) -> None:
    for language in ("en", "zh"):
        response = client.post("/reconcile", data={"queries": queries}, headers={"accept-language": language})
        problem = assert_problem(response, 400, "bad-parameter")
        assert problem["parameter"] == name
        assert response.headers["content-language"] == language
    assert_problem(client.get("/reconcile", params={"queries": queries}), 400, "bad-parameter")


def test_an_unknown_property_names_the_nearest(client: TestClient) -> None:
    sent = json.dumps({"q": {"query": "x", "properties": [{"pid": "sectr", "v": "x"}]}})
    problem = assert_problem(client.post("/reconcile", data={"queries": sent}), 400, "bad-parameter")
    assert "sector" in problem["detail"]


def test_forms_that_are_none(client: TestClient) -> None:
    assert_problem(client.post("/reconcile"), 415, "unsupported-body")
    assert_problem(client.post("/reconcile", json={"queries": {}}), 415, "unsupported-body")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert_problem(client.post("/reconcile", content=b"", headers=form), 400, "malformed-request")
    assert_problem(client.post("/reconcile", content=b"queries=%ff", headers=form), 400, "malformed-request")
    assert_problem(client.post("/reconcile", content=b"colour=red", headers=form), 400, "unknown-parameter")
    assert_problem(client.post("/reconcile", content=b"query=a&query=b", headers=form), 400, "bad-parameter")
    assert_problem(client.post("/reconcile", content=b"query=a&queries={}", headers=form), 400, "malformed-request")
    assert_problem(
        client.post("/reconcile", content=b"query=a" + b"&" * 1001, headers=form), 400, "too-many-parameters"
    )
    assert_problem(client.post("/reconcile", content=b"query=" + b"a" * (513 << 10), headers=form), 413, "too-large")
    assert_problem(client.get("/reconcile?query=a&extend={}"), 400, "malformed-request")
    for path in ("/reconcile", "/reconcile/suggest/entity", "/reconcile/zh/extend/propose"):
        problem = assert_problem(client.get(f"{path}?callback=f"), 400, "bad-parameter")
        assert problem["parameter"] == "callback"
    assert_problem(client.get("/reconcile", params={"queries": "{"}, headers={"accept": BROWSER}), 400, "bad-parameter")


def test_answers_may_be_kept_and_asked_for_from_anywhere(client: TestClient) -> None:
    first = client.get("/reconcile?query=医疗")
    assert client.get("/reconcile?query=医疗", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    again = client.get(
        "/reconcile?query=医疗", headers={"if-none-match": first.headers["etag"], "accept-language": "zh"}
    )
    assert again.json()["result"][0]["name"] == "医疗"
    preflight = client.options(
        "/reconcile", headers={"origin": "https://a.example", "access-control-request-method": "POST"}
    )
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
