"""The settings: one frozen class, read from flags and the environment, each with its default and one-line help."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from kg.errors import SettingError
from kg.iris import DEFAULT_BASE, Iris

DefaultGraph = Literal["union", "strict"]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; the environment variable of each is `KG_` and its name in capitals."""

    store: Path = field(
        default=Path("kg-store"),
        metadata={"help": "Directory of the revisions; built from the seeds if it does not exist."},
    )
    base_iri: str = field(default=DEFAULT_BASE, metadata={"help": "Base of the IRIs of things; must end with a slash."})
    default_graph: DefaultGraph = field(
        default="union",
        metadata={
            "help": "What a pattern outside GRAPH sees: union (every named graph) or strict (only the default graph)."
        },
    )
    memory_quads: int = field(
        default=2_000_000,
        metadata={"help": "Up to how many quads a revision is read into memory; larger ones stay on disk."},
    )
    ontology: Path | None = field(
        default=None, metadata={"help": "Folder of the ontology; the one that comes with the package if not given."}
    )
    seeds: Path | None = field(
        default=None, metadata={"help": "Folder of the seeds; the one that comes with the package if not given."}
    )

    def __post_init__(self) -> None:
        """Refuse values that cannot be."""
        Iris(self.base_iri)
        if self.default_graph not in get_args(DefaultGraph):
            raise SettingError(f"KG_DEFAULT_GRAPH is {self.default_graph!r}; it may be union or strict")
        if self.memory_quads < 0:
            raise SettingError(f"KG_MEMORY_QUADS is {self.memory_quads}; it must be 0 or more")

    @property
    def iris(self) -> Iris:
        """The IRIs under the base."""
        return Iris(self.base_iri)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **flags: Any) -> Settings:
        """Return the settings of an environment; a flag that is not None wins.

        Raises:
            SettingError: a `KG_` variable is unknown or has a value that it cannot have.
        """
        known = {f"KG_{item.name.upper()}": item.name for item in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith("KG_") or name in TEST_VARIABLES:
                continue
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
                raise SettingError(f"{name} is not a setting{hint}")
            values[known[name]] = _parse(known[name], text)
        values.update({name: value for name, value in flags.items() if value is not None})
        return cls(**values)


TEST_VARIABLES = frozenset({"KG_CONFORMANCE_DATA"})
"""Variables with our prefix that are the test suite's, not the program's."""


def _parse(name: str, text: str) -> Any:
    if name in {"store", "ontology", "seeds"}:
        return Path(text)
    if name == "memory_quads":
        try:
            return int(text)
        except ValueError as error:
            raise SettingError(f"KG_MEMORY_QUADS is {text!r}; it must be a whole number") from error
    return text
