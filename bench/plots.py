"""Draws lines over logarithmic axes: `python plots.py`, in the environment of the peers; JSON says what is drawn."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

COLOURS = {
    "ours": "#b3261e",
    "oxigraph": "#1f5fa8",
    "virtuoso": "#2e7d32",
    "rdflib-endpoint": "#7b5ea7",
    "rdflib": "#7b5ea7",
    "maplib": "#b26a00",
}


def draw(pyplot: Any, title: str, series: dict[str, list[tuple[float, float]]], path: str) -> None:
    """Draw one picture."""
    figure, axes = pyplot.subplots(figsize=(5.2, 3.4), layout="constrained")
    for name, points in series.items():
        known = [(x, y) for x, y in sorted(points) if y > 0]  # what was not measured is NaN, and is not above 0
        line = {"color": COLOURS.get(name, "#555555"), "linewidth": 2.2 if name == "ours" else 1.4}
        axes.plot([x for x, _ in known], [y for _, y in known], marker="o", markersize=4, label=name, **line)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("triples")
    axes.set_title(title, fontsize=11)
    axes.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def main() -> int:
    """Draw what standard input asks for."""
    matplotlib = import_module("matplotlib")
    matplotlib.use("svg")
    # Text as text, so that it can be read and searched; the same data give the same file.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.family": "sans-serif"})
    pyplot = import_module("matplotlib.pyplot")
    for each in json.load(sys.stdin):
        draw(pyplot, each["title"], each["series"], each["path"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
