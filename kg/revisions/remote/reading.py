"""What reads the revisions of a SPARQL service, and needs nothing on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.engine import LARGE
from kg.engine.remote.control import Control, Pointed
from kg.engine.remote.engine import RemoteEngine, held_in
from kg.engine.remote.names import Generation
from kg.engine.remote.service import Service, ServiceAddress
from kg.errors import RevisionNotFound, StoreError
from kg.revisions.model import AGAIN, Revision
from kg.settings import Settings

LOOK_SECONDS: Final = 2.0
"""Seconds that a look at the pointer may take: who comes by meanwhile waits for it."""

_OPEN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class RemoteRevision(Revision):
    """A revision at a SPARQL service; its directory is not there."""

    service: Service
    generation: Generation
    unnamed: int
    seconds: float

    def open(self, *, in_memory_up_to: int = LARGE) -> RemoteEngine:  # noqa: ARG002 - it stays at the service
        """Open the revision for reading.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        control = Control(self.service)
        held = held_in(self.service, self.generation, self.unnamed, time.monotonic() + _OPEN_SECONDS)
        return RemoteEngine(self.service, held, lambda: control.is_whole(self.generation), seconds=self.seconds)


class RemoteReader:
    """The revisions of a SPARQL service, as far as reading the current one goes."""

    def __init__(self, settings: Settings) -> None:
        """Ask the service of the settings."""
        self.service = Service(address_of(settings))
        self.control = Control(self.service, seconds=settings.write_timeout)
        self._seconds = settings.query_timeout
        self._name = str(settings.store)

    def stamp(self) -> object:
        """Return what changes when something is published.

        Raises:
            StoreFailed: the service gave no usable answer.
        """
        return self.control.pointed(LOOK_SECONDS)

    def current(self, base_iri: str | None = None) -> RemoteRevision:
        """Return the published revision.

        Raises:
            RevisionNotFound: nothing has been published there.
            StoreError: the service gave no usable answer, or `base_iri` is given and the things have another base.
        """
        pointed = self.control.pointed(LOOK_SECONDS)
        if pointed is None:
            raise RevisionNotFound(f"nothing has been published in {self._name}: run `kg build`")
        revision = self.at(pointed)
        held = revision.manifest["base_iri"]
        if base_iri is not None and held != base_iri:
            raise StoreError(
                f"{self._name} holds things under {held}, but KG_BASE_IRI is {base_iri}: set it to the former, "
                "or build into another store"
            )
        return revision

    def at(self, pointed: Pointed) -> RemoteRevision:
        """Return a revision that is or was published.

        Raises:
            StoreError: the service gave no usable answer, or what it says is not what this program wrote.
        """
        generation = Generation(pointed.generation)
        return self.revision(generation, self.control.holds(generation))

    def revision(self, generation: Generation, said: Mapping[str, Any]) -> RemoteRevision:
        """Return the revision that a generation holds, by what is said of that."""
        manifest = said.get("manifest")
        if not isinstance(manifest, Mapping) or not isinstance(manifest.get("base_iri"), str):
            raise StoreError(f"what {self._name} says of its current revision is not of this program: {AGAIN}")
        id, unnamed = str(said["revision"]), int(said["unnamed"])
        return RemoteRevision(id, Path("/nonexistent"), manifest, self.service, generation, unnamed, self._seconds)


def address_of(settings: Settings) -> ServiceAddress:
    """Return where the service of the settings is, and what it is told about who asks."""
    url, _, name = str(settings.store).partition("#")
    return ServiceAddress(
        url,
        settings.store_update or "",
        name,
        settings.store_user or "",
        settings.store_password or "",
        settings.store_token or "",
    )
