"""From the settings to which texts are evaluated at all."""

from __future__ import annotations

from typing import Final

from kg.engine.admission import Policy
from kg.federation import AllowList
from kg.limits import worker_limits
from kg.settings import Settings

__all__: Final = ["policy_of", "worker_limits"]


def policy_of(settings: Settings, allow: AllowList) -> Policy:
    """Return which texts are evaluated at all."""
    return Policy(
        max_length=settings.max_query_length,
        max_nesting=settings.max_query_nesting,
        allows=allow.allows,
        allowed=allow.names,
    )
