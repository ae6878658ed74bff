"""Synthetic corpora in this ontology: any number of policies, the same for the same seed, as a stream of quads."""

from kg.synth.corpus import Corpus, Counts, Format, Part

__all__ = ["Corpus", "Counts", "Format", "Part"]
