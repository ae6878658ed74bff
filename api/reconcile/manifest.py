"""The manifest: what the service can do, and where."""

from __future__ import annotations

from typing import Any, Final

from api.exchange import Exchange
from api.reconcile.extending import settings_json
from api.reconcile.matching import type_json
from api.reconcile.queries import BATCH_SIZE
from api.words import Language, Words
from kg import __version__
from kg.kinds import KINDS
from kg.terms import PKG

PREFIX: Final = "/reconcile"
PREVIEW_SIZE: Final = (430, 320)
_NAME: Final = Words("Policy knowledge graph", "政策知识图谱")


def manifest(exchange: Exchange, language: Language, *, chosen: bool) -> dict[str, Any]:
    """Return the manifest; where the language was chosen, all that it leads to is in that language.

    A client that offers a choice appends its own parameters to a path, so that the language stands in the path itself.
    """
    url = exchange.request.url
    origin = f"{url.scheme}://{url.netloc}{exchange.path('')}"
    root = f"{PREFIX}/{language}" if chosen else PREFIX
    width, height = PREVIEW_SIZE
    return {
        "versions": ["0.1", "0.2"],
        "name": _NAME.in_(language),
        "identifierSpace": f"{exchange.snapshot.iris.base}id/",
        "schemaSpace": PKG,
        "documentation": f"{origin}/docs",
        "serviceVersion": __version__,
        "defaultTypes": [type_json(kind.name, language) for kind in KINDS],
        "view": {"url": f"{origin}/doc/{{{{id}}}}" + (f"?lang={language}" if chosen else "")},
        "preview": {"url": f"{origin}{root}/preview?id={{{{id}}}}", "width": width, "height": height},
        "suggest": {
            what: {
                "service_url": origin,
                "service_path": f"{root}/suggest/{what}",
                "flyout_service_url": origin,
                "flyout_service_path": f"{root}/flyout/{what}?id=${{id}}",
            }
            for what in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": {"service_url": origin, "service_path": f"{root}/extend/propose"},
            "property_settings": settings_json(language),
        },
        "batchSize": BATCH_SIZE,
    }
