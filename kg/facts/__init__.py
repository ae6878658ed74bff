"""Sources and their curated facts: the format, reading with precise errors, proof of every clause."""

from kg.facts.document import Document
from kg.facts.draft import walk
from kg.facts.evidence import EvidenceReport, Locator, check_evidence, locate
from kg.facts.load import Seed, load_seeds
from kg.facts.models import (
    Concept,
    Facts,
    Indicator,
    Measure,
    Named,
    Organization,
    Place,
    Platform,
    Policy,
    ProductConcept,
    Source,
    Target,
    Unit,
)
from kg.facts.references import Vocabulary
from kg.facts.text import read_text, split_lines
from kg.facts.values import (
    Aliases,
    Comparator,
    Deadline,
    Evidence,
    Outcome,
    Relation,
    ScopeRelation,
    StatedCount,
    StatedDate,
    StatedText,
    Text,
    Value,
)

__all__ = [
    "Aliases",
    "Comparator",
    "Concept",
    "Deadline",
    "Document",
    "Evidence",
    "EvidenceReport",
    "Facts",
    "Indicator",
    "Locator",
    "Measure",
    "Named",
    "Organization",
    "Outcome",
    "Place",
    "Platform",
    "Policy",
    "ProductConcept",
    "Relation",
    "ScopeRelation",
    "Seed",
    "Source",
    "StatedCount",
    "StatedDate",
    "StatedText",
    "Target",
    "Text",
    "Unit",
    "Value",
    "Vocabulary",
    "check_evidence",
    "load_seeds",
    "locate",
    "read_text",
    "split_lines",
    "walk",
]
