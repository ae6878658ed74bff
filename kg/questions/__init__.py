"""Canned questions: SPARQL files with a question in two languages and parameters that a caller may set.

A file `NAME.rq` of the folder `questions` of the ontology is a question by being there. It is plain SPARQL, to be run
as it stands; its first comments say what it asks and what may be set:

    # question.zh: 哪些措施涉及医疗？
    # question.en: Which measures touch healthcare?
    # asked.zh: 哪些措施涉及{sector}？
    # asked.en: Which measures touch a sector: {sector}?
    # parameter.sector: sector ?asked — 行业领域 / The sector

    SELECT … WHERE {
        VALUES ?asked { <https://w3id.org/policy-kg/id/sector/healthcare> }

A parameter has a name, a kind, the variable where that is called otherwise, and words. Its variable is bound by one
line `VALUES ?variable { … }`, whose term is the default; UNDEF says that there is none, and that all are meant.
"""

from kg.questions.answers import MOST_CITED, Column, Table, Value, table_of
from kg.questions.asking import Asked, Choice, ask, choices_of, default_of
from kg.questions.model import LITERAL_KINDS, Parameter, Question, Texts
from kg.questions.plain_files import comma_separated
from kg.questions.reading import RESERVED, QuestionFolder, Questions
from kg.questions.workbook import MEDIA_TYPE as WORKBOOK
from kg.questions.workbook import workbook, written

__all__ = [
    "LITERAL_KINDS",
    "MOST_CITED",
    "RESERVED",
    "WORKBOOK",
    "Asked",
    "Choice",
    "Column",
    "Parameter",
    "Question",
    "QuestionFolder",
    "Questions",
    "Table",
    "Texts",
    "Value",
    "ask",
    "choices_of",
    "comma_separated",
    "default_of",
    "table_of",
    "workbook",
    "written",
]
