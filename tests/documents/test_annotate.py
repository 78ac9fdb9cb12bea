"""The unit's own file returned: comments where the findings point, a list in front, nothing else touched."""

from __future__ import annotations

import dataclasses
import io
import random
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import etree
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName

from documents.annotate import NoAnnotation, annotate
from documents.reading import read_file
from documents.review import AUTHOR, NOTE_HEAD, PARAGRAPH_STYLE, SHEET_NAME
from selfeval.filing import Filing, Position
from selfeval.findings import Finding, Severity
from selfeval.policy import load_policy
from selfeval.repairs import FileFindings, Repair, repairs
from selfeval.rules import judge
from tests.conftest import ROOT
from tests.documents import builders

FIRST = ROOT / "examples" / "filings" / "first"
WORD_FORM = """
    项目支出绩效自评表 | < | < | < | < | < | <
    项目名称 | 甲 | < | < | 实施单位 | 乙局 | <
    一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
    产出指标 | 数量指标 | 修路 | 5公里 | 4公里 | 50 | 50
    ^ | 质量指标 | 合格率 | 100% | 100% | 50 | 50
    总分 | < | < | < | < | 100 | 90
"""


def finding(*places: Position, message: str = "甲与乙不符", stated: str | None = None) -> Finding:
    where = "、".join(map(str, places))
    return Finding("D01", Severity.ERROR, "1", where, "两数应相等。", stated, "90", message, places)


def numbered(name: str, *findings: Finding) -> tuple[Repair, ...]:
    return repairs([FileFindings(name, findings, {"1": "甲"})])


def of(path: Path, filing: Filing) -> tuple[Repair, ...]:
    policy = load_policy("national-2020")
    titles = {form.id: form.project or form.title for form in filing.forms}
    return repairs([FileFindings(path.name, judge(filing, policy).findings, titles)])


def word_comments(data: bytes) -> list:
    return [comment for comment in docx.Document(io.BytesIO(data)).comments if comment.author == AUTHOR]


def notes(data: bytes) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def listed(data: bytes) -> str:
    """The text of the first page or sheet."""
    if "word/document.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist():
        paragraphs = docx.Document(io.BytesIO(data)).paragraphs
        return "\n".join(p.text for p in paragraphs if p.style.name == PARAGRAPH_STYLE)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.title == SHEET_NAME
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def meaning(filing: Filing) -> Filing:
    """What was read, without the name and the bytes that it was read from."""
    return dataclasses.replace(filing, file="", sha256="")


@pytest.fixture(params=["docx", "xlsx"])
def shared(request, shared_filings):
    return sorted(shared_filings.glob(f"*.{request.param}"))


def test_the_shared_filings_come_back_with_a_comment_at_every_place_and_read_as_before(shared):
    for path in shared:
        data = path.read_bytes()
        filing = read_file(path.name, data)
        found = of(path, filing)
        name, commented = annotate(path.name, data, found)
        assert name == f"{path.stem}（批注）{path.suffix}"
        assert meaning(read_file(path.name, commented)) == meaning(filing)
        text = listed(commented)
        comments = "".join(
            [comment.text for comment in word_comments(commented)]
            if path.suffix == ".docx"
            else notes(commented).values()
        )
        for repair in found:
            assert repair.name in text and repair.finding.message in text
            if any(place.cell or "表" in place.part for place in repair.finding.places):
                assert f"{repair.name}（{repair.finding.code}）" in comments
                assert repair.finding.message in comments


def test_without_our_marks_the_word_file_is_the_unit_s_own(shared_filings):
    path = shared_filings / "yueyang-2023.docx"
    data = path.read_bytes()
    _, commented = annotate(path.name, data, of(path, read_file(path.name, data)))
    before, after = parts(data), parts(commented)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/styles.xml",
    }
    root = etree.fromstring(after["word/document.xml"])
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for mark in list(root.iter(f"{w}commentRangeStart", f"{w}commentRangeEnd")):
        mark.getparent().remove(mark)
    for reference in list(root.iter(f"{w}commentReference")):
        run = reference.getparent()
        run.getparent().remove(run)
    for style in list(root.iter(f"{w}pStyle")):
        if style.get(f"{w}val") == PARAGRAPH_STYLE:
            paragraph = style.getparent().getparent()
            paragraph.getparent().remove(paragraph)
    assert etree.tostring(root, method="c14n") == etree.tostring(
        etree.fromstring(before["word/document.xml"]), method="c14n"
    )


def test_a_comment_on_what_reconciles_says_that_nothing_is_to_be_changed():
    harmless = finding(Position("表1", 6))._replace(severity=Severity.INFO)
    _, commented = annotate("表.docx", builders.word(WORD_FORM), numbered("表.docx", harmless))
    [comment] = word_comments(commented)
    assert comment.text.startswith("说明1（D01），不需要修改")


def test_a_comment_hangs_at_the_cell_that_holds_the_figure():
    data = builders.word(WORD_FORM)
    by_row = finding(Position("表1", 6), stated="90")
    by_column = finding(Position("表1", 5, 1))  # the level that hangs down from the row above
    _, commented = annotate("表.docx", data, numbered("表.docx", by_row, by_column))
    table = docx.Document(io.BytesIO(commented)).tables[0]
    assert [c.text.splitlines()[0] for c in word_comments(commented)] == ["错误1（D01）", "错误2（D01）"]
    marked = {(y, x) for y in range(6) for x in range(7) if "commentReference" in table.cell(y, x)._tc.xml}
    assert marked == {(5, 6), (3, 0), (4, 0)}


def test_a_comment_on_report_text_spans_its_sentence():
    text = (
        "2023年度部门整体支出绩效自评报告\n一、基本情况\n本单位编制20人。\n实有19人。当年支出100万元。\n"
        "二、预算执行情况\n全年预算数100万元。全年执行数98万元，执行率97%。资金安全。\n三、存在问题\n没有问题。\n"
    )
    data = builders.word(text)
    report = read_file("报告.docx", data).forms[0]
    said = next(sentence for sentence in report.sentences if "执行率97%" in sentence.text)
    _, commented = annotate("报告.docx", data, numbered("报告.docx", finding(said.at)))
    document = docx.Document(io.BytesIO(commented))
    [paragraph] = [p for p in document.paragraphs if "commentRangeStart" in p._p.xml]
    assert "执行率97%" in paragraph.text
    assert meaning(read_file("报告.docx", commented)) == meaning(read_file("报告.docx", data))


def test_what_names_no_place_in_the_file_stands_on_the_list():
    lost = [
        finding(Position("自评表.docx"), message="整份文件的问题"),
        finding(Position("表9", 3), message="没有这张表"),
        finding(Position("表1", 99), message="没有这一行"),
        finding(Position("没有的标题", 2, sentence=True), message="没有这句话"),
        finding(Position("没有的工作表", 2, 2, "B2"), message="没有这个工作表"),
    ]
    for name, data in (("表.docx", builders.word(WORD_FORM)), ("表.xlsx", builders.excel(WORD_FORM))):
        _, commented = annotate(name, data, numbered(name, *lost))
        text = listed(commented)
        assert all(one.message in text for one in lost)
        assert not (word_comments(commented) if name.endswith("docx") else notes(commented))


def test_a_unit_corrects_the_commented_file_and_sends_it_back():
    data = builders.word(WORD_FORM)
    name, commented = annotate("表.docx", data, numbered("表.docx", finding(Position("表1", 6), stated="90")))
    document = docx.Document(io.BytesIO(commented))
    document.tables[0].cell(5, 6).text = "100"
    returned = builders.saved(document)
    filing = read_file(name, returned)
    assert filing.forms[0].reported_score.text == "100"
    assert filing.forms[0].indicators == read_file("表.docx", data).forms[0].indicators
    again, second = annotate(name, returned, numbered(name, finding(Position("表1", 4), message="第二轮")))
    assert again == name
    assert [comment.text.splitlines()[1] for comment in word_comments(second)] == ["第二轮"]
    assert listed(second).count("审核意见") == 1 and "甲与乙不符" not in listed(second)


def test_a_corrected_workbook_is_read_and_commented_anew():
    data = builders.excel(WORD_FORM)
    name, commented = annotate("表.xlsx", data, numbered("表.xlsx", finding(Position("自评1", 6, 7, "G6"))))
    book = openpyxl.load_workbook(io.BytesIO(commented))
    book["自评1"]["G6"] = "100"
    returned = builders.saved(book)
    assert read_file(name, returned).forms[0].reported_score.text == "100"
    _, second = annotate(
        name, returned, numbered(name, finding(Position("自评1", 4, 7, "G4"), message="第二轮"))
    )
    assert list(notes(second)) == [("自评1", "G4")]
    assert openpyxl.load_workbook(io.BytesIO(second)).sheetnames == [SHEET_NAME, "自评1"]
    assert "第二轮" in listed(second) and "甲与乙不符" not in listed(second)


def rich_workbook() -> bytes:
    """A form with a chart, a conditional format, a note of the unit's own, print titles and a second sheet."""
    book = openpyxl.load_workbook(io.BytesIO(builders.excel(WORD_FORM)))
    sheet = book["自评1"]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=6, min_row=4, max_row=5))
    sheet.add_chart(chart, "J2")
    sheet.conditional_formatting.add(
        "G4:G6", CellIsRule(operator="lessThan", formula=["60"], fill=PatternFill("solid"))
    )
    sheet["G6"].comment = Comment("单位自己的批注", "经办人")
    sheet.print_title_rows = "3:3"
    other = book.create_sheet("底稿")
    other["A1"] = "备查"
    other.sheet_view.tabSelected = True
    other.defined_names["范围"] = DefinedName("范围", attr_text="底稿!$A$1")
    return builders.saved(book)


def test_charts_formats_names_and_the_unit_s_own_notes_stay_in_the_workbook():
    data = rich_workbook()
    places = (Position("自评1", 6, 7, "G6"), Position("自评1", 4, 7, "G4"))
    _, commented = annotate("表.xlsx", data, numbered("表.xlsx", finding(*places)))
    before, after = parts(data), parts(commented)
    for name, content in before.items():
        if (
            any(word in name for word in ("chart", "drawing", "theme", "docProps"))
            and "vml" not in name.lower()
        ):
            assert after[name] == content
    said = notes(commented)
    assert said["自评1", "G6"].startswith("单位自己的批注") and NOTE_HEAD in said["自评1", "G6"]
    assert said["自评1", "G4"].startswith(NOTE_HEAD)
    book = openpyxl.load_workbook(io.BytesIO(commented))
    assert book.sheetnames == [SHEET_NAME, "自评1", "底稿"]
    assert book["自评1"].print_title_rows == "$3:$3" and "范围" in book["底稿"].defined_names
    assert book["自评1"].conditional_formatting and book["自评1"]._charts
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [SHEET_NAME]
    _, cleared = annotate("表.xlsx", commented, ())
    assert notes(cleared) == {("自评1", "G6"): "单位自己的批注"}


def test_the_identity_mark_of_an_issued_form_survives():
    for path in sorted(FIRST.rglob("*.docx")) + sorted(FIRST.rglob("*.xlsx")):
        filing = read_file(path.name, path.read_bytes())
        if filing.unreadable:
            continue
        _, commented = annotate(path.name, path.read_bytes(), of(path, filing))
        assert meaning(read_file(path.name, commented)) == meaning(filing)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("旧表.xls", (Path(__file__).parent / "samples" / "central.xls").read_bytes()),
        ("扫描件.pdf", b"%PDF-1.7"),
        ("坏.docx", b"PK\x03\x04 torn off"),
        ("空.xlsx", b""),
    ],
)
def test_what_cannot_carry_comments_is_refused_with_a_reason(name, data):
    with pytest.raises(NoAnnotation, match=name.partition(".")[0]):
        annotate(name, data, numbered(name, finding(Position(name))))


def test_a_damaged_file_is_refused_or_commented_and_never_breaks_the_program():
    chance = random.Random(20)
    for name, data, place in (
        ("表.docx", builders.word(WORD_FORM), Position("表1", 6)),
        ("表.xlsx", rich_workbook(), Position("自评1", 6, 7, "G6")),
    ):
        whole = parts(data)
        for _ in range(150):
            part = chance.choice([part for part in whole if part.endswith((".xml", ".rels", ".vml"))])
            content = bytearray(whole[part])
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(content))
                content[at : at + chance.randint(1, 30)] = chance.choice([b"", b"9", b"x", b"<a/>"])
                content = content or bytearray(b"<")
            try:
                annotate(
                    name, builders.repacked(data, {part: bytes(content)}), numbered(name, finding(place))
                )
            except NoAnnotation as refusal:
                assert name in str(refusal)
