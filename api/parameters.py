"""The query parameters of every path, as models: what OpenAPI shows, and what is refused."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, create_model, field_validator, model_validator

from api.errors import UnknownParameter
from kg.kinds import KINDS
from kg.lookup.finder import CHOICES, filter_names

MAX_LIMIT: Final = 1000

LINKS: Final = 100
"""How many links of each key a thing has where nothing else is asked for."""

LINKS_IN_LISTS: Final = 20
"""The same of each thing in a list."""


class Parameters(BaseModel):
    """Query parameters; one that a path does not have is refused, for a filter ignored gives a wrong answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:
        for name in data if isinstance(data, dict) else ():
            if name not in cls.model_fields:
                known = tuple(cls.model_fields)
                raise UnknownParameter(name, known, difflib.get_close_matches(name, known, n=1))
        return data


Lang = Annotated[
    Literal["zh", "en"] | None,
    Field(description="Language of `display` and of messages; without it, Accept-Language is asked."),
]


class LanguageParameters(Parameters):
    """The parameters of a path that takes a language only."""

    lang: Lang = None


class FormParameters(LanguageParameters):
    """The parameters of a page with a form, where a field that was left empty is one that is not there."""

    @field_validator("*", mode="before")
    @classmethod
    def _given(cls, value: Any, info: ValidationInfo) -> Any:
        return cls.model_fields[str(info.field_name)].default if value == "" else value


_LINKS_TEXT: Final = (
    "How many links of each key there are at most; `omitted` counts the others, `/api/v1/links` has them."
)


class ThingParameters(LanguageParameters):
    """The parameters of one thing."""

    links: Annotated[int, Field(ge=1, le=MAX_LIMIT, description=_LINKS_TEXT)] = LINKS


class NoParameters(Parameters):
    """A path without parameters."""


class DocumentParameters(LanguageParameters):
    """The parameters of a description."""

    format: Annotated[
        Literal["html", "ttl", "nt", "jsonld", "rdf", "json", "csv"] | None,
        Field(description="Format of the description; wins over Accept, and over an extension."),
    ] = None


class PartParameters(LanguageParameters):
    """The parameters of whatever comes in parts."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many items at most.")] = 100
    cursor: Annotated[str | None, Field(description="Where to go on; from `next` of the page before.")] = None


class LinkedParameters(Parameters):
    """The parameters that say which relation of which thing is meant."""

    of: Annotated[
        str,
        Field(
            min_length=1,
            description="Thing: `kind/id`, full IRI, unique short id, or exact label or alias in either language.",
            examples=["sector/healthcare"],
        ),
    ]
    key: Annotated[str, Field(min_length=1, description="Key of the thing's JSON.", examples=["measures"])]


class LinksParameters(PartParameters, LinkedParameters):
    """The parameters of what a thing is related to."""


class PageParameters(PartParameters):
    """The parameters of every list."""

    links: Annotated[int, Field(ge=1, le=MAX_LIMIT, description=_LINKS_TEXT)] = LINKS_IN_LISTS

    def filters(self) -> dict[str, str]:
        """Return the filters that are given, by name."""
        own = set(PageParameters.model_fields) | {"transitive"}
        return {name: value for name, value in self if name not in own and value is not None}


class TouchingParameters(PageParameters):
    """The parameters of the measures of a sector."""

    transitive: Annotated[bool, Field(description="Whether the sectors below are meant as well.")] = True


FILTER_TEXTS: Final = {
    "touches": ("Sector that the measure touches, by whatever way; each item then has `touches`.", "healthcare"),
    "policy": ("Policy it belongs to.", "gd-ai45"),
    "theme": ("Theme under which the source puts it; themes below count.", "ai-chips"),
    "platform": ("Platform that it supports.", "粤商通"),
    "product": ("Product or technology that it concerns; products below count.", "large-models"),
    "place": ("Place that it names.", "guangdong"),
    "organization": ("Body that it names.", "鹏城实验室"),
    "part_of": ("Measure that it is part of.", ""),
    "measure": ("Measure that it belongs to.", ""),
    "kind": ("Measures named by title, or provisions stated in detail.", "titled"),
    "indicator": ("Indicator that it is about.", ""),
    "sector": ("Sector that it is confined to; sectors below count.", "robotics"),
    "deadline": ("Year in which it falls due.", "2027"),
    "comparator": ("How the actual value must stand to the target's.", "gt"),
    "quantitative": ("With a number, or with an outcome in words.", "true"),
    "q": ("Text that a label or alias contains, in either language.", "人工智能"),
}
"""Filter → what it does, and an example. Things are named by short id, IRI, or exact label."""


def _list_parameters(kind: str, collection: str) -> type[PageParameters]:
    base = TouchingParameters if "touches" in filter_names(kind) else PageParameters
    fields: dict[str, Any] = {}
    for name in filter_names(kind):
        text, example = FILTER_TEXTS[name]
        choices = CHOICES.get(kind, {}).get(name)
        accepted: Any = Literal[choices] if choices else str
        described = Field(description=text, examples=[example] if example else None)
        fields[name] = (Annotated[accepted | None, described], None)
    return create_model(f"{collection.capitalize()}Parameters", __base__=base, **fields)


LIST_PARAMETERS: Final = {kind.name: _list_parameters(kind.name, kind.collection) for kind in KINDS}
"""Kind → the parameters of its list, made from the filters that the look-up knows."""
