"""What each tool gives, as JSON Schema (2020-12): what clients may rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
_MAYBE_NUMBER: Final[Schema] = {"type": ["number", "null"]}


def _object(properties: Mapping[str, Schema], required: Sequence[str] | None = None, about: str = "") -> Schema:
    """Return the schema of an object; all properties are required unless said otherwise, and others may be there."""
    schema: Schema = {"type": "object", "properties": dict(properties)}
    schema["required"] = list(properties) if required is None else list(required)
    return schema | ({"description": about} if about else {})


def _list(of: Schema, about: str = "") -> Schema:
    return {"type": "array", "items": of} | ({"description": about} if about else {})


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_LABELS: Final = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "Text by language: zh, en. / 按语言给出的文本。",
}
_CITATION: Final = _object(
    {
        "quote": _TEXT,
        "source": _TEXT,
        "url": _TEXT,
        "line": {"type": "integer", "minimum": 1},
        "start": _COUNT,
        "end": _COUNT,
        "iri": _TEXT,
        "reading": {"enum": ["stated", "name", "context"]},
    },
    ["quote", "source", "url", "line", "start", "end", "iri"],
    "The shortest clause of the source that states it; start and end count characters within the line. / "
    "陈述该事实的最短原文片段；start、end 为行内字符位置。",
)
_EVIDENCE: Final = _list(_ref("citation"))
_ROW_CITATION: Final = _object(
    {
        **_CITATION["properties"],
        "states": {
            "enum": ["fact", "premise", "shown", "name"],
            "description": "fact: it states a triple of the row; premise: it states what such a triple follows from by "
            "the rules; shown: the query itself picks it; name: it only names a thing of the row, and is no proof of "
            "the row. / fact：陈述该行的事实；premise：陈述推理所依据的前提；shown：查询自身选出的原文；"
            "name：仅提及该行中的事物，不能作为该行的证据。",
        },
    },
    [*_CITATION["required"], "states"],
)
_IDENTITY: Final[dict[str, Schema]] = {"id": _TEXT, "iri": _TEXT, "type": _TEXT, "label": _ref("labels")}
_THING: Final = _object({**_IDENTITY, "display": _TEXT, "evidence": _EVIDENCE})
_STEP: Final = _object(
    {"subject": _ref("reference"), "predicate": _TEXT, "object": _ref("reference"), "evidence": _EVIDENCE}
)
_TOUCH: Final = _object(
    {
        "sector": _ref("reference"),
        "direct": {"type": "boolean"},
        "rule": _ref("reference"),
        "via": _list(_ref("step")),
        "evidence": _EVIDENCE,
    }
)
_DEFINITIONS: Final[dict[str, Schema]] = {
    "labels": _LABELS,
    "citation": _CITATION,
    "row_citation": _ROW_CITATION,
    "reference": _object(_IDENTITY),
    "step": _STEP,
    "touch": _TOUCH,
}
_REVISION: Final = {"revision": {"type": "string", "description": "Id of the revision that answered. / 所据版本。"}}


def _output(properties: Mapping[str, Schema], required: Sequence[str] | None = None) -> Schema:
    """Return the schema of what a tool gives, with the definitions that it refers to."""
    schema = _object({**properties, **_REVISION}, None if required is None else [*required, "revision"])
    used: dict[str, Schema] = {}
    wanted = [schema]
    while wanted:
        for name, definition in _DEFINITIONS.items():
            if f"#/$defs/{name}'" in str(wanted) and name not in used:
                used[name] = definition
                wanted.append(definition)
                break
        else:
            break
    return {**schema, "$defs": used} if used else schema


_PAGE: Final[dict[str, Schema]] = {
    "total": _COUNT,
    "omitted": {**_COUNT, "description": "How many of all this part has not. / 本部分未列出的条数。"},
    "next": {**_MAYBE_TEXT, "description": "`cursor` of the next part. / 下一部分的 `cursor`。"},
}
_MATCHED: Final = _object({"text": _TEXT, "language": _TEXT, "how": _TEXT})
_FOUND: Final = _object(
    {**_IDENTITY, "display": _TEXT, "score": {"type": "number"}, "matched": _MATCHED, "evidence": _EVIDENCE}
)
_TARGET: Final = _object(
    {
        **_IDENTITY,
        "display": _TEXT,
        "quantitative": {"type": "boolean"},
        "comparator": _MAYBE_TEXT,
        "value": _MAYBE_NUMBER,
        "unit": _MAYBE_TEXT,
        "value_normalized": _MAYBE_NUMBER,
        "unit_normalized": _MAYBE_TEXT,
        "deadline": _MAYBE_TEXT,
        "deadline_year": {"type": ["integer", "null"]},
        "evidence": _EVIDENCE,
    }
)
_FACT: Final = _object({"value": {}, "evidence": _EVIDENCE})
_ROW: Final = _object(
    {
        "key": _TEXT,
        "label": _ref("labels"),
        "both": _list(_object({"left": _FACT, "right": _FACT})),
        "only_left": _list(_FACT),
        "only_right": _list(_FACT),
    }
)
_SIDE: Final = _object({**_IDENTITY, "display": _TEXT})
_TERM: Final[dict[str, Schema]] = {"term": _TEXT, "iri": _TEXT, "label": _ref("labels"), "definition": _ref("labels")}
_ENDS: Final[dict[str, Schema]] = {"from": _list(_TEXT), "to": _list(_TEXT)}
_CELL: Final = _object(
    {"type": {"enum": ["iri", "literal", "blank"]}, "value": _TEXT, "lang": _TEXT, "datatype": _TEXT, "display": _TEXT},
    ["type", "value"],
)
_HINT: Final = _object({"message": _TEXT, "term": _TEXT, "nearest": _list(_TEXT)})
_TOLD: Final = _object(
    {
        "values": {"type": "object", "additionalProperties": _CELL},
        "evidence": _list(_ref("row_citation")),
        "evidence_omitted": _COUNT,
    },
    ["values", "evidence"],
)
_ANSWER: Final[dict[str, Schema]] = {
    "form": {"enum": ["select", "ask", "construct"]},
    "variables": _list(_TEXT),
    "rows": _list(_TOLD),
    "total": _COUNT,
    "omitted": {
        **_COUNT,
        "description": "Rows that are not shown: raise `limit`, or add LIMIT and OFFSET. / 未显示的行数。",
    },
    "hints": _list(_HINT, "Why there may be no answer. / 没有结果的可能原因。"),
}
_PARAMETER: Final = _object({"name": _TEXT, "kind": _TEXT, "label": _ref("labels"), "default": _MAYBE_TEXT})
_QUESTION: Final = _object({"slug": _TEXT, "question": _ref("labels"), "parameters": _list(_PARAMETER)})

SEARCH: Final = _output({"items": _list(_FOUND)})
DESCRIBE: Final = _output({**_THING["properties"]})
MEASURES_TOUCHING: Final = _output(
    {
        "sector": _ref("reference"),
        "items": _list(
            _object({**_IDENTITY, "display": _TEXT, "touches": _list(_ref("touch")), "evidence": _EVIDENCE})
        ),
        **_PAGE,
    }
)
TARGETS: Final = _output({"items": _list(_TARGET), **_PAGE})
COMPARE: Final = _output({"left": _SIDE, "right": _SIDE, "rows": _list(_ROW)})
SCHEMA: Final = _output(
    {
        "prefixes": {"type": "object", "additionalProperties": _TEXT},
        "graphs": _list(_TEXT),
        "classes": _list(_object(_TERM)),
        "properties": _list(_object({**_TERM, **_ENDS})),
        "examples": _list(_object({"name": _TEXT, "question": _ref("labels"), "query": _TEXT})),
    }
)
QUERY: Final = _output({**_ANSWER, "boolean": {"type": "boolean"}}, list(_ANSWER))
QUESTIONS: Final = _output(
    {
        "items": _list(_QUESTION),
        "slug": _TEXT,
        "question": _ref("labels"),
        "sparql": _TEXT,
        **_ANSWER,
        "boolean": {"type": "boolean"},
    },
    ["items"],
)
