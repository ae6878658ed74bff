"""The graph of things as a network: neighbourhoods, paths, centrality, communities, and files for Gephi."""

from kg.network.answers import Answers, file_of
from kg.network.centrality import MEASURED, Centrality, Measured, centrality_of
from kg.network.communities import Communities, Community, communities_of
from kg.network.drawing import (
    build_network,
    drawing_of_centrality,
    drawing_of_communities,
    drawing_of_neighbourhood,
    drawing_of_paths,
)
from kg.network.lazy import Networks
from kg.network.model import Edge, Grounds, Network, Node, Predicate
from kg.network.neighbourhood import Direction, Neighbourhood, Omitted, neighbourhood, whole
from kg.network.paths import Paths, paths_between
from kg.network.reading import cited, read_network
from kg.network.writing import EXTENSIONS, FORMATS, write_network

__all__ = [
    "EXTENSIONS",
    "FORMATS",
    "MEASURED",
    "Answers",
    "Centrality",
    "Communities",
    "Community",
    "Direction",
    "Edge",
    "Grounds",
    "Measured",
    "Neighbourhood",
    "Network",
    "Networks",
    "Node",
    "Omitted",
    "Paths",
    "Predicate",
    "build_network",
    "centrality_of",
    "cited",
    "communities_of",
    "drawing_of_centrality",
    "drawing_of_communities",
    "drawing_of_neighbourhood",
    "drawing_of_paths",
    "file_of",
    "neighbourhood",
    "paths_between",
    "read_network",
    "whole",
    "write_network",
]
