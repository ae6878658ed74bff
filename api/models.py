"""What answers look like, as models for OpenAPI; answers are written by `to_json` and not run through these."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Optional

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

from kg.kinds import KINDS, RELATIONS
from kg.lookup.following import FOLLOWING

EXAMPLE_CITATION: Final[dict[str, JsonValue]] = {
    "quote": "算力规模超过60EFLOPS",
    "source": "dayoo-20240607",
    "line": 2,
    "start": 17,
    "end": 30,
    "reading": "stated",
    "url": "https://life.dayoo.com/IT/202406/07/154627_54676394.htm",
    "iri": "https://w3id.org/policy-kg/id/clause/dayoo-20240607/2/17-30",
}


class Model(BaseModel):
    """Base: exactly these members."""

    model_config = ConfigDict(extra="forbid")


class Labels(Model):
    """A text in the languages that it has."""

    zh: str | None = None
    en: str | None = None


class Aliases(Model):
    """Other names, by language."""

    zh: list[str]
    en: list[str]


class Citation(Model):
    """A clause that states something. `start` and `end` count Unicode code points within the line, from 0."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_CITATION]})

    quote: str
    source: str
    line: Annotated[int, Field(ge=1)]
    start: int
    end: int
    reading: Annotated[str, Field(description="stated, name or context")]
    url: str
    iri: str


class RowCitation(Citation):
    """A clause of a row, and what it states of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{**EXAMPLE_CITATION, "states": "fact"}]})

    states: Annotated[
        Literal["fact", "premise", "shown", "name"],
        Field(
            description="`fact`: the row itself; `premise`: what the row follows from by rules; `shown`: the clause is"
            " what the row shows; `name`: it only names the thing of the row."
        ),
    ]


class Reference(Model):
    """Another thing, by name."""

    id: str
    iri: str
    type: str
    label: Labels
    display: Annotated[str | None, Field(description="The label in the language asked for, if one was.")] = None


class Link(Reference):
    """A relation to another thing, with what states the relation."""

    evidence: list[Citation]


class Step(Model):
    """One step of the way by which something follows."""

    subject: Reference
    predicate: str
    predicate_label: Labels | None = None
    object: Reference
    evidence: list[Citation]


class Conclusion(Model):
    """What follows of a thing by a rule, and why."""

    direct: Annotated[
        bool, Field(description="True where one fact is enough for it: the source says it of this very thing.")
    ]
    rule: Annotated[Reference, Field(description="The rule by which it follows; the last one, where it takes several.")]
    via: list[Step]
    evidence: list[Citation]
    ways_omitted: Annotated[
        bool,
        Field(
            description="True where there may be other ways to the same end than those that are given, of which the"
            " explanation tells; left out elsewhere. Where an answer has no room for the steps, `via` is empty."
        ),
    ] = False


class Touch(Conclusion):
    """That a measure touches a sector, and why."""

    sector: Reference


class Due(Conclusion):
    """That a measure is due by a day, and why."""

    date: Annotated[str, Field(description="The day, such as 2027-12-31.")]
    deadline: Reference


class Within(Conclusion):
    """That a thing is within a place, and why."""

    place: Reference


class StatedNumber(Model):
    """A number that the source states."""

    value: int
    evidence: list[Citation]


class StatedText(Model):
    """A text or a date that the source states."""

    value: str | Labels
    evidence: list[Citation]


class Notation(Model):
    """A code in a classification."""

    scheme: str
    code: str


class Coverage(Model):
    """How much of a policy the graph has: what the policy is said to have, and what is modelled."""

    policy: Reference
    declared_measures: int | None
    declared_aspects: int | None
    modelled_measures: int
    modelled_provisions: int


class SourceSummary(Reference):
    """A source document."""

    published: str
    url: str


class Meta(Model):
    """What the service answers from."""

    published: str
    base_iri: str
    triples: int
    counts: dict[str, int]
    coverage: list[Coverage]
    ontology_version: str | None
    sources: list[SourceSummary]
    versions: dict[str, str]
    limits: dict[str, int]
    revision: str


class Index(Model):
    """Where things are."""

    links: dict[str, str]
    revision: str


class Problem(BaseModel):
    """An error (RFC 9457). What helps stands besides: `line`, `column`, `nearest`, `supported`, `allowed`."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "https://w3id.org/policy-kg/problems/not-found",
                    "title": "There is no such thing",
                    "status": 404,
                    "detail": "There is no sector “helthcare”.",
                    "kind": "sector",
                    "wanted": "helthcare",
                    "nearest": ["healthcare"],
                    "instance": "/api/v1/sectors/helthcare",
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str


class Health(Model):
    """Whether the service lives, and what it answers from."""

    status: Literal["ok"]
    revision: str | None = None


_CONCEPT: Final = {"notations": list[Notation]}
_LOCATED: Final = {"classes": list[str], "positioning": StatedText | None}

PARTICULARS: Final[dict[str, dict[str, Any]]] = {
    "policy": {
        "published": StatedText | None,
        "declared_measures": StatedNumber | None,
        "declared_aspects": StatedNumber | None,
        "purposes": list[StatedText],
    },
    "measure": {"kind": str | None},
    "sector": _CONCEPT,
    "product": _CONCEPT,
    "theme": _CONCEPT,
    "platform": _LOCATED,
    "place": _LOCATED,
    "target": {
        "quantitative": bool,
        "comparator": Literal["gt", "ge", "eq", "le", "lt", "approx"] | None,
        "value": float | None,
        "unit": str | None,
        "unit_label": Labels | None,
        "value_normalized": float | None,
        "unit_normalized": str | None,
        "unit_normalized_label": Labels | None,
        "deadline": str | None,
        "deadline_year": int | None,
        "deadline_evidence": list[Citation],
        "wording": str,
        "scope_categories": StatedNumber | None,
    },
}
"""Kind → what only its things have, by the keys of `kg.lookup`."""


_CONCLUSIONS: Final[dict[str, type[Conclusion]]] = {"due_by": Due, "located_within": Within}


def _members(kind: str) -> dict[str, Any]:
    members: dict[str, Any] = {key: (accepted, ...) for key, accepted in PARTICULARS.get(kind, {}).items()}
    for relation in RELATIONS:
        if relation.subject == kind:
            accepted: Any = Optional[Link] if relation.single else list[Link]  # noqa: UP045 - a value, not an annotation
            members[relation.key] = (accepted, ...)
        if kind in relation.objects and relation.inverse:
            members[relation.inverse] = (list[Link], ...)
    if kind == "target":
        members["measure"] = (Link | None, ...)
    if kind == "sector":
        about = Field(description="How many measures touch it, by whatever way; `measures` are those that apply to it.")
        members["measures_touching"] = (Annotated[int | None, about], None)
    if kind == "measure":
        members["touches"] = (list[Touch] | None, None)
    for key in FOLLOWING.get(kind, {}):
        members[key] = (list[_CONCLUSIONS[key]] | None, None)  # type: ignore[valid-type] # a value, not an annotation
    return members


_OMITTED: Final = "How many links are left out, by key, where some are: `/api/v1/links` has them. Left out elsewhere."


def _item(kind: str) -> type[Reference]:
    return create_model(
        kind.capitalize(),
        __base__=Reference,
        __doc__=f"A {kind} as lists have it.",
        aliases=(Aliases, ...),
        description=(Labels | None, ...),
        **_members(kind),
        omitted=(Annotated[dict[str, int] | None, Field(description=_OMITTED)], None),
        evidence=(list[Citation], ...),
    )


def _page(kind: str, item: type[Reference]) -> type[Model]:
    return create_model(
        f"{kind.capitalize()}List",
        __base__=Model,
        __doc__=f"A part of a list: `total` counts the whole list, `next` the URL of the next part ({kind}).",
        items=(list[item], ...),  # type: ignore[valid-type] # a model made at run time
        total=(int, ...),
        next=(str | None, ...),
        revision=(str, ...),
    )


ITEMS: Final = {kind.name: _item(kind.name) for kind in KINDS}
"""Kind → its things within a list."""

THINGS: Final = {
    name: create_model(f"{name.capitalize()}Thing", __base__=item, __doc__=f"A {name}.", revision=(str, ...))
    for name, item in ITEMS.items()
}
"""Kind → one of its things."""

PAGES: Final = {name: _page(name, item) for name, item in ITEMS.items()}
"""Kind → its list."""


class LinkList(Model):
    """A part of what a thing is related to by a key: `total` counts all, `next` is the URL of the next part."""

    of: Reference
    key: str
    items: list[Link]
    total: int
    next: str | None
    revision: str


class Publication(Model):
    """One entry of the history: which revision became the current one, when, by whom, and what that changed."""

    seq: int
    revision: str
    parent: str | None
    published: str
    author: str
    note: str
    kind: Literal["build", "load", "update", "graph-store", "rollback"]
    added: int | None
    removed: int | None
    current: bool
    kept: bool


class Publications(Model):
    """A part of the history, newest first."""

    items: list[Publication]
    total: int
    next: str | None
    revision: str


class DiffAnswer(Model):
    """What tells two revisions apart: lines of N-Quads, and the graphs that came and went."""

    base: str
    revision: str
    added_total: int
    removed_total: int
    added: list[str]
    removed: list[str]
    created: list[str]
    dropped: list[str]
    truncated: bool


class Pruned(Model):
    """The revisions that were removed."""

    pruned: list[str]
    revision: str
