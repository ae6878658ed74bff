"""What docs/facts-format.md shows is what the loader says and takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kg.errors import Problem
from kg.facts import Facts, Source

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "facts-format.md").read_text(encoding="utf-8")
BLOCKS = dict(enumerate(re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)))


def test_examples_are_valid() -> None:
    source = Source.model_validate(yaml.safe_load(BLOCKS[0]))
    facts = Facts.model_validate(yaml.safe_load(BLOCKS[1]))
    assert source.id == "sample-source"
    assert len(facts.measures) == len(facts.targets) == 1


@pytest.mark.parametrize("number", [0, 1])
def test_examples_stand_in_the_sample(number: int, seeds: Path) -> None:
    name = ("source.yaml", "facts.yaml")[number]
    sample = yaml.safe_load((seeds / "sample-source" / name).read_text(encoding="utf-8"))
    shown = yaml.safe_load(BLOCKS[number])
    if number == 0:
        assert shown == sample
        return
    for section, (entry,) in shown.items():
        whole = next(each for each in sample[section] if each["id"] == entry["id"])
        for key, value in entry.items():
            assert value == whole[key] or value[0] in whole[key]


def test_errors_are_shown_as_they_come(seeds: Path, problems: Callable[[], tuple[Problem, ...]]) -> None:
    facts, source = (seeds / "sample-source" / name for name in ("facts.yaml", "source.yaml"))
    text = facts.read_text(encoding="utf-8")
    for old, new in [
        ("to: elderly-care", "to: eldery-care"),
        ("comparator: gt", "comparator: ge"),
        ("unit: 亿元", "unit: 元"),
    ]:
        text = text.replace(old, new)
    facts.write_text(text, encoding="utf-8")
    source.write_text(source.read_text(encoding="utf-8").replace("sample-daily", "sample-dayly"), encoding="utf-8")
    lines = [str(problem).replace(str(seeds), "seeds") for problem in problems()]
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
    assert lines == shown.splitlines()
