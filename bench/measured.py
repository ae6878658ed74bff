"""What is measured of a server, and with how much effort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.load import Load


@dataclass(slots=True)
class Measured:
    """What was measured of one server: loads by `mix kind`, each run after another."""

    name: str
    version: str
    loads: dict[str, list[Load]] = field(default_factory=dict)
    start: list[float] = field(default_factory=list)
    write: list[float] = field(default_factory=list)
    memory: int = 0
    equal: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Effort:
    """How long each load lasts, in seconds, and how often it is repeated."""

    seconds: float
    runs: int


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured with the data of one size: servers by name, libraries by name and mix, seconds of loading."""

    scale: str
    triples: int
    servers: Mapping[str, Measured]
    libraries: Mapping[str, Mapping[str, Any]]
    loading: Mapping[str, float]
    per_quad: float | None = None
    """How many times as long a quad takes us to load as one of a quarter of the data."""
