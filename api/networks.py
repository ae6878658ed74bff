"""The parameters and answers of the paths that show the graph as a network, as models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field, JsonValue, create_model

from api.models import Citation, Labels, Model, Reference
from api.parameters import LanguageParameters
from kg.network.centrality import CENTRAL
from kg.network.communities import RESOLUTION
from kg.network.neighbourhood import MAX_DEPTH, MAX_NODES
from kg.network.paths import MAX_LENGTH, MAX_PATHS

Format = Literal["json", "cytoscape", "graphml", "gexf", "dot", "csv", "csv-nodes"]
"""`json` and the formats of `kg.network.FORMATS`, as a type."""

LONGEST: Final = 200
Relations = Annotated[
    str | None,
    Field(
        max_length=1000,
        description="Relations to follow, by key or short name, separated by commas; all, if not given.",
        examples=["sectors,products"],
    ),
]
Kinds = Annotated[
    str | None,
    Field(
        max_length=1000,
        description="Kinds of things to show and to go through, separated by commas; all, if not given.",
        examples=["measure,sector,product"],
    ),
]
_THING: Final = "A thing: short id, `kind/id`, IRI, or exact label or alias in either language."


def listed(text: str | None) -> list[str]:
    """Return the parts of a list.

    >>> listed("sectors, products")
    ['sectors', 'products']
    """
    return [part.strip() for part in (text or "").split(",") if part.strip()]


class DrawnParameters(LanguageParameters):
    """The parameters that all of these paths have."""

    format: Annotated[Format | None, Field(description="Wins over Accept; `csv` has the edges.")] = None


class NetworkParameters(DrawnParameters):
    """The parameters that choose a part of the network."""

    relation: Relations = None
    kind: Kinds = None
    inferred: Annotated[bool, Field(description="Whether relations that follow by rules are followed too.")] = False


class GraphParameters(NetworkParameters):
    """The parameters of a neighbourhood."""

    root: Annotated[str | None, Field(max_length=LONGEST, description=_THING, examples=["healthcare", "医疗"])] = None
    depth: Annotated[int, Field(ge=1, le=MAX_DEPTH, description="How many steps from the root.")] = 1
    direction: Annotated[
        Literal["out", "in", "both"], Field(description="Whether edges are followed to objects, to subjects, or both.")
    ] = "both"
    limit: Annotated[int, Field(ge=1, le=MAX_NODES, description="How many things at most, the root included.")] = 100


class _PathsParameters(NetworkParameters):
    to: Annotated[str, Field(max_length=LONGEST, description=_THING, examples=["医疗"])]
    max_length: Annotated[int, Field(ge=1, le=MAX_LENGTH, description="How many steps at most.")] = 6
    limit: Annotated[int, Field(ge=1, le=MAX_PATHS, description="How many paths at most.")] = 10

    @property
    def ends(self) -> tuple[str, str]:
        """The two things, as they are named."""
        return str(getattr(self, "from")), self.to


if TYPE_CHECKING:
    PathsParameters = _PathsParameters
else:  # `from` is a word of the language, so that it cannot be written as a field.
    PathsParameters = create_model(
        "PathsParameters",
        __base__=_PathsParameters,
        **{"from": (Annotated[str, Field(max_length=LONGEST, description=_THING, examples=["鹏城云脑"])], ...)},
    )


class AnalyticsParameters(DrawnParameters):
    """The parameters of the analytics."""

    report: Annotated[
        Literal["centrality", "communities"] | None, Field(description="One of the two; both, if not given.")
    ] = None
    by: Annotated[
        Literal["degree", "betweenness", "pagerank"], Field(description="What the things are ordered by.")
    ] = "degree"
    kind: Annotated[
        str | None,
        Field(
            max_length=100,
            description=f"Kinds to list, separated by commas: {', '.join(CENTRAL)}.",
            examples=["sector"],
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MAX_NODES, description="How many things of each kind at most.")] = 10
    resolution: Annotated[
        float,
        Field(ge=RESOLUTION[0], le=RESOLUTION[1], description="Above 1, communities are smaller; below 1, larger."),
    ] = 1.0


class PredicateModel(Model):
    """A relation."""

    id: str
    iri: str
    key: str
    label: Labels
    display: str | None = None


class NodeModel(Reference):
    """A thing of the network; its id has its kind in it."""


class NearModel(Reference):
    """A thing of a neighbourhood."""

    degree: Annotated[int, Field(description="How many edges of the chosen relations it has, shown or not.")]
    distance: Annotated[int | None, Field(description="Steps from the root; null where there is none.")]


class WayModel(Model):
    """One way in which an edge follows."""

    rule: Annotated[Reference, Field(description="The rule that concludes it.")]
    evidence: Annotated[list[Citation], Field(description="The clauses of the facts that it rests on in the end.")]


class EdgeModel(Model):
    """A triple between two things. One that follows has the evidence of its premises; our own taxonomy has none."""

    subject: str
    predicate: PredicateModel
    object: str
    inferred: bool
    rule: Annotated[Reference | None, Field(description="Where it follows: the rule, that of the shortest way.")]
    ways: Annotated[list[WayModel], Field(description="The ways in which it follows, the shortest first.")]
    ways_omitted: Annotated[
        bool, Field(description="True where there may be other ways than those that are given; left out elsewhere.")
    ] = False
    explain: Annotated[str | None, Field(description="Where it follows: the address of the whole explanation.")]
    evidence: list[Citation]


class OmittedEdges(Model):
    """How many edges of a thing that is shown lead to what is not."""

    node: str
    predicate: str
    key: str
    direction: Literal["out", "in"]
    reason: Annotated[Literal["limit", "depth"], Field(description="Whether the limit cut it, or it is too far away.")]
    count: int


class OmittedModel(Model):
    """What is left out."""

    things: Annotated[int, Field(description="Things that are near enough, and are cut by the limit.")]
    by_kind: Annotated[dict[str, int], Field(description="The same, by kind.")]
    edges: list[OmittedEdges]


class GraphModel(Model):
    """A neighbourhood."""

    root: NodeModel | None
    nodes: list[NearModel]
    edges: list[EdgeModel]
    truncated: bool
    omitted: OmittedModel
    revision: str


_STEP: Final[dict[str, Any]] = {
    "from": (Annotated[str, Field(description="Id of a thing.")], ...),
    "to": (Annotated[str, Field(description="Id of a thing.")], ...),
    "edges": (list[EdgeModel], ...),
}
StepModel = create_model("PathStep", __base__=Model, **_STEP)


class PathModel(Model):
    """A path: its things, and the triples between each two of them, whichever way they stand."""

    length: int
    nodes: list[NodeModel]
    steps: list[StepModel]  # type: ignore[valid-type]


class NoPath(Model):
    """Why there is no path."""

    code: Literal["not_connected", "longer"]
    text: Labels


_PATHS: Final[dict[str, Any]] = {
    "from": (NodeModel, ...),
    "to": (NodeModel, ...),
    "distance": (Annotated[int | None, Field(description="Steps of a shortest path; null: nothing joins them.")], ...),
    "total": (Annotated[int, Field(description="How many shortest paths there are.")], ...),
    "paths": (list[PathModel], ...),
    "more": (Annotated[bool, Field(description="Whether there are more than are given.")], ...),
    "reason": (Annotated[NoPath | None, Field(description="Why there is no path.")], ...),
    "revision": (str, ...),
}
PathsModel = create_model("PathsModel", __base__=Model, **_PATHS)


class NetworkModel(Model):
    """The network that something was computed on."""

    things: int
    edges: int
    kinds: list[str]
    relations: list[str] | None = None
    directed: bool


class MethodModel(Model):
    """A method with its parameters."""

    id: str
    text: Labels
    parameters: dict[str, JsonValue]


class ScoreModel(Model):
    """How central a thing is."""

    rank: Annotated[int, Field(description="Among the things of its kind; equal scores have the same.")]
    thing: NodeModel
    joined_to: Annotated[dict[str, int], Field(description="How many things it is joined to, by kind.")]
    degree: float
    betweenness: float
    pagerank: float


class CentralityModel(Model):
    """The most central things of each kind."""

    network: NetworkModel
    methods: list[MethodModel]
    by: str
    items: dict[str, list[ScoreModel]]
    omitted: Annotated[dict[str, int], Field(description="How many of each kind are not listed.")]


class SharedModel(Model):
    """A sector that measures of a community share."""

    sector: NodeModel
    measures: Annotated[int, Field(description="How many measures of the community touch it.")]
    share: Annotated[float, Field(description="Of the measures of the community.")]
    elsewhere: Annotated[int, Field(description="How many other measures touch it.")]


class CommunityModel(Model):
    """Measures that belong together, and why: the sectors that they share."""

    id: int
    label: Labels
    display: str | None = None
    size: int
    measures: list[NodeModel]
    sectors: list[SharedModel]


class CommunitiesModel(Model):
    """The communities, the largest first."""

    network: NetworkModel
    methods: list[MethodModel]
    modularity: float
    items: list[CommunityModel]
    alone: Annotated[list[NodeModel], Field(description="Measures that share no sector with any other.")]


class AnalyticsModel(Model):
    """The reports; null for one that was not asked for."""

    centrality: CentralityModel | None
    communities: CommunitiesModel | None
    revision: str
