"""Writes the expected answers of the competency questions anew: `python -m tests.ontology.expected`.

The answers are our law. Read what changed, against the source, before you commit it.
"""

from __future__ import annotations

from pathlib import Path

from kg.build import build_graphs, load_ontology
from kg.engine import EmbeddedEngine, QueryRequest, ResultFormat
from kg.facts import load_seeds
from kg.inference import with_inferred
from kg.iris import Iris

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "ontology" / "questions"


def answer(engine: EmbeddedEngine, question: Path) -> str:
    """Return the answer to a question as CSV, its lines ended as git keeps them."""
    request = QueryRequest(question.read_text(encoding="utf-8"))
    return engine.answer(request, results=ResultFormat.CSV).content.decode("utf-8").replace("\r\n", "\n")


def main() -> None:
    """Write every answer, and name the ones that changed."""
    ontology = load_ontology(ROOT / "ontology", Iris())
    graphs = with_inferred(
        build_graphs(ontology, load_seeds(ROOT / "seeds", ontology.vocabulary)), ontology.folder, ontology.iris
    )
    engine = EmbeddedEngine.of_graphs((graph.iri, graph.ntriples()) for graph in graphs)
    for question in sorted(QUESTIONS.glob("*.rq")):
        path = question.with_suffix(".csv")
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = answer(engine, question)
        if before != after:
            path.write_text(after, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {before.count(chr(10))} → {after.count(chr(10))} lines")


if __name__ == "__main__":
    main()
