"""Values of properties, and which properties there are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.reconcile.properties import PROPERTIES, properties_of
from api.reconcile.queries import MAX_IDS
from kg.kinds import KINDS, RELATIONS
from tests.api.helpers import assert_problem
from tests.reconcile import schemas
from tests.reconcile.conftest import Asking
from tests.reconcile.schemas import assert_valid

COMPUTE = "target/gd-ai45-compute-2027"


def test_every_relation_is_a_property_in_both_directions() -> None:
    for relation in RELATIONS:
        assert relation.subject in PROPERTIES[relation.key].kinds
        if relation.inverse:
            assert set(relation.objects) <= set(PROPERTIES[relation.inverse].kinds)
    for found in PROPERTIES.values():
        assert re.search("[\u4e00-\u9fff]", found.name.zh), found.id
        assert not re.search("[\u4e00-\u9fff]", found.name.en), found.id
    for language in ("zh", "en"):
        names = [found.name.in_("zh" if language == "zh" else "en") for found in PROPERTIES.values()]
        assert len(names) == len(set(names)), language


def test_relations_are_those_of_the_things(asking: Asking, client: TestClient) -> None:
    for kind in KINDS:
        things = client.get(f"/api/v1/{kind.collection}?limit=3&links=1000").json()["items"]
        keys = [found.id for found in properties_of([kind.name]) if found.id in things[0] and found.targets]
        rows = asking.extend([f"{kind.name}/{thing['id']}" for thing in things], *keys)["rows"]
        for thing in things:
            for key in keys:
                found = thing[key] if isinstance(thing[key], list) else [thing[key]] if thing[key] else []
                links = [item for item in found if item["type"] != "platform-kind"]
                values = [value for value in rows[f"{kind.name}/{thing['id']}"][key] if "id" in value]
                assert values == [
                    {"id": f"{item['type']}/{item['id']}", "name": item["label"]["en"]} for item in links
                ], (thing["id"], key)


def test_values_of_a_target(asking: Asking) -> None:
    keys = ("value", "unit", "comparator", "deadline", "deadline_year", "wording", "quantitative", "label", "indicator")
    found = asking.extend([COMPUTE], *keys)
    assert found["rows"][COMPUTE] == {
        "value": [{"int": 60}],
        "unit": [{"str": "EFLOPS"}],
        "comparator": [{"str": "gt"}],
        "deadline": [{"date": "2027-12-31T00:00:00Z"}],
        "deadline_year": [{"int": 2027}],
        "wording": [{"str": "算力规模超过60EFLOPS"}],
        "quantitative": [{"str": "true"}],
        "label": [{"str": "Computing capacity above 60 EFLOPS by 2027"}],
        "indicator": [{"id": "indicator/compute-capacity", "name": "Computing capacity"}],
    }
    assert found["meta"][0] == {"id": "value", "name": "Number"}
    assert found["meta"][-1] == {
        "id": "indicator",
        "name": "Indicator",
        "type": {"id": "indicator", "name": "indicator"},
    }


def test_every_property_of_every_thing_is_valid(client: TestClient) -> None:
    filled: set[str] = set()
    for kind in KINDS:
        ids = [
            f"{kind.name}/{item['id']}" for item in client.get(f"/api/v1/{kind.collection}?limit=500").json()["items"]
        ]
        found: Any = client.post(
            "/reconcile",
            data={"extend": json.dumps({"ids": ids, "properties": [{"id": name} for name in PROPERTIES]})},
        ).json()
        assert_valid("data-extension-response", found)
        own = {item.id for item in properties_of([kind.name])}
        for row in found["rows"].values():
            given = {name for name, values in row.items() if values}
            assert given <= own
            filled |= given
            assert len(row["label"]) == len(row["iri"]) == 1
    # What no thing of the seeds has.
    assert set(PROPERTIES) - filled == {"operated_by", "operates"}


def test_values_in_a_language(asking: Asking) -> None:
    wanted: list[str | dict[str, Any]] = [
        "label",
        {"id": "aliases", "settings": {"language": "en", "limit": "2"}},
        "broader",
    ]
    row = asking.extend(["sector/healthcare"], *wanted, path="/reconcile?lang=zh")["rows"]["sector/healthcare"]
    assert row["label"] == [{"str": "医疗"}]
    assert row["aliases"] == [{"str": "health"}, {"str": "health care"}]
    assert row["broader"] == [{"id": "sector/livelihood", "name": "民生"}]
    setting = {"id": "broader", "settings": {"language": "en", "limit": 0}}
    row = asking.extend(["sector/healthcare"], setting, path="/reconcile/zh")["rows"]["sector/healthcare"]
    assert row["broader"] == [{"id": "sector/livelihood", "name": "Public livelihood"}]


def test_sectors_by_whatever_way_are_those_that_the_measure_touches(asking: Asking, client: TestClient) -> None:
    listed = client.get("/api/v1/measures?limit=500").json()["items"]
    ids = [f"measure/{item['id']}" for item in listed]
    rows = asking.extend(ids, "sector", "deadline", "targets")["rows"]
    for item in listed:
        measure = client.get(f"/api/v1/measures/{item['id']}").json()
        row = rows[f"measure/{item['id']}"]
        sectors = {f"sector/{touch['sector']['id']}" for touch in measure["touches"]}
        assert {value["id"] for value in row["sector"]} == sectors
        dates = sorted({due["date"] for due in measure["due_by"]})
        assert row["deadline"] == [{"date": f"{date}T00:00:00Z"} for date in dates]
        assert bool(row["deadline"]) == bool(row["targets"])
    assert any(row["deadline"] for row in rows.values())


def test_iris_are_ids_and_what_there_is_not_has_no_values(asking: Asking) -> None:
    iri = "https://w3id.org/policy-kg/id/sector/healthcare"
    found = asking.extend([iri, "sector/nothing", "nothing", "http://a.example/b"], "label", "value")
    assert found["rows"] == {
        iri: {"label": [{"str": "Healthcare"}], "value": []},
        **{id: {"label": [], "value": []} for id in ("sector/nothing", "nothing", "http://a.example/b")},
    }
    assert asking.extend([], "label")["rows"] == {}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"ids": []}, "extend.properties"),
        ({"properties": []}, "extend.ids"),
        ({"ids": ["a"], "properties": [{"id": "colour"}]}, "extend"),
        ({"ids": ["a"], "properties": [{"id": "label", "settings": {"limit": "-1"}}]}, "limit"),
        ({"ids": ["a"], "properties": [{"id": "label", "settings": {"limit": "many"}}]}, "limit"),
        ({"ids": ["a"], "properties": [{"id": "label", "settings": {"language": "fr"}}]}, "language"),
        ({"ids": ["a"], "properties": [{"id": "label", "settings": {"colour": "red"}}]}, "settings"),
        ({"ids": [3], "properties": []}, "extend.ids.0"),
    ],
)
def test_what_is_no_query_for_values_is_refused(client: TestClient, query: Any, name: str) -> None:
    response = client.post("/reconcile?lang=zh", data={"extend": json.dumps(query)})
    assert assert_problem(response, 400, "bad-parameter")["parameter"] == name


def test_no_more_ids_than_may_be(client: TestClient) -> None:
    query = {"ids": [f"sector/{number}" for number in range(MAX_IDS + 1)], "properties": [{"id": "label"}]}
    problem = assert_problem(client.post("/reconcile", data={"extend": json.dumps(query)}), 413, "batch-too-large")
    assert problem["limit"] == {"name": "batch", "value": MAX_IDS, "unit": "items"}


def test_proposals(asking: Asking, client: TestClient) -> None:
    for kind in KINDS:
        found = asking.get(f"/reconcile/extend/propose?type={kind.name}")
        assert_valid("data-extension-property-proposal", found)
        assert [item["id"] for item in found["properties"]] == [item.id for item in properties_of([kind.name])]
    some = asking.get("/reconcile/extend/propose?type=target&limit=3", accept_language="zh")
    assert_valid("data-extension-property-proposal", some)
    assert some["limit"] == 3
    assert [item["name"] for item in some["properties"]] == ["名称", "别名", "说明"]
    for path in ("/reconcile/extend/propose", "/reconcile/zh/extend/propose?type="):
        assert len(asking.get(path)["properties"]) == len(PROPERTIES)
    assert_problem(client.get("/reconcile/extend/propose?type=planet"), 400, "bad-parameter")
    assert_problem(client.get("/reconcile/extend/propose?limit=0"), 400, "bad-parameter")


def test_without_the_schemas_a_test_is_skipped_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    schemas.skip_if_not_held()
    monkeypatch.setattr(schemas, "PRESENT", False)
    assert_valid("manifest", "no manifest at all")
    with pytest.raises(pytest.skip.Exception, match=r"not held against manifest: .*reconciliation-0\.2"):
        schemas.skip_if_not_held()
    schemas.skip_if_not_held()
