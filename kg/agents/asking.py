"""The tool `questions`: the canned questions with their parameters, and the answer to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from kg.agents.arguments import Language, QuestionsArguments
from kg.agents.querying import answered
from kg.agents.reading import Reading
from kg.agents.texts import joined, say, shown
from kg.agents.things import Result
from kg.errors import BadParameter
from kg.questions import Question, ask


async def questions(reading: Reading, arguments: QuestionsArguments) -> Result:
    """Return all questions, or the answer to one with the SPARQL that asks it.

    Raises:
        NotFound: there is no such question, or a parameter names what there is not.
        BadParameter: a parameter is none of the question, or has a value that it cannot have.
        QueryError: as `query`.
    """
    language = arguments.language
    if arguments.slug is None:
        if arguments.parameters:
            words = "are of a question; give its `slug`", "属于某个问题；请给出 `slug`"
            raise BadParameter("parameters", ", ".join(arguments.parameters), *words)
        known = [reading.questions.get(slug) for slug in reading.questions.names()]
        items = [_described(question) for question in known]
        return Result({"items": items, "revision": reading.revision}, joined(_lines(items, language)))
    question = reading.questions.get(arguments.slug)
    asked = await reading.aside(partial(ask, question, arguments.parameters or {}, reading.lookup))
    found = await answered(reading, asked.sparql, arguments.limit, language)
    data = {**found.data, "question": dict(asked.words), "slug": question.slug, "sparql": asked.sparql}
    return Result({"items": [], **data}, f"{shown(asked.words, language)}\n{found.text}")


def _described(question: Question) -> dict[str, Any]:
    parameters = [
        {"name": parameter.name, "kind": parameter.kind, "label": dict(parameter.label), "default": parameter.default}
        for parameter in question.parameters
    ]
    return {**question.to_json(), "parameters": parameters}


def _lines(items: Sequence[dict[str, Any]], language: Language) -> Iterable[str]:
    yield say(language, f"{len(items)} questions:", f"{len(items)} 个问题：")
    for item in items:
        yield f"- {item['slug']}: {shown(item['question'], language)}"
        for parameter in item["parameters"]:
            default = f" = {parameter['default']}" if parameter["default"] else ""
            yield f"    {parameter['name']} ({parameter['kind']}){default}: {shown(parameter['label'], language)}"
