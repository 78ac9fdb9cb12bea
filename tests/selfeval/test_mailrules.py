"""Whose a mail is: what names a unit, what does not, and what contradicts."""

from __future__ import annotations

import pytest

from selfeval.filing import Identity
from selfeval.mailrules import Owing, references, resembling, unit_of

OWING = Owing(
    departments={"101": "101", "101001": "101", "2025": "2025", "102": "102"},
    contacts={
        "a@x.example": frozenset({"101001"}),
        "d@x.example": frozenset({"101"}),
        "both@x.example": frozenset({"101001", "102"}),
    },
)


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("HZ-2025-101001-02 补报", {"101001"}),
        ("Re: 转发：【101】自评材料", {"101"}),
        ("某县第一中学（101001）自评", {"101001"}),
        ("2025年度自评材料", set()),
        ("101个项目，见102", set()),
        ("电话1010012", set()),
        ("HZ-2025-999-01", set()),
        ("", set()),
    ],
)
def test_a_subject_names_a_unit_by_receipt_number_or_code_and_not_by_a_year_or_a_count(subject, codes):
    assert references(OWING, subject) == codes


@pytest.mark.parametrize(
    ("marks", "subject", "senders", "code", "word"),
    [
        (["101001"], "", ["stranger@x.example"], "101001", ""),
        ([], "", ["a@x.example"], "101001", ""),
        ([], "", ["stranger@x.example", "a@x.example"], "101001", ""),
        ([], "", ["both@x.example"], None, "多个单位"),
        (["102"], "", ["both@x.example"], "102", ""),
        (["101001"], "", ["d@x.example"], "101001", ""),
        (["101"], "", ["a@x.example"], None, "却是 101001"),
        (["101", "102"], "", [], None, "不同的单位"),
        (["101"], "HZ-2025-102-01", [], None, "不同的单位"),
        (["999"], "101001", ["a@x.example"], None, "999"),
        ([], "", [], None, "不在名单"),
    ],
)
def test_the_unit_is_named_or_the_reason_is_said(marks, subject, senders, code, word):
    found, note = unit_of(OWING, marks=[Identity(c, 2025) for c in marks], subject=subject, senders=senders)
    assert found == code and word in note and bool(note) == (code is None)


@pytest.mark.parametrize(
    ("texts", "seems"),
    [
        (["清风县第一中学2025年自评表.xlsx"], "101001 清风县第一中学"),
        (["附件2.xlsx", "第一中学 绩效自评"], "101001 清风县第一中学"),
        (["附件2.xlsx", "清风县 第一中学分校"], "101002 清风县第一中学分校"),
        (["清风县第一中学和清风县档案馆.zip"], ""),
        (["清风县.xlsx", "中学自评表.xlsx", ""], ""),
    ],
)
def test_the_one_unit_whose_name_stands_on_a_file_of_nobody_is_told_to_the_person_who_decides(texts, seems):
    names = {"101001": "清风县第一中学", "101002": "清风县第一中学分校", "102": "清风县档案馆"}
    assert resembling(names, texts) == seems
