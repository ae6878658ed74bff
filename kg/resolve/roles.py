"""Who does it to whom: whether the thing that is named, or what is asked for, does what the verbs of a sentence say.

*Which measures support X* and *which measures does X support* have the same words. What stands next before a verb does
it; unless it is passive (*by*, 被, 由, 受到), or what stands there is marked as what it is done to (给, 为, 对).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from kg.resolve.segments import Token
from kg.resolve.texts import Language

Role = Literal["thing", "asked"]

_ASKED_FOR: Final = frozenset(
    {"measures", "platforms", "ComputePlatform", "sectors", "products", "organizations", "parts", "who", "everything"}
)
_QUESTION: Final[Mapping[Language, frozenset[str]]] = {
    "en": frozenset({"what", "which", "whatever", "whats", "wich"}),
    "zh": frozenset(
        [
            "什么",
            "哪些",
            "哪个",
            "哪几个",
            "哪几条",
            "哪几项",
            "哪项",
            "哪条",
            "哪种",
            "哪",
            "咩",
            "乜",
            "乜嘢",
            "有哪些",
            "有什么",
            "边啲",
            "边项",
            "边条",
        ]
    ),
}


def _forms(*verbs: str) -> frozenset[str]:
    """Return the forms of English verbs that do not end a clause: base, -s and -ing."""
    stems = {verb: verb.removesuffix("e") for verb in verbs}
    return frozenset(form for verb, stem in stems.items() for form in (verb, f"{verb}s", f"{verb}es", f"{stem}ing"))


def _done(*verbs: str) -> frozenset[str]:
    return frozenset(f"{verb.removesuffix('e')}ed" for verb in verbs)


_VERBS: Final = (
    *("touch", "concern", "affect", "impact", "influence", "cover", "address", "mention", "discuss", "involve"),
    *("support", "back", "promote", "boost", "foster", "encourage", "help", "serve", "operate", "manage", "maintain"),
    *("develop", "create", "construct"),
)
_ACTS: Final[Mapping[Language, frozenset[str]]] = {
    "en": _forms(*_VERBS, "build", "run") | {"running", "behind", "in charge", "in charge of", "responsible"},
    "zh": frozenset(
        [
            "影响",
            "影响到",
            "触及",
            "关注",
            "聚焦",
            "针对",
            "惠及",
            "覆盖",
            "涵盖",
            "支持",
            "扶持",
            "促进",
            "推动",
            "助力",
            "推进",
            "撑",
            "撑腰",
            "支撑",
            "力挺",
            "背书",
            "鼓励",
            "服务",
            "服务于",
            "提到",
            "提及",
            "讲到",
            "说到",
            "谈到",
            "运营",
            "运行",
            "运维",
            "管理",
            "经营",
            "营运",
            "打理",
            "运作",
            "主管",
            "管",
            "管着",
            "研发",
            "开发",
            "研制",
            "承建",
            "建造",
            "建",
            "造",
            "搞",
            "打造",
            "弄",
            "整",
            "负责",
            "承担",
            "主导",
            "主办",
            "牵头",
            "提供",
            "帮助",
        ]
    ),
}
_DONE: Final = _done(*_VERBS) | {"built", "run", "developed"}
_HOLDS: Final[Mapping[Language, frozenset[str]]] = {
    "en": _forms("contain", "include", "comprise")
    | {"consist of", "consists of", "break down into", "breaks down into"},
    "zh": frozenset(
        ["包含", "包括", "含", "含有", "收录", "列了", "分成", "拆成", "细分", "细分成", "细分为", "分为", "分", "细化"]
    ),
}
_HELD: Final = frozenset({"contained", "included", "listed", "filed", "grouped"})
_BELONGS: Final[Mapping[Language, frozenset[str]]] = {
    "en": _forms("belong", "fall") | {"under", "filed under", "listed under", "part of", "make up", "makes up"},
    "zh": frozenset(["属于", "归于", "归入", "归在", "列入", "归类", "归到", "划到", "属"]),
}
_BE: Final = frozenset(["is", "are", "was", "were", "be", "being", "been"])
_RECEIVES: Final = frozenset(["get", "gets", "getting", "receive", "receives", "enjoy", "enjoys"])
_AGENT: Final = frozenset(["被", "由", "受", "受到", "得到", "获得", "获", "受着", "享受"])
_TOWARD: Final = frozenset(["给", "为", "对", "对于", "把", "将"])

DOER: Final[Mapping[str, Role]] = {
    **dict.fromkeys(
        (
            *("measures-touching", "how-many-touching", "measures-for-product", "how-many-for-product"),
            *("measures-by-theme", "measures-in-place", "measures-involving", "supports", "platforms-serving"),
            *("products-of", "who-runs"),
        ),
        "asked",
    ),
    **dict.fromkeys(("sectors-of", "sectors-served", "platforms-of"), "thing"),
}
"""Form → what does what its verbs say: the thing that is named, or what is asked for."""

HOLDER: Final[Mapping[str, Role]] = dict.fromkeys(("parts-of", "measures-of-policy", "measures-by-theme"), "thing")
"""Form → what has the other in it."""

_OTHER: Final[Mapping[Role, Role]] = {"thing": "asked", "asked": "thing"}


class Roles:
    """The roles in one sentence that is cut into parts."""

    def __init__(self, text: str, tokens: Sequence[Token], language: Language) -> None:
        """Tell which parts are things, or what is asked for."""
        self._words = [text[token.start : token.end].strip() for token in tokens]
        self._language = language
        self._sides: list[Role | None] = [
            "thing" if token.names else "asked" if token.senses & _ASKED_FOR or word in _QUESTION[language] else None
            for token, word in zip(tokens, self._words, strict=True)
        ]

    def fit(self, form: str) -> bool:
        """Tell whether each verb has the doer that it has in a form."""
        language = self._language
        for place, word in enumerate(self._words):
            allowed: set[Role | None] = {"thing", "asked", None}
            if form in DOER and (word in _ACTS[language] or (language == "en" and word in _DONE)):
                allowed &= {DOER[form], None}
            if form in HOLDER and (word in _HOLDS[language] or word in _HELD):
                allowed &= {HOLDER[form], None}
            if form in HOLDER and word in _BELONGS[language]:
                allowed &= {_OTHER[HOLDER[form]], None}
            if len(allowed) < 3 and self._doer(place) not in allowed:
                return False
        return True

    def _before(self, place: int) -> Role | None:
        return next((side for side in reversed(self._sides[:place]) if side), None)

    def _after(self, place: int) -> Role | None:
        return next((side for side in self._sides[place + 1 :] if side), None)

    def _doer(self, place: int) -> Role | None:
        """Return what does what the verb at a place says; None where that cannot be told."""
        doer = self._doer_in_english(place) if self._language == "en" else self._doer_in_chinese(place)
        if doer is not None:
            return doer
        before, after = self._before(place), self._after(place)
        return before or (_OTHER[after] if after else None)

    def _doer_in_english(self, place: int) -> Role | None:
        words = self._words
        word = words[place]
        by = next((at for at, other in enumerate(words) if other.split(" ")[0] == "by"), None)
        if by is not None and (word in _DONE or word in _HELD):
            return "asked" if words[by] != "by" else self._after(by) or "asked"
        gets = next((at for at, other in enumerate(words) if other in _RECEIVES), None)
        patient = None
        if gets is not None:
            patient = self._before(gets)
        elif word in _HELD or (word in _DONE and _BE & set(words[:place])):
            patient = self._before(place)
        return _OTHER[patient] if patient else None

    def _doer_in_chinese(self, place: int) -> Role | None:
        words = self._words
        agent = next((at for at, other in enumerate(words) if other in _AGENT), None)
        if agent is not None:
            before = self._before(agent)
            return self._after(agent) or (_OTHER[before] if before else None)
        toward = next((at for at, other in enumerate(words[:place]) if other in _TOWARD), None)
        patient = self._sides[toward + 1] if toward is not None else None
        return _OTHER[patient] if patient else None
