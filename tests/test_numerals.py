"""What a clause says of its number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.numerals import comparators, multiples, narrow, numerals, years

UNITS = {"亿元", "个", "%", "EFLOPS", "万辆", "亿台", "款", "倍", "家"}


def said(clause: str, number: str, unit: str) -> set[str]:
    clause = narrow(clause)
    found = [each for each in (*numerals(clause), *multiples(clause)) if each.value == Decimal(number)]
    assert found, f"{number} is not found in {clause}"
    return set().union(*(comparators(clause, each, unit) for each in found))


@pytest.mark.parametrize(
    ("clause", "number", "unit", "comparator"),
    [
        ("人工智能核心产业规模超过3000亿元", "3000", "亿元", "gt"),
        ("失业率不得超过5%", "5", "%", "le"),
        ("覆盖率不得低于90%", "90", "%", "ge"),
        ("不能少于10家", "10", "家", "ge"),
        ("未超过10家", "10", "家", "le"),
        ("产业规模突破3,000亿元", "3000", "亿元", "gt"),
        ("营业收入高于 900 亿元", "900", "亿元", "gt"),
        ("达到超过50家", "50", "家", "gt"),
        ("打造500个以上应用场景", "500", "个", "ge"),
        ("新能源汽车年产量达到350万辆以上", "350", "万辆", "ge"),
        ("新增3000款以上的虚拟现实终端", "3000", "款", "ge"),
        ("覆盖率达到50%", "50", "%", "ge"),
        ("覆盖率达５０％", "50", "%", "ge"),
        ("覆盖率不低于90%", "90", "%", "ge"),
        ("培育企业不少于10家", "10", "家", "ge"),
        ("至少10家", "10", "家", "ge"),
        ("窗口办理比例不超过15%", "15", "%", "le"),
        ("控制在50%以内", "50", "%", "le"),
        ("降至20%以下", "20", "%", "le"),
        ("差错率低于1%", "1", "%", "lt"),
        ("少于5个", "5", "个", "lt"),
        ("智慧教室约3000个", "3000", "个", "approx"),
        ("达到120亿元左右", "120", "亿元", "approx"),
        ("打造具有示范推广效应的100个算法产品", "100", "个", "eq"),
        ("产业规模倍增", "2", "倍", "eq"),
        ("产业规模翻一番以上", "2", "倍", "ge"),
        ("培育一百二十家以上企业", "120", "家", "ge"),
        ("节约用地100个", "100", "个", "eq"),
    ],
)
def test_comparator_of_a_clause(clause: str, number: str, unit: str, comparator: str) -> None:
    assert said(clause, number, unit) == {comparator}


def test_words_far_from_the_number_leave_it_open() -> None:
    assert said("超过四成企业上云，建设100个平台", "100", "个") == {"eq", "gt"}
    assert said("智能机器人营业收入达到900亿元、高端装备3800亿元", "3800", "亿元") == {"eq", "ge"}


def test_numbers_before_a_myriad_are_read_both_ways() -> None:
    assert [str(each.value) for each in numerals("1万个")] == ["1", "10000"]


def test_years_in_digits_and_in_chinese() -> None:
    assert years("到2027年") == {2027}
    assert years("到二〇二七年") == {2027}
    assert years("到２０２７年底，20270个") == {2027}
