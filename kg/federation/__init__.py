"""Calls of other servers for a query (SPARQL 1.1 Federated Query, LOAD): refused, unless an operator lists them.

Nothing here knows of the engine: a query that has been examined is rewritten to call a `Gateway`, and that one calls
what an `AllowList` allows.
"""

from kg.federation.allowlist import AllowList
from kg.federation.documents import fetch_graph
from kg.federation.failures import RemoteFailure
from kg.federation.gateway import Gateway
from kg.federation.rewriting import rewrite, substitute

__all__ = ["AllowList", "Gateway", "RemoteFailure", "fetch_graph", "rewrite", "substitute"]
