"""`/api/v1/explain`: why the graph says something, down to the clauses."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import ConfigDict, Field, JsonValue
from starlette.responses import Response

from api.described import json_answer
from api.exchange import ExchangeDep, once_each
from api.models import EXAMPLE_CITATION, Citation, Labels, Model, Reference
from api.parameters import LanguageParameters

PATH: Final = "/api/v1/explain"
_ID: Final = "https://w3id.org/policy-kg/id"
_MEASURE: Final[dict[str, JsonValue]] = {
    "id": "gd-ai45-smart-hospitals",
    "iri": f"{_ID}/measure/gd-ai45-smart-hospitals",
    "type": "measure",
    "label": {"zh": "建设智慧医院", "en": "Build smart hospitals"},
}
_SECTOR: Final[dict[str, JsonValue]] = {
    "id": "healthcare",
    "iri": f"{_ID}/sector/healthcare",
    "type": "sector",
    "label": {"zh": "医疗", "en": "Healthcare"},
}
_RULE: Final[dict[str, JsonValue]] = {
    "id": "touches-directly",
    "iri": f"{_ID}/rule/touches-directly",
    "type": "rule",
    "label": {"zh": "措施所针对的行业，即为其涉及的行业", "en": "A measure touches the sector that it applies to"},
}
_APPLIES: Final[dict[str, JsonValue]] = {
    "subject": _MEASURE,
    "predicate": "pkg:appliesToSector",
    "predicate_label": {"zh": "针对行业", "en": "applies to sector"},
    "object": _SECTOR,
    "stands": "stated",
    "evidence": [EXAMPLE_CITATION],
    "reasons": [],
}
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "subject": _MEASURE,
    "predicate": "pkg:touchesSector",
    "predicate_label": {"zh": "涉及行业", "en": "touches sector"},
    "object": _SECTOR,
    "stands": "inferred",
    "evidence": [],
    "reasons": [{"rule": _RULE, "premises": [_APPLIES]}],
    "revision": "0123456789abcdef",
}


class ReasonModel(Model):
    """One way in which a triple follows."""

    rule: Annotated[Reference, Field(description="The rule; its IRI has its text.")]
    premises: Annotated[list[ExplanationModel], Field(description="What the rule was applied to, each explained.")]


class ExplanationModel(Model):
    """A triple, how it stands in the graph, and why."""

    subject: Reference
    predicate: str
    predicate_label: Labels
    object: Annotated[Reference | str, Field(description="A thing, or the text of a literal.")]
    stands: Annotated[
        Literal["inferred", "stated", "vocabulary", "unstated"],
        Field(
            description="`inferred` follows by a rule; `stated` has evidence (it may follow besides); `vocabulary` is"
            " in our own vocabularies; `unstated` is in the graph, and no source states it."
        ),
    ]
    evidence: Annotated[list[Citation], Field(description="The clauses that state this very triple.")]
    reasons: Annotated[list[ReasonModel], Field(description="The ways in which it follows; none for a fact.")]
    reasons_omitted: Annotated[
        bool,
        Field(
            description="True where it has reasons that are not given, for the tree is large enough; left out"
            " elsewhere. They are in the explanation of that triple itself, and in the graph of what follows."
        ),
    ] = False


class AnswerModel(ExplanationModel):
    """The triple that was asked for, explained."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    revision: str


ReasonModel.model_rebuild()

_NAMED: Final = "a short id that is unique, `kind/id`, a full IRI, or an exact name in either language"


class ExplainParameters(LanguageParameters):
    """The parameters of an explanation."""

    subject: Annotated[
        str,
        Field(min_length=1, max_length=500, description=f"The subject: {_NAMED}.", examples=["建设智慧医院"]),
    ]
    object: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            description=f"The object: {_NAMED}; or the text of a literal.",
            examples=["healthcare"],
        ),
    ]
    predicate: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            description="The property: IRI, `pkg:name`, name, or key in JSON.",
            examples=["supportedBy", "dueBy", "locatedWithin"],
        ),
    ] = "touchesSector"


def explaining_router() -> APIRouter:
    """Return the router of explanations."""
    router = APIRouter(tags=["explain"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Why the graph says something", responses=json_answer(AnswerModel, 400, 404))
    def explain(exchange: ExchangeDep, parameters: Annotated[ExplainParameters, Query()]) -> Response:
        """Return a triple as a tree: the rules by which it follows, their premises, and the clauses that state those.

        Each way in which it follows is a reason of its own. A leaf is a fact that a source states, with its clauses,
        or a triple of our own vocabularies. What the graph does not say is 404; `nearest` is what it says instead.
        """

        def content() -> dict[str, Any]:
            lookup = exchange.snapshot.lookup
            return lookup.explain(parameters.subject, parameters.predicate, parameters.object).to_json()

        return exchange.json(content)

    return router
