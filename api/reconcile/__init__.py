"""`/reconcile`: the Reconciliation Service API 0.2, by which OpenRefine matches a column of names to things."""

from __future__ import annotations

from api.reconcile.data import Data
from api.reconcile.router import reconcile_router

__all__ = ["Data", "reconcile_router"]
