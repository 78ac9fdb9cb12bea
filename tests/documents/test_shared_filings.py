"""The five real filings, compared cell by cell with a walk of the raw cells by python-docx and openpyxl."""

from __future__ import annotations

import io
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest

from documents.reading import read_file
from selfeval.filing import Filing, Form, FormKind
from tests.documents.raw_cells import displayed, raw_rows, raw_tables, squeezed

EVALUATIONS = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
WITH_TABLES = [
    "xiangxi-2022.docx",
    "xiangxi-2022.xlsx",
    "yueyang-2023.docx",
    "yueyang-2023.xlsx",
    "junshan-2024.docx",
    "junshan-2024.xlsx",
]
KINDS = {
    "xiangxi-2022": {
        FormKind.COVER: 1,
        FormKind.BASE_DATA: 1,
        FormKind.DEPARTMENT: 1,
        FormKind.PROJECT: 9,
        FormKind.TEMPLATE: 6,
    },
    "yueyang-2023": {
        FormKind.BASE_DATA: 1,
        FormKind.DEPARTMENT: 1,
        FormKind.PROJECT: 2,
        FormKind.APPRAISAL: 1,
    },
    "junshan-2024": {FormKind.DEPARTMENT: 1},
    "huaihua-2023": {},
    "qiannan-2022": {},
}
WITH_REPORT = {"xiangxi-2022.docx", "yueyang-2023.docx", "huaihua-2023.docx", "qiannan-2022.docx"}


@cache
def read(folder: Path, name: str) -> Filing:
    filing = read_file(name, (folder / name).read_bytes())
    assert filing.unreadable is None, filing.unreadable
    return filing


def same(stated: str, read_text: str) -> bool:
    """Texts are equal up to white space; numbers up to how many zeros they show."""
    if stated == read_text:
        return True
    try:
        return Decimal(stated.rstrip("%")) == Decimal(read_text.rstrip("%"))
    except ArithmeticError:
        return False


def evaluations(filing: Filing) -> list[Form]:
    return [form for form in filing.forms if form.kind in EVALUATIONS]


def evaluation_tables(folder: Path, name: str) -> list[list[list[str]]]:
    """The raw tables with an indicator heading and at least one filled score."""
    found = []
    for table in raw_tables(folder, name):
        flat = {squeezed(text) for row in table for text in row}
        if "三级指标" not in flat:
            continue
        rows = raw_rows(table, "三级指标", ["得分"])
        if any(row[0] for row in rows):
            found.append(table)
    return found


@pytest.mark.parametrize("name", [*WITH_TABLES, "huaihua-2023.docx", "qiannan-2022.docx"])
def test_every_form_of_a_filing_is_found_with_its_kind(shared_filings, name):
    filing = read(shared_filings, name)
    expected = dict(KINDS[name.partition(".")[0]])
    if name in WITH_REPORT:
        expected[FormKind.REPORT] = 1
    assert Counter(form.kind for form in filing.forms) == expected
    assert [form.id for form in filing.forms] == [str(n + 1) for n in range(len(filing.forms))]


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_indicator_row_is_read_with_every_cell(shared_filings, name):
    headings = [
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    ]
    forms = evaluations(read(shared_filings, name))
    tables = evaluation_tables(shared_filings, name)
    assert len(forms) == len(tables) > 0
    for form, table in zip(forms, tables, strict=True):
        # A row that only says "无" and carries no weight states no indicator.
        raw = [row for row in raw_rows(table, "三级指标", headings) if row[5] or row[2] not in ("", "无")]
        read_rows = [
            [
                i.level1,
                i.level2,
                i.name,
                i.target.text,
                i.actual.text,
                i.weight.text,
                i.score.text,
                i.deviation_note.text,
            ]
            for i in form.indicators
        ]
        assert len(read_rows) == len(raw)
        for stated, found in zip(raw, read_rows, strict=True):
            stated[0] = re.sub(r"[(（]\d+分[)）]", "", stated[0])
            assert all(same(s, squeezed(f)) for s, f in zip(stated, found, strict=True)), (stated, found)


@pytest.mark.parametrize("name", WITH_TABLES)
def test_weights_and_scores_of_indicators_are_numbers(shared_filings, name):
    for form in evaluations(read(shared_filings, name)):
        for indicator in form.indicators:
            assert indicator.weight.number == Decimal(squeezed(indicator.weight.text))
            assert indicator.score.number == Decimal(squeezed(indicator.score.text))
        assert form.total_weight.number == 100
        assert form.reported_score.number is not None


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_funding_line_is_read_with_every_cell(shared_filings, name):
    fields = ["initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score"]
    headings = ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
    for form, table in zip(
        evaluations(read(shared_filings, name)), evaluation_tables(shared_filings, name), strict=True
    ):
        top = next(i for i, row in enumerate(table) if "年初预算数" in map(squeezed, row))
        places = [[squeezed(text) for text in table[top]].index(heading) for heading in headings]
        in_columns, in_text = [], []
        for row in table[top + 1 :]:
            if "预期目标" in map(squeezed, row):
                break
            label = squeezed(row[1])
            # In the two-column layout a label lies over the first amount column.
            if squeezed(row[places[0]]) == label and label:
                in_text += [text for text in dict.fromkeys(map(squeezed, row[1:])) if text]
            else:
                in_columns.append([label.rstrip("："), *(squeezed(row[place]) for place in places)])
        columns = [line for line in form.funding if line.amount is None]
        spoken = [line for line in form.funding if line.amount is not None]
        assert len(columns) == len(in_columns)
        assert len(spoken) == len(in_text)
        for line, stated in zip(columns, in_columns, strict=True):
            found = [line.label, *(getattr(line, field).text for field in fields)]
            assert all(same(s, squeezed(f)) for s, f in zip(stated, found, strict=True)), (stated, found)
            for field, text in zip(fields, stated[1:], strict=True):
                number = getattr(line, field).number
                expected = None if not text else Decimal(text.rstrip("%")) / (100 if "%" in text else 1)
                assert number == expected, (line.label, field)
        for line, stated in zip(spoken, in_text, strict=True):
            assert f"{line.label}：{line.amount.text}" == stated
            amount = stated.rpartition("：")[2]
            assert line.amount.number == (Decimal(amount) if amount else None)


@pytest.mark.parametrize("name", [n for n in WITH_TABLES if not n.startswith("junshan")])
def test_every_figure_of_the_base_data_table_is_an_entry(shared_filings, name):
    form = next(f for f in read(shared_filings, name).forms if f.kind is FormKind.BASE_DATA)
    for table in raw_tables(shared_filings, name):
        flat = [squeezed(text) for row in table for text in row]
        figures = [
            text
            for row in table
            for text in list(dict.fromkeys((i, squeezed(t)) for i, t in enumerate(row)))
            if re.fullmatch(r"\d+(\.\d+)?%?", text[1])
        ]
        if any(text.startswith("财政供养人员") for text in flat) and figures:
            break
    # Merged cells repeat in the rectangle, so each row's run of equal neighbours counts once.
    stated: Counter[Decimal] = Counter()
    for row in table:
        before = None
        for text in map(squeezed, row):
            if text != before and re.fullmatch(r"\d+(\.\d+)?%?", text):
                stated[Decimal(text.rstrip("%")) / (100 if "%" in text else 1)] += 1
            before = text
    read_figures = Counter(e.cell.number for e in form.entries if e.cell.number is not None)
    # Equal figures may stand in neighbouring cells; then the rectangle cannot tell them apart from one merged cell.
    assert set(read_figures) == set(stated)
    assert all(read_figures[figure] >= count for figure, count in stated.items())


@pytest.mark.parametrize("name", ["xiangxi-2022", "yueyang-2023", "junshan-2024"])
def test_word_and_excel_of_one_filing_give_equal_forms(shared_filings, name):
    def said(cell):
        return (
            None
            if cell is None
            else (
                str(cell.number) if cell.number is None else str(cell.number.normalize()),
                "" if cell.number is not None else squeezed(cell.text),
            )
        )

    def plain(form: Form):
        return (
            form.kind,
            form.project,
            form.amount_unit,
            [
                (
                    f.label,
                    f.role,
                    f.part_of,
                    *(
                        said(getattr(f, n))
                        for n in (
                            "initial_budget",
                            "adjusted_budget",
                            "executed",
                            "amount",
                            "weight",
                            "execution_rate",
                            "score",
                        )
                    ),
                )
                for f in form.funding
            ],
            [
                (
                    i.level1,
                    i.level2,
                    i.name,
                    i.level1_weight,
                    said(i.target),
                    said(i.actual),
                    said(i.weight),
                    said(i.score),
                    said(i.deviation_note),
                )
                for i in form.indicators
            ],
            [(e.label, e.heading, said(e.cell)) for e in form.entries],
            [tuple(map(said, pair)) for pair in form.goals],
            said(form.total_weight),
            said(form.reported_score),
            said(form.reported_grade),
        )

    word = [f for f in read(shared_filings, f"{name}.docx").forms if f.kind is not FormKind.REPORT]
    excel = read(shared_filings, f"{name}.xlsx").forms
    assert len(word) == len(excel)
    for one, other in zip(word, excel, strict=True):
        for left, right in zip(plain(one), plain(other), strict=True):
            assert left == right, (one.title, one.at)
        # The sheets hold fewer of the lines around a table, but under the same form.
        assert {squeezed(s.text) for s in other.footer} <= {squeezed(s.text) for s in one.footer}


@pytest.mark.parametrize("name", WITH_TABLES)
def test_places_lead_back_to_the_cells_that_were_read(shared_filings, name):
    tables = raw_tables(shared_filings, name)
    book = None if name.endswith(".docx") else openpyxl.load_workbook(shared_filings / name)
    for form in evaluations(read(shared_filings, name)):
        for indicator in form.indicators:
            at = indicator.score.at
            if book is not None:
                assert same(squeezed(displayed(book[at.part][at.cell])), indicator.score.text)
            else:
                row = tables[int(at.part.removeprefix("表")) - 1][at.row - 1]
                assert squeezed(row[at.column - 1]) == indicator.score.text
                assert str(indicator.at) == f"{at.part} 第{at.row}行"


def test_the_cover_states_score_and_grade_and_not_the_thresholds_beside_them(shared_filings):
    for ending in ("docx", "xlsx"):
        cover = next(
            f for f in read(shared_filings, f"xiangxi-2022.{ending}").forms if f.kind is FormKind.COVER
        )
        text = next(
            squeezed(text)
            for table in raw_tables(shared_filings, f"xiangxi-2022.{ending}")[:1]
            for row in table
            for text in row
            if "评分：" in text
        )
        score, grade = re.match(r"评分：(\d+)等级：(.)", text).groups()
        assert (cover.reported_score.text, cover.reported_grade.text) == (score, grade)
        assert all(not i.weight and not i.score for i in cover.indicators)
        assert len(cover.indicators) == sum(
            "指标" in squeezed(row[8]) and squeezed(row[12]) != ""
            for row in raw_tables(shared_filings, f"xiangxi-2022.{ending}")[0]
            if re.fullmatch(r"指标\d+：", squeezed(row[8]))
        )


def test_blank_outlines_and_formats_are_not_part_of_the_report(shared_filings):
    report = next(f for f in read(shared_filings, "xiangxi-2022.docx").forms if f.kind is FormKind.REPORT)
    assert len(report.sentences) > 100
    assert not any("××" in s.text or "参考" in s.at.part for s in report.sentences if "附件" not in s.text)


@pytest.mark.parametrize("name", sorted(WITH_REPORT))
def test_every_sentence_of_the_report_stands_in_the_file(shared_filings, name):
    document = docx.Document(io.BytesIO((shared_filings / name).read_bytes()))
    paragraphs = "\n".join(squeezed(p.text) for p in document.paragraphs)
    report = next(f for f in read(shared_filings, name).forms if f.kind is FormKind.REPORT)
    assert all(squeezed(s.text) in paragraphs for s in report.sentences)
    # Nothing with an amount is lost on the way, except in outlines and table footers.
    said = "".join(squeezed(s.text) + squeezed(s.at.part) for s in report.sentences)
    for paragraph in document.paragraphs:
        for amount in re.findall(r"\d[\d,.]*\s*万?元", paragraph.text):
            assert squeezed(amount) in said


def test_a_report_states_its_scores_its_execution_and_its_grade(shared_filings):
    name = "huaihua-2023.docx"
    text = squeezed(
        "".join(p.text for p in docx.Document(io.BytesIO((shared_filings / name).read_bytes())).paragraphs)
    )
    report = read(shared_filings, name).forms[0]
    score = re.search(r"综合评价得分为([\d.]+)分，评定等级“(..)”", text)
    assert (report.reported_score.text, report.reported_grade.text) == score.groups()
    line = report.total
    stated = re.search(
        r"预算执行率：(\d+)分，.*?实得([\d.]+)分.*?年初预算([\d,.]+)万元，全年执行数([\d,.]+)万元，预算执行率([\d.]+)%",
        text,
    )
    weight, got, budget, spent, rate = (Decimal(part.replace(",", "")) for part in stated.groups())
    assert (line.weight.number, line.score.number) == (weight, got)
    assert (line.initial_budget.number, line.executed.number) == (budget, spent)
    assert line.execution_rate.number == rate / 100
    parts = re.findall(r"（\d）(\S{2,5}指标)：(\d+)分，实得分?([\d.]+)分", text)
    found = [(i.name, i.weight.text, i.score.text) for i in report.indicators]
    assert found[:-1] == parts
    assert found[-1][0] == "满意度指标"
    assert {i.level1 for i in report.indicators} == {"产出指标", "效益指标", "满意度指标"}
    cost = next(i for i in report.indicators if i.name == "成本指标")
    assert (cost.target.number, cost.actual.number) == (budget, spent)


def test_a_report_without_scores_states_none(shared_filings):
    report = read(shared_filings, "qiannan-2022.docx").forms[0]
    assert report.reported_score is None and report.reported_grade is None and report.indicators == ()
    assert report.amount_unit == "元"
    assert report.total.execution_rate.text.endswith("%")


@pytest.mark.parametrize("name", [*WITH_TABLES, "huaihua-2023.docx", "qiannan-2022.docx"])
def test_the_unit_and_the_year_are_those_of_the_file(shared_filings, name):
    filing = read(shared_filings, name)
    assert str(filing.year) == name.partition("-")[2].partition(".")[0]
    everything = "".join(
        squeezed(text) for table in raw_tables(shared_filings, name) for row in table for text in row
    )
    if name.endswith(".docx"):
        document = docx.Document(io.BytesIO((shared_filings / name).read_bytes()))
        everything += "".join(squeezed(p.text) for p in document.paragraphs)
    assert filing.unit and squeezed(filing.unit) in everything
    assert filing.notes == ()
