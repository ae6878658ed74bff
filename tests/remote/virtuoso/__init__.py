"""The tests of tests/api over Virtuoso."""
