"""`/api/v1/resolve`: a name or a question, read and answered; what is not understood gets the nearest readings."""

from __future__ import annotations

import threading
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import ConfigDict, Field, JsonValue
from starlette.responses import Response

from api.described import json_answer
from api.exchange import ExchangeDep, once_each
from api.models import Labels, Model, Reference, RowCitation, Touch
from api.parameters import LanguageParameters
from api.state import PerRevision, Snapshot
from kg.questions import QuestionFolder, Questions
from kg.resolve import LONGEST, Resolver
from kg.resolve.answers import MOST_ROWS, ROWS
from kg.resolve.forms import VARIANTS

PATH: Final = "/api/v1/resolve"
_QUESTION: Final = "which measures touch healthcare"
_HEALTHCARE: Final[dict[str, JsonValue]] = {
    "id": "healthcare",
    "iri": "https://w3id.org/policy-kg/id/sector/healthcare",
    "type": "sector",
    "label": {"zh": "医疗", "en": "Healthcare"},
}


class MatchedName(Model):
    """The name that matched, and in which way."""

    text: str
    language: str
    how: Annotated[
        str,
        Field(
            description="id, label, alias, folded, script, pinyin, initials, part or typo; within: a zone in that place"
        ),
    ]


class Named(Model):
    """A thing that a part of the text may name."""

    thing: Reference
    matched: MatchedName


class EntityModel(Named):
    """A part of the text, and a thing that it names. `start` and `end` count Unicode code points."""

    text: str
    start: int
    end: int
    score: Annotated[float, Field(description="From 0 to 1; 1 only for an exact name.")]


class AmbiguityModel(Model):
    """A part of the text that names several things."""

    text: str
    start: int
    end: int
    candidates: list[Named]


Argument = Reference | int | float | str


class InterpretationModel(Model):
    """How the text was read."""

    form: Annotated[str, Field(description="The form of the question.")]
    variant: Annotated[
        str | None,
        Field(description=f"Where the form is asked in several ways, in which: {', '.join(VARIANTS)}; null: plainly."),
    ] = None
    arguments: Annotated[dict[str, Argument], Field(description="Things, years, numbers with their unit, collections.")]
    words: Annotated[Labels, Field(description="The question as it was read.")]


class RowModel(Model):
    """A row of an answer."""

    thing: Reference | None
    values: Annotated[dict[str, JsonValue], Field(description="What is shown of it; null where there is none.")]
    touches: Annotated[list[Touch], Field(description="Why a measure touches the sector, where that was asked.")]
    evidence: Annotated[list[RowCitation], Field(description="The clauses of the row, with what they state of it.")]


class AnswerModel(Model):
    """The answer to a question."""

    value: Annotated[int | None, Field(description="The number, where one was asked for.")]
    rows: list[RowModel]
    total: int
    omitted: Annotated[int, Field(description="How many rows are left out.")]


class SuggestionModel(Model):
    """A reading that may be meant."""

    question: Annotated[Labels, Field(description="A question that can be sent as `q`.")]
    form: str
    variant: str | None
    arguments: dict[str, Argument]


class ResolutionModel(Model):
    """What a text was read as, and the answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "query": "how many measures touch healthcare",
                    "language": "en",
                    "kind": "question",
                    "interpretation": {
                        "form": "how-many-touching",
                        "variant": None,
                        "arguments": {"sector": _HEALTHCARE},
                        "words": {"zh": "有多少条措施涉及医疗？", "en": "How many measures touch Healthcare?"},
                    },
                    "entities": [
                        {
                            "text": "healthcare",
                            "start": 24,
                            "end": 34,
                            "thing": _HEALTHCARE,
                            "score": 0.99,
                            "matched": {"text": "Healthcare", "language": "en", "how": "folded"},
                        }
                    ],
                    "ambiguities": [],
                    "answer": {"value": 5, "rows": [], "total": 5, "omitted": 5},
                    "sparql": "SELECT …",
                    "evidence": [],
                    "alternatives": [],
                    "revision": "0123456789abcdef",
                }
            ]
        },
    )

    query: str
    language: Annotated[str, Field(description="zh or en")]
    kind: Annotated[str, Field(description="name, question, or unknown")]
    interpretation: Annotated[
        InterpretationModel | None,
        Field(description="null where the text is not understood, or may mean several things."),
    ]
    entities: list[EntityModel]
    ambiguities: list[AmbiguityModel]
    answer: Annotated[AnswerModel | None, Field(description="null where there is no interpretation.")]
    sparql: Annotated[str | None, Field(description="The query that was run; runs at `/sparql` as it is.")]
    evidence: Annotated[list[RowCitation], Field(description="The clauses of all rows, each once.")]
    alternatives: Annotated[list[SuggestionModel], Field(description="The nearest readings.")]
    revision: str


class ResolveParameters(LanguageParameters):
    """The parameters of a resolution."""

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST,
            description="A name or a question, in Chinese or English.",
            examples=[_QUESTION, "哪些措施涉及医疗？", "超过1000亿元的目标", "鹏城云脑"],
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="How many rows an answer shows at most.")] = ROWS


class Resolvers:
    """The resolver of one revision, made when it is first asked, and anew when the questions are others."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Make none yet."""
        self._lookup = snapshot.lookup
        self._names = snapshot.names
        self._revision = snapshot.revision.id
        self._lock = threading.Lock()
        self._known: tuple[Questions, Resolver] | None = None

    def of(self, questions: Questions) -> Resolver:
        """Return the resolver with the questions that are there now."""
        with self._lock:
            if self._known is None or self._known[0] is not questions:
                made = Resolver(self._lookup, self._names.index(), questions, self._revision)
                self._known = questions, made
            return self._known[1]


def resolve_router() -> APIRouter:
    """Return the router of resolving."""
    router = APIRouter(tags=["search"], dependencies=[Depends(once_each)])

    @router.get(PATH, summary="Resolve a name or a question", responses=json_answer(ResolutionModel, 400))
    def resolve(exchange: ExchangeDep, parameters: Annotated[ResolveParameters, Query()]) -> Response:
        """Return what a text means: a thing, or a question with its answer, the SPARQL that was run, and its clauses.

        A text that is not understood as a whole is not answered: `kind` is `unknown`, and `alternatives` has the
        nearest readings. A text that may mean several things is not answered either: `ambiguities` says which.
        """
        folder: QuestionFolder = exchange.request.app.state.questions
        resolvers: PerRevision[Resolvers] = exchange.request.app.state.resolvers
        questions = folder.current()

        def content() -> dict[str, Any]:
            resolver = resolvers.of(exchange.snapshot).of(questions)
            return _content(resolver.resolve(parameters.q, parameters.lang, parameters.limit).to_json())

        # When a question of the folder changes, so may answers and nearest readings, though the revision has not.
        return exchange.json(content, variant=questions.digest)

    return router


def _content(resolution: dict[str, Any]) -> dict[str, Any]:
    """Return a resolution without what every answer has."""
    return {name: value for name, value in resolution.items() if name != "revision"}
