"""The store at a SPARQL service, with real ones: the tests of tests/api over each of them, and some of their own."""
