"""The tests of tests/api over Oxigraph."""
