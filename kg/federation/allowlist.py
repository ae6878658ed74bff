"""Which other servers a query may make this one call: exact origins, named by the operator, none by default."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.errors import LoadRefused, ServiceRefused, SettingError
from kg.federation.addresses import is_own_network, is_public
from kg.federation.origins import Address, Origin, Target, parse_target

_EXAMPLE = "write for example https://query.wikidata.org, http://10.1.2.3:7200 or http://graph.internal:7200#private"


@dataclass(frozen=True, slots=True)
class AllowList:
    """The origins that may be called.

    A name may lead to public addresses only; marked `#private`, also to this machine and to private networks. An IP
    address that is listed itself may be called, whatever it is; that is the only way to link-local addresses and to
    the metadata services of clouds.
    """

    origins: frozenset[Origin] = field(default=frozenset())
    private: frozenset[Origin] = field(default=frozenset())

    @classmethod
    def parse(cls, text: str) -> AllowList:
        """Return the allow-list that a text of origins, between them commas or blanks, describes.

        Raises:
            SettingError: an origin has a path, a wildcard, a user name or anything else that it may not have.

        >>> AllowList.parse("https://query.wikidata.org").allows("https://query.wikidata.org:443/sparql")
        True
        """
        entries = [_entry(item) for item in re.split(r"[,\s]+", text) if item]
        return cls(
            frozenset(origin for origin, _ in entries), frozenset(origin for origin, private in entries if private)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The origins as text, sorted, for messages."""
        return tuple(str(origin) for origin in sorted(self.origins))

    def allows(self, iri: str) -> bool:
        """Return whether an IRI lies at a listed origin; where its host leads to is checked when it is called."""
        try:
            return parse_target(iri).origin in self.origins
        except ValueError:
            return False

    def check(self, iri: str, refusal: type[ServiceRefused] | type[LoadRefused] = ServiceRefused) -> Target:
        """Return what an IRI points at.

        Raises:
            ServiceRefused: it does not lie at a listed origin; or LoadRefused where that is asked for.
        """
        if not self.allows(iri):
            raise refusal(iri, self.names)
        return parse_target(iri)

    def permits(self, origin: Origin, address: Address) -> bool:
        """Return whether a listed origin may be called at an address that its host has been resolved to."""
        if origin not in self.origins:
            return False
        if origin.address is not None:
            return address == origin.address
        return is_public(address) or (origin in self.private and is_own_network(address))


def _entry(item: str) -> tuple[Origin, bool]:
    """Return the origin that an item of the list names, and whether it is marked as private."""
    written, mark, fragment = item.partition("#")
    if "*" in written:
        raise _wrong(item, "wildcards are not understood, every host is listed by itself")
    try:
        target = parse_target(written)
    except ValueError as error:
        raise _wrong(item, str(error)) from error
    if target.path != "/":
        raise _wrong(item, f"an origin has no path; did you mean {target.origin}?")
    if mark and fragment != "private":
        raise _wrong(item, f"the only mark is #private; did you mean {target.origin}#private?")
    origin, address = target.origin, target.origin.address
    if address is not None and (address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255"):
        raise _wrong(item, "this is not the address of one host")
    if not mark and (origin.host == "localhost" or origin.host.endswith(".localhost")):
        raise _wrong(item, f"localhost is this machine itself; if you mean that, write {origin}#private")
    return origin, bool(mark)


def _wrong(item: str, why: str) -> SettingError:
    # A user name may come with a password, which belongs into no log.
    shown = re.sub(r"[^/]*@", "…@", item)
    return SettingError(f"KG_SERVICE_ALLOW contains {shown!r}: {why}; {_EXAMPLE}")
