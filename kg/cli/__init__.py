"""The command line: `kg build`, `validate`, `evidence`, `query`, `export`, `serve`."""

from kg.cli.main import main

__all__ = ["main"]
