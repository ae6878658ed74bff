"""The words that synthetic policies are made of, in pairs of Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.facts import Comparator


@dataclass(frozen=True, slots=True)
class Indicator:
    """What targets are about: a number of a unit within bounds, or an outcome where there is no unit."""

    id: str
    zh: str
    en: str
    unit: str = ""
    unit_en: str = ""
    low: int = 0
    step: int = 1
    steps: int = 1
    falling: bool = False
    """True where less is better, so that targets set an upper bound."""


INDICATORS: Final = (
    Indicator(
        "synth-ai-core-scale",
        "人工智能核心产业规模",
        "Scale of the core AI industry",
        "亿元",
        "hundred million CNY",
        50,
        50,
        90,
    ),
    Indicator(
        "synth-compute-scale", "智能算力规模", "Scale of intelligent computing power", "EFLOPS", "EFLOPS", 1, 1, 60
    ),
    Indicator("synth-ability", "智能服务能力明显提升", "Markedly better intelligent services"),
    Indicator(
        "synth-enterprises", "人工智能重点企业数量", "Number of key AI enterprises", "家", "enterprises", 20, 10, 100
    ),
    Indicator("synth-scenarios", "示范场景数量", "Number of demonstration scenarios", "个", "items", 5, 5, 40),
    Indicator("synth-adoption", "重点单位智能化普及率", "Share of key bodies that use AI", "%", "%", 10, 5, 17),
    Indicator("synth-models", "行业模型数量", "Number of industry models", "款", "models", 2, 2, 50),
    Indicator("synth-ecosystem", "产业生态基本形成", "An ecosystem of the industry in place"),
    Indicator(
        "synth-software-scale",
        "智能软件业务收入",
        "Revenue of intelligent software",
        "亿元",
        "hundred million CNY",
        20,
        20,
        80,
    ),
    Indicator(
        "synth-manual-share", "人工办理事项占比", "Share of cases that are handled by hand", "%", "%", 5, 5, 10, True
    ),
    Indicator("synth-robots", "机器人应用数量", "Number of robots in use", "台", "devices", 100, 100, 90),
    Indicator(
        "synth-investment",
        "智能化项目投资",
        "Investment in intelligent projects",
        "万元",
        "ten thousand CNY",
        500,
        500,
        90,
    ),
    Indicator("synth-growth", "数据要素流通规模", "Circulation of data, against the baseline", "倍", "times", 2, 1, 8),
    Indicator(
        "synth-platform-count", "公共服务平台数量", "Number of public service platforms", "个", "items", 1, 1, 30
    ),
    Indicator("synth-supply", "关键环节供给能力显著增强", "Much stronger supply of key links"),
    Indicator("synth-projects", "重点项目数量", "Number of key projects", "项", "projects", 10, 10, 50),
    Indicator(
        "synth-idle-power", "高耗能机房占比", "Share of computer rooms that waste energy", "%", "%", 5, 5, 8, True
    ),
    Indicator("synth-vehicles", "智能网联车辆数量", "Number of connected vehicles", "辆", "vehicles", 200, 100, 90),
    Indicator("synth-talent", "人才培养体系更加完善", "A fuller system of training talent"),
    Indicator("synth-localized", "关键软件自主率", "Share of self-developed key software", "%", "%", 20, 5, 15),
)
"""Indicators in the order in which the policies bring them up."""

COMPARATORS: Final[tuple[tuple[Comparator, str, str], ...]] = (
    ("gt", "超过", "above"),
    ("ge", "达到", "reaching"),
    ("ge", "不低于", "at least"),
    ("eq", "为", "at"),
    ("approx", "约", "about"),
)
RISING: Final = (22, 45, 15, 12, 6)
"""How often each comparator stands where more is better: as in the first real source, reaching comes first."""
BOUNDS: Final[tuple[tuple[Comparator, str, str], ...]] = (("le", "不超过", "at most"), ("lt", "低于", "below"))
FALLING: Final = (70, 30)

VERBS: Final = (
    ("推动", "Promote"),
    ("加快", "Speed up"),
    ("支持", "Support"),
    ("鼓励", "Encourage"),
    ("完善", "Improve"),
    ("开展", "Carry out"),
    ("引导", "Guide"),
    ("强化", "Strengthen"),
    ("优化", "Refine"),
    ("推广", "Spread"),
)
NOUNS: Final = (
    ("示范应用", "demonstration of"),
    ("规模部署", "large-scale rollout of"),
    ("标准研制", "standards for"),
    ("协同创新", "joint innovation in"),
    ("试点建设", "pilots of"),
    ("能力提升", "better capacity in"),
    ("质量评测", "quality tests of"),
    ("人才培养", "training of talent for"),
    ("供需对接", "matching of supply and demand in"),
    ("安全治理", "safe governance of"),
)
TOPICS: Final = (
    ("数据资源", "data resources"),
    ("科技服务", "technology services"),
    ("中小企业", "small enterprises"),
    ("公共服务", "public services"),
    ("开源生态", "open-source ecosystems"),
    ("绿色发展", "green development"),
)
"""What a measure is about that names neither a product nor a sector."""

PLANS: Final = (
    ("行动方案", "action plan"),
    ("若干措施", "set of measures"),
    ("实施意见", "implementation opinions"),
    ("发展规划", "development plan"),
)
FIELDS: Final = (
    ("人工智能产业", "the AI industry"),
    ("智能算力", "intelligent computing power"),
    ("人工智能应用", "applications of AI"),
    ("数字转型", "digital transformation"),
)
PURPOSES: Final = (
    ("培育新的增长动力", "To foster new drivers of growth"),
    ("方便居民办事", "To make life easier for residents"),
    ("夯实技术底座", "To firm up the technical foundations"),
    ("带动企业转型", "To help enterprises transform"),
)
