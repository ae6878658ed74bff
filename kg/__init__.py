"""Policy as a knowledge graph that one can trust: facts quoted from sources, proved, published and queried."""

__version__ = "0.1.0"
