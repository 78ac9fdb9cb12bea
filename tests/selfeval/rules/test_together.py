"""The files of one unit judged together: report and forms are compared whatever file they stand in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfeval.filing import Filing, Form, FormKind, FundingRole, Position
from selfeval.policy import load_policy
from selfeval.rules import Expected, judge, judge_together
from tests.selfeval.build import (
    CODE,
    UNIT,
    YEAR,
    base_data,
    department_form,
    project_form,
    second_project_form,
    with_line,
    with_row,
)
from tests.selfeval.rules.text_samples import report

POLICY = load_policy("national-2020")
OWNER = Expected(UNIT, CODE, YEAR)
FORMS = (department_form(), project_form(), second_project_form(), base_data())


def file(name: str, *forms: Form, **fields) -> Filing:
    numbered = tuple(replace(form, id=str(n)) for n, form in enumerate(forms, 1))
    return Filing(file=name, sha256=name, forms=numbered, **{"unit": UNIT, "year": YEAR} | fields)


def findings(*filings: Filing, expected: Expected = OWNER):
    return [j.findings for j in judge_together(filings, POLICY, expected)]


def test_papers_in_several_files_are_one_filing_and_what_is_missing_is_said_once():
    filings = [
        Filing(file="自评报告.docx", sha256="1", forms=(_paper(FormKind.REPORT),)),
        Filing(file="自评表.xlsx", sha256="2", forms=(_paper(FormKind.DEPARTMENT),)),
        Filing(file="照片.pdf", sha256="3", unreadable="文件“照片.pdf”是扫描件。", attachment=True),
    ]
    policy = load_policy("yueyang-2023")
    said = [
        [f.message for f in judgement.findings if f.code in ("A01", "A11")]
        for judgement in judge_together(filings, policy, Expected())
    ]
    assert [len(messages) for messages in said] == [1, 0, 1]
    assert "基础数据表" in said[0][0] and "部门整体支出绩效自评表" not in said[0][0].split("没有")[1]
    assert "佐证材料" in said[2][0]


def test_a_consistent_report_and_its_forms_in_another_file_are_silent():
    assert findings(file("报告.docx", report()), file("自评表.xlsx", *FORMS)) == [(), ()]


def test_a_contradiction_between_report_and_forms_is_found_once_with_both_files():
    wrong = report(change="2025年末实际在职38人|2025年末实际在职39人")
    filings = [file("报告.docx", wrong), file("自评表.xlsx", *FORMS)]
    first, second = judge_together(filings, POLICY, OWNER)
    [found] = [f for f in first.findings if f.code == "X20"]
    assert second.findings == ()
    assert "文件“报告.docx”的“（一）机构人员情况”第1句" in found.where
    assert "文件“自评表.xlsx”的表3 第2行" in found.where
    assert found.form == "1"
    assert [place.part for place in first.spanning[found]] == ["（一）机构人员情况"]
    assert [str(place) for place in second.spanning[found]] == ["表3 第2行"]


def test_what_is_wrong_between_forms_of_one_file_is_said_as_if_the_file_had_come_alone():
    forms = (*FORMS[:1], *FORMS[1:3], with_spending(base_data()))
    alone = [f for f in judge(file("自评表.xlsx", *forms), POLICY, OWNER).findings if f.code == "X04"]
    _, beside = findings(file("报告.docx", report()), file("自评表.xlsx", *forms))
    assert alone and [f for f in beside if f.code == "X04"] == alone


def test_a_score_that_stands_in_the_other_file_is_not_missed():
    bare = replace(report(), reported_score=None, reported_grade=None)
    assert [f.code for f in judge(file("报告.docx", bare), POLICY, OWNER).findings] == ["R08"]
    assert findings(file("报告.docx", bare), file("自评表.xlsx", *FORMS)) == [(), ()]


def test_a_form_in_word_and_again_in_excel_is_one_form():
    assert findings(file("自评表.docx", *FORMS), file("自评表.xlsx", *FORMS)) == [(), ()]


def test_two_copies_of_a_form_that_differ_are_shown_with_both_figures():
    other = with_line(department_form(), FundingRole.TOTAL, executed="823.85")
    first, second = judge_together(
        [file("自评表.docx", *FORMS), file("自评表.xlsx", other, *FORMS[1:])], POLICY, OWNER
    )
    [found] = [f for j in (first, second) for f in j.findings if f.code == "X30"]
    assert found.severity == "error"
    assert "823.35 与 823.85" in found.message
    assert "文件“自评表.docx”的表1 第3行" in found.where and "文件“自评表.xlsx”的表1 第3行" in found.where


def test_the_same_fault_in_both_copies_is_said_once_with_both_places():
    wrong = with_row(department_form(), "举办阅读活动", score="10")
    alone = judge(file("自评表.docx", wrong), POLICY, OWNER).findings
    again = with_row(wrong, "举办阅读活动", score="10.00")  # as a workbook shows it
    first, second = judge_together([file("自评表.docx", wrong), file("自评表.xlsx", again)], POLICY, OWNER)
    assert alone and second.findings == ()
    assert [(f.code, f.message) for f in first.findings] == [(f.code, f.message) for f in alone]
    for found in first.findings:
        assert "自评表.docx" in found.where and "自评表.xlsx" in found.where
        assert first.spanning[found] and second.spanning[found]


@pytest.mark.parametrize(
    "other",
    [
        file("下属.xlsx", replace(department_form(), unit="云溪县文化馆"), unit="云溪县文化馆"),
        file("上年.xlsx", replace(department_form(), year=YEAR - 1), year=YEAR - 1),
        file("项目报告.docx", replace(report(), title="2025年度图书采购项目支出绩效自评报告")),
        file("本级.xlsx", replace(department_form(), title="2025年度部门整体支出绩效自评表（本级）")),
    ],
    ids=lambda filing: filing.file,
)
def test_papers_of_another_unit_year_project_or_scope_are_not_held_against_the_unit_s_own(other):
    changed = tuple(
        replace(form, reported_score=form.reported_score._replace(text="91", number=91))
        if form.reported_score
        else form
        for form in other.forms
    )
    filings = [file("自评表.xlsx", *FORMS), replace(other, forms=changed)]
    found = [f for listed in findings(*filings, expected=Expected()) for f in listed]
    assert [f for f in found if f.code.startswith("X")] == []


def test_two_files_of_one_name_are_told_apart():
    wrong = report(change="2025年末实际在职38人|2025年末实际在职39人")
    first, _ = findings(file("自评.docx", wrong), file("自评.docx", *FORMS))
    [found] = [f for f in first if f.code == "X20"]
    assert "文件“自评.docx”的" in found.where and "文件“自评.docx（第2个）”的" in found.where


def with_spending(form: Form) -> Form:
    """The base data with another sum of project spending."""
    entries = tuple(
        entry._replace(cell=entry.cell._replace(text="272.20", number=entry.cell.number - 10))
        if entry.label.startswith("项目支出") and entry.cell.text == "282.20"
        else entry
        for entry in form.entries
    )
    assert entries != form.entries
    return replace(form, entries=entries)


def _paper(kind: FormKind) -> Form:
    return Form(id="1", kind=kind, title=kind.label, at=Position("表1"))
