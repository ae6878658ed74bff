"""OpenRefine itself reconciles columns of messy names, and extends them with what the graph knows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from kg.kinds import KIND_BY_NAME
from tests.reconcile import documentation, openrefine
from tests.reconcile.names import NAMES, Named
from tests.reconcile.openrefine import OpenRefine
from tests.reliability.serving import Serving

ENGINE = json.dumps({"facets": [], "mode": "row-based"})
COLUMN = "名称 name"
SECTOR, DEADLINE = "Sectors concerned, by whatever way", "Deadline"

pytestmark = [
    pytest.mark.xdist_group("openrefine"),
    pytest.mark.skipif(openrefine.COMMAND is None, reason="OpenRefine is missing; make clients installs it"),
]


@pytest.fixture(scope="module")
def refine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    with openrefine.running(tmp_path_factory.mktemp("openrefine")) as started:
        yield started


@pytest.fixture(scope="module")
def manifest(service: Serving) -> dict[str, Any]:
    found: dict[str, Any] = httpx2.get(f"{service.url}/reconcile", trust_env=False).json()
    return found


@dataclass
class Table:
    """A table in OpenRefine, and the service that it is reconciled with."""

    refine: OpenRefine
    service: str
    manifest: dict[str, Any]
    project: str

    def spaces(self) -> dict[str, str]:
        return {name: self.manifest[name] for name in ("identifierSpace", "schemaSpace")}

    def reconcile(self, column: str, kind: str | None = None, details: Iterable[tuple[str, str]] = ()) -> None:
        """Reconcile a column as a kind, with what other columns say of properties."""
        config = {
            "mode": "standard-service",
            "service": self.service,
            **self.spaces(),
            "type": {"id": kind, "name": kind} if kind else None,
            "autoMatch": True,
            "columnDetails": [{"column": name, "propertyName": pid, "propertyID": pid} for name, pid in details],
            "limit": 0,
        }
        self.refine.post("reconcile", self.project, columnName=column, engine=ENGINE, config=json.dumps(config))
        self.refine.wait(self.project)

    def columns(self) -> dict[str, int]:
        """Return where in a row the cells of each column are."""
        columns = self.refine.models(self.project)["columnModel"]["columns"]
        return {column["name"]: column["cellIndex"] for column in columns}

    def recons(self) -> list[dict[str, Any]]:
        """Return how each cell of the first column was judged."""
        return [record.recon for record in self.records()]

    def records(self) -> list[Record]:
        """Return what the rows say of each cell of the first column, with its sectors and deadlines where it has."""
        columns = self.columns()
        found: list[Record] = []
        for row in self.refine.rows(self.project):
            cells = [row["cells"][at] if at < len(row["cells"]) else None for at in columns.values()]
            of = dict(zip(columns, cells, strict=True))
            if cells[0]:
                found.append(Record(cells[0]["v"], cells[0].get("r", {})))
            if sector := of.get(SECTOR):
                found[-1].sectors.append(sector["r"]["m"]["id"])
                found[-1].sector_names.append(sector["v"])
            if due := of.get(DEADLINE):
                assert due["t"] == "date"
                found[-1].due.append(due["v"])
        return found


@dataclass
class Record:
    """A name in the table, how it was judged, and the values of the columns that were added."""

    name: str
    recon: dict[str, Any]
    sectors: list[str] = field(default_factory=list)
    sector_names: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)

    @property
    def matched(self) -> str:
        return self.recon["m"]["id"] if self.recon["j"] == "matched" else ""

    @property
    def likeliest(self) -> set[str]:
        """The candidates with the best score, where none was taken."""
        best = max((found["score"] for found in self.recon.get("c", ())), default=0)
        return {found["id"] for found in self.recon.get("c", ()) if found["score"] == best}


def csv_of(*rows: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="module")
def forty(refine: OpenRefine, service: Serving, manifest: dict[str, Any]) -> Table:
    """The forty names, reconciled with things of any kind."""
    project = refine.create("forty names", csv_of([COLUMN], *([named.text] for named in NAMES)))
    table = Table(refine, f"{service.url}/reconcile", manifest, project)
    assert list(table.columns()) == [COLUMN]
    table.reconcile(COLUMN)
    return table


def wrong(named: Named, found: Record) -> str:
    """Return what is wrong with the judgment of a name, or nothing."""
    scores = [candidate["score"] for candidate in found.recon.get("c", ())]
    if named.matched:
        right = found.matched == named.matched
    elif named.likeliest:
        right = not found.matched and found.likeliest == named.likeliest
    else:
        right = not found.matched and max(scores, default=0) < 70
    return "" if right else f"{named.text!r}: {found.recon}"


def test_all_forty_are_judged_as_labelled(forty: Table) -> None:
    assert len(NAMES) == len({named.text for named in NAMES}) == 40
    found = forty.records()
    assert sum(bool(record.matched) for record in found) == 32
    assert [record.name for record in found] == [named.text for named in NAMES]
    assert [text for text in map(wrong, NAMES, found) if text] == []
    identified = {record.recon["identifierSpace"] for record in found if "identifierSpace" in record.recon}
    assert identified == {"https://w3id.org/policy-kg/id/"}


def test_the_types_that_openrefine_offers_for_the_column_are_those_of_its_names(forty: Table) -> None:
    guessed = forty.refine.post("guess-types-of-column", forty.project, columnName=COLUMN, service=forty.service)[
        "types"
    ]
    assert {item["id"] for item in guessed} <= set(KIND_BY_NAME)
    # It asks for the first ten names: two sectors, two places, two organizations, and others.
    assert {item["id"] for item in guessed} >= {"sector", "place", "organization"}


def test_the_column_is_extended_with_sectors_and_deadlines(forty: Table, service: Serving) -> None:
    extension = {
        "properties": [
            {"id": "sector", "name": "sector"},
            {"id": "deadline", "name": "deadline", "settings": {"limit": "0", "language": "zh"}},
        ]
    }
    asked = {"endpoint": forty.service, **forty.spaces(), "extension": json.dumps(extension)}
    preview = forty.refine.post(
        "preview-extend-data", forty.project, rowIndices=json.dumps([0, 16]), columnName=COLUMN, **asked
    )
    assert [column["name"] for column in preview["columns"]] == [SECTOR, DEADLINE]
    robots = preview["rows"][1]
    assert robots[0] == "Advance the innovation of intelligent robots"
    assert robots[1]["id"] == "sector/robotics"
    forty.refine.post(
        "extend-data", forty.project, engine=ENGINE, baseColumnName=COLUMN, columnInsertIndex="1", **asked
    )
    forty.refine.wait(forty.project)
    model = forty.refine.models(forty.project)["columnModel"]
    assert [column["name"] for column in model["columns"]] == [COLUMN, SECTOR, DEADLINE]
    assert model["columns"][1]["reconConfig"]["type"] == {"id": "sector", "name": "sector"}
    found = forty.records()
    # What was written down by hand, and what the JSON API says.
    assert [(record.name, record.sectors, record.due) for record in found] == [
        (named.text, list(named.sectors), list(named.due)) for named in NAMES
    ]
    for record in found:
        if record.matched:
            sectors, due = known(service, record.matched)
            assert sectors is None or set(record.sectors) == sectors, record.name
            assert set(record.due) == due, record.name


def known(service: Serving, id: str) -> tuple[set[str] | None, set[str]]:
    """Return what the JSON API says of sectors (None where it does not put them together) and deadlines."""
    kind, _, local = id.partition("/")

    def ask(path: str, **parameters: str) -> Any:
        return httpx2.get(f"{service.url}/api/v1/{path}", params=parameters, trust_env=False).json()

    thing = ask(f"{KIND_BY_NAME[kind].collection}/{local}")
    sectors = {f"sector/{touch['sector']['id']}" for touch in thing["touches"]} if kind == "measure" else None
    targets = [thing] if kind == "target" else []
    if kind in {"policy", "measure", "indicator"}:
        targets = ask("targets", limit="1000", **{kind: local})["items"]
    return sectors, {f"{target['deadline']}T00:00:00Z" for target in targets if target["deadline"]}


def test_a_type_and_another_column_tell_namesakes_apart(
    refine: OpenRefine, service: Serving, manifest: dict[str, Any]
) -> None:
    rows = [["高端装备", "装备制造"], ["智慧政府", "社会治理"], ["Healthcare", "教育"]]
    project = refine.create("namesakes", csv_of(["name", "above"], *rows))
    table = Table(refine, f"{service.url}/reconcile/zh", manifest, project)
    table.reconcile("name")
    assert [record.matched for record in table.records()] == ["", "", "sector/healthcare"]
    table.reconcile("name", "sector")
    assert [record.matched for record in table.records()] == [
        "sector/high-end-equipment",
        "sector/government",
        "sector/healthcare",
    ]
    assert [record.recon["m"]["name"] for record in table.records()][2] == "医疗"
    table.reconcile("name", "sector", [("above", "broader")])
    # The last one is not below education, so it is for a person to judge.
    assert [record.matched for record in table.records()] == ["sector/high-end-equipment", "sector/government", ""]
    assert table.records()[2].likeliest == {"sector/healthcare"}


def test_the_documentation_does_what_it_says(refine: OpenRefine, service: Serving, manifest: dict[str, Any]) -> None:
    project = refine.create("documentation", documentation.TABLE)
    operations = documentation.OPERATIONS.replace("http://localhost:8000", service.url)
    refine.post("apply-operations", project, operations=operations)
    refine.wait(project)
    table = Table(refine, f"{service.url}/reconcile", manifest, project)
    found = [
        documentation.Row(
            record.name,
            record.recon["m"]["name"] if record.matched else "",
            frozenset() if record.matched else frozenset(record.likeliest),
            tuple(record.sector_names),
            tuple(due[:10] for due in record.due),
        )
        for record in table.records()
    ]
    assert found == documentation.rows()
