"""Revisions at a SPARQL service: published there graph by graph, from a working copy in which they are made."""
