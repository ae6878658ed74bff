"""The forms of questions, as data: how each is put in both languages, and what is asked of the graph."""

from __future__ import annotations

from typing import Final

from kg.resolve.forms.counting import COUNTING
from kg.resolve.forms.graph import GRAPH
from kg.resolve.forms.measures import MEASURES
from kg.resolve.forms.targets import TARGETS
from kg.resolve.forms.things import THINGS
from kg.resolve.forms.whole import WHOLE
from kg.resolve.model import Form

FORMS: Final[tuple[Form, ...]] = (*MEASURES, *TARGETS, *COUNTING, *THINGS, *WHOLE, *GRAPH)
"""All forms; where two read a text as the same question of the same things, the earlier one has it."""

FORM_BY_NAME: Final = {form.name: form for form in FORMS}

VARIANTS: Final = tuple(dict.fromkeys(tag for form in FORMS for tag in (*form.words, *form.asked.choices) if tag))
"""The ways in which forms are asked besides the plain one."""

__all__ = ["FORMS", "FORM_BY_NAME", "VARIANTS"]
