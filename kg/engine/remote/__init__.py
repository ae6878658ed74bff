"""The engine that is a SPARQL 1.1 service elsewhere: Virtuoso, Oxigraph's server, GraphDB, Neptune, Fuseki."""
