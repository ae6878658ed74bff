"""What Prometheus is told: counted as it happens, or asked of the app when it is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kg import __version__

Kind = Literal["gauge", "counter"]
Reading = Callable[[], float | Mapping[str, float]]
"""What a value is now: a number, or one for each value of the label."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
"""The methods that are told apart; whatever else strangers may think of is `other`, or the metrics would never end."""

_QUERY_SECONDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_WRITE_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of one app, in a registry of its own."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self._before: list[Callable[[], None]] = []
        self.registry.register(_First(self._before))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        registry = self.registry
        self._queries = Counter("kg_queries", "Queries, by how they ended.", ["outcome"], registry=registry)
        self._query_seconds = Histogram(
            "kg_query_seconds", "Seconds from a query to its answer.", buckets=_QUERY_SECONDS, registry=registry
        )
        self._query_waiting = Histogram(
            "kg_query_waiting_seconds",
            "Seconds that a query waited for a worker.",
            buckets=_QUERY_SECONDS,
            registry=registry,
        )
        self._writes = Counter("kg_writes", "Writes, by how they ended.", ["outcome"], registry=registry)
        self._write_seconds = Histogram(
            "kg_write_seconds", "Seconds that a write took.", buckets=_WRITE_SECONDS, registry=registry
        )
        self._requests = Counter(
            "kg_http_requests",
            "Answered requests, by path, method and class of status.",
            ["route", "method", "status"],
            registry=registry,
        )
        self.in_flight = Gauge("kg_http_requests_in_flight", "Requests that are being answered.", registry=registry)
        self.read("kg_build", "The version that runs.", "gauge", lambda: {__version__: 1}, label="version")

    def query(self, outcome: str, seconds: float, waited: float) -> None:
        """Count a query: how it ended, how long it took, and how long of that it waited for a worker."""
        self._queries.labels(outcome).inc()
        self._query_seconds.observe(seconds)
        self._query_waiting.observe(waited)

    def before(self, work: Callable[[], None]) -> None:
        """Do some work whenever the metrics are about to be fetched."""
        self._before.append(work)

    def replayed(self, route: str, status: int, times: int, *, query: bool) -> None:
        """Count requests whose answers were sent again; the seconds of queries are of those that were evaluated."""
        self._requests.labels(route or "none", "GET", f"{status // 100}xx").inc(times)
        if query:
            self._queries.labels("answered").inc(times)

    def write(self, outcome: str, seconds: float) -> None:
        """Count a write: how it ended, and how long it took."""
        self._writes.labels(outcome).inc()
        self._write_seconds.observe(seconds)

    def request(self, route: str, method: str, status: int) -> None:
        """Count a request; `route` is the path's template, never what a stranger has made up."""
        self._requests.labels(route or "none", method if method in METHODS else "other", f"{status // 100}xx").inc()

    def read(self, name: str, text: str, kind: Kind, reading: Reading, *, label: str = "") -> None:
        """Ask for a value whenever the metrics are fetched; with a label, there is one for each of its values."""
        self.registry.register(_Read(name, text, kind, reading, label))


class _First(Collector):
    """Stands first in a registry, and brings up to date what stands behind it."""

    def __init__(self, works: Sequence[Callable[[], None]]) -> None:
        self._works = works

    def describe(self) -> Iterable[Metric]:
        """Return nothing: it has no metric."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Do the works, and return nothing."""
        for work in self._works:
            work()
        return []


class _Read(Collector):
    def __init__(self, name: str, text: str, kind: Kind, reading: Reading, label: str) -> None:
        self._name, self._text, self._kind, self._reading, self._label = name, text, kind, reading, label

    def describe(self) -> Iterable[Metric]:
        """Return the family without values: registering must not ask for them."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """Return the values of now."""
        family, found = self._family(), self._reading()
        for value, number in found.items() if isinstance(found, Mapping) else [("", found)]:
            family.add_metric([value] if self._label else [], number)
        return [family]

    def _family(self) -> GaugeMetricFamily | CounterMetricFamily:
        family = GaugeMetricFamily if self._kind == "gauge" else CounterMetricFamily
        return family(self._name, self._text, labels=[self._label] if self._label else [])
