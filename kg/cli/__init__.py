"""The command line: `kg`, whose commands `kg --help` lists."""

from kg.cli.main import main

__all__ = ["main"]
