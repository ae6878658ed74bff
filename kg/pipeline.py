"""From files to a published revision: read, build, validate, publish; nothing is published unless all is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kg import __version__
from kg.build import NamedGraph, build_graphs, load_ontology, locate_subject
from kg.engine import File, Scope, Survey, load_store
from kg.errors import BadParameter, Problem, SourceError, ValidationFailed, Violation
from kg.facts import Seed, load_seeds
from kg.inference import with_inferred
from kg.inputs import input_digests
from kg.iris import Iris
from kg.metadata import Describing
from kg.resources import ontology_folder, seeds_folder
from kg.revisions import Describe, Revision, store_of
from kg.settings import Settings
from kg.validate import Contract, ValidationReport, locate, validate

MOST_VALIDATED = 200_000
"""How many quads `load` validates: all of them are in memory then, and it takes a minute for so many."""

Progress = Callable[[str], None]
STEPS = ("ontology", "facts", "graphs", "inference", "validation", "revision")
"""What a build goes through, in order; `progress` is told each name as it is begun."""


@dataclass(frozen=True)
class Built:
    """A build that has not been published: its graphs, its seeds, and what validation says of it."""

    graphs: tuple[NamedGraph, ...]
    seeds: tuple[Seed, ...]
    report: ValidationReport
    manifest: dict[str, Any]


def _silent(_: str) -> None:
    """Tell nobody."""


def check(settings: Settings, progress: Progress = _silent) -> Built:
    """Build and validate without publishing.

    Raises:
        SourceError: files are wrong; all problems at once.
    """
    ontology_path = settings.ontology or ontology_folder()
    seeds_path = settings.seeds or seeds_folder()
    for path in (ontology_path, seeds_path):
        if not path.is_dir():
            raise SourceError([Problem(str(path), 0, 0, "", "is not a folder")])
    progress("ontology")
    ontology = load_ontology(ontology_path, settings.iris)
    progress("facts")
    seeds = load_seeds(seeds_path, ontology.vocabulary)
    if not seeds:
        raise SourceError([Problem(str(seeds_path), 0, 0, "", "has no source", "one folder a source, with facts.yaml")])
    progress("graphs")
    graphs = build_graphs(ontology, seeds)
    progress("inference")
    graphs = with_inferred(graphs, ontology_path, settings.iris)
    progress("validation")
    report = _with_places(validate(graphs, ontology_path), settings, seeds)
    manifest = {
        "base_iri": settings.base_iri,
        "triples": sum(len(graph.graph) for graph in graphs),
        "inputs": input_digests(ontology_path, seeds_path),
        "versions": _versions(),
    }
    return Built(graphs, seeds, report, manifest)


def build(
    settings: Settings,
    progress: Progress = _silent,
    *,
    author: str = "",
    note: str = "",
    describe: Describe | None = None,
) -> Revision:
    """Build, validate and publish into the store of the settings; `describe` may write another description than ours.

    Raises:
        SourceError: files are wrong; nothing is published.
        ValidationFailed: the graph violates its contract; nothing is published.
        StoreError: the store cannot be written; what was published stays published.
    """
    built = check(settings, progress)
    if not built.report.conforms:
        raise ValidationFailed(built.report.violations)
    progress("revision")
    graphs = ((graph.iri, graph.ntriples()) for graph in built.graphs)
    describe = describe or Describing(settings.iris, (settings.ontology or ontology_folder()) / "questions")
    return store_of(settings).publish(graphs, built.manifest, author=author, note=note, describe=describe)


def load(
    settings: Settings,
    files: Sequence[File],
    progress: Callable[[int], None] = lambda _: None,
    *,
    step: Progress = _silent,
    validated: bool = True,
    author: str = "",
    note: str = "",
) -> Revision:
    """Publish what files of RDF hold, exactly that.

    `progress` is told how many bytes have been read, and `step` what comes then.

    Nothing is inferred, and the shapes are all that it is held against, unless it is to be trusted. The graph that
    describes a dataset is made anew.

    Raises:
        SourceError: a file cannot be read; nothing is published.
        ValidationFailed: the graph violates its contract; nothing is published.
        BadParameter: there is too much to be validated; nothing is published.
        StoreError: the store cannot be written; what was published stays published.
    """
    ontology, store = settings.ontology or ontology_folder(), store_of(settings)
    contract = Contract.read(ontology / "shapes") if validated else None

    def make(path: Path, scope: Scope) -> Survey:
        found = load_store(path, files, scope, progress, merged=store.are_queried)
        if contract is not None:
            if found.quads > MOST_VALIDATED:
                hint = f"{found.quads:,} quads are more than the {MOST_VALIDATED:,} that are validated at once"
                raise BadParameter("--validate", "true", f"{hint}; --no-validate trusts them")
            step("validation")
            violations = contract.check_all(path, exclude=scope.exclude)
            if violations:
                raise ValidationFailed([locate(violation, settings.iris) for violation in violations])
        step("revision")
        return found

    manifest = {"base_iri": settings.base_iri, "validated": validated, "versions": _versions()}
    describe = Describing(settings.iris, ontology / "questions")
    return store.publish_written(make, manifest, author=author, note=note, kind="load", describe=describe)


def publish_empty(settings: Settings, *, author: str = "", note: str = "") -> Revision:
    """Publish a revision without any data, and without a graph that describes it.

    Raises:
        StoreError: the store cannot be written; what was published stays published.
    """
    manifest = {"base_iri": settings.base_iri, "triples": 0, "metadata": False, "versions": _versions()}
    return store_of(settings).publish((), manifest, author=author, note=note)


def _versions() -> dict[str, str]:
    return {"policy-kg": __version__} | {name: version(name) for name in ("pyoxigraph", "rdflib", "pyshacl")}


def _with_places(report: ValidationReport, settings: Settings, seeds: Sequence[Seed]) -> ValidationReport:
    """Add to each violation the file and line where its focus is written."""

    def placed(violations: Sequence[Violation]) -> tuple[Violation, ...]:
        return tuple(replace(violation, place=_place(violation.focus, settings, seeds)) for violation in violations)

    return replace(report, violations=placed(report.violations), warnings=placed(report.warnings))


def _place(focus: str, settings: Settings, seeds: Sequence[Seed]) -> str:
    """Return `file:line` of where a thing of the graph is written, or an empty text."""
    kind, _, local = focus.partition("/") if "://" not in focus else ("", "", "")
    parsed = settings.iris.parse(focus) or ((kind, local) if local else None)
    for seed in seeds if parsed else ():
        position = seed.position_of(*(parsed or ("", "")))
        if position:
            return f"{position[0]}:{position[1]}"
    iri = Iris().mint(*parsed) if parsed else focus
    found = locate_subject(settings.ontology or ontology_folder(), iri)
    return f"{found[0]}:{found[1]}" if found else ""
