from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from documents.annotate import annotate
from documents.numbering import shown, unnumbered
from documents.reading import read_file
from selfeval.policy import load_policy
from selfeval.repairs import FileFindings, repairs
from selfeval.rules import judge
from tests.documents.builders import saved

LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("bullet", "●"))


def report(*lines: tuple[int, str]) -> bytes:
    """Paragraphs with the numbering level of each (-1: none)."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (style, text) in enumerate(LEVELS)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    numbering.insert(0, abstract)
    number = parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>')
    numbering.append(number)
    for level, text in lines:
        paragraph = document.add_paragraph(text)
        if level >= 0:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
            )
    return saved(document)


NUMBERED = (
    (-1, "云岭县档案馆2025年度部门整体支出绩效自评报告"),
    (0, "部门概况"),
    (1, "机构人员"),
    (-1, "核定编制20人，在职18人。"),
    (1, "收支情况"),
    (2, "全年预算数300万元，全年执行数270万元，执行率95%。"),
    (2, "公务接待费2万元。"),
    (0, "绩效情况"),
    (1, "产出情况"),
    (3, "整理档案5200卷。"),
    (0, "自评结论"),
    (-1, "综合评价得分为94分，等级为“优”。"),
)


def test_automatic_numbers_are_read_as_word_prints_them():
    (form,) = read_file("r.docx", report(*NUMBERED)).forms
    parts = dict.fromkeys(sentence.at.part for sentence in form.sentences)
    assert list(parts) == ["（一）机构人员", "（二）收支情况", "（一）产出情况", "三、自评结论"]
    assert [s.text for s in form.sentences if s.at.part == "（二）收支情况"][1].startswith("2.公务接待费")
    assert [s.text for s in form.sentences if s.at.part == "（一）产出情况"] == ["整理档案5200卷。"]


def test_numbers_counted_by_word_are_in_order_and_a_gap_typed_by_hand_is_told():
    filing = read_file("r.docx", report(*NUMBERED))
    policy = load_policy("national-2020")
    assert "R12" not in [f.code for f in judge(filing, policy).findings]


def test_a_comment_on_a_counted_sentence_stands_at_its_paragraph():
    data = report(*NUMBERED)
    filing = read_file("r.docx", data)
    findings = judge(filing, load_policy("national-2020")).findings
    assert "B05" in [f.code for f in findings]
    _, returned = annotate("r.docx", data, repairs([FileFindings("r.docx", findings, {})]))
    commented = docx.Document(io.BytesIO(returned))
    marked = [p.text for p in commented.paragraphs if p._p.findall(".//" + qn("w:commentRangeStart"))]
    assert any("执行率95%" in text for text in marked)


@pytest.mark.parametrize(
    ("count", "style", "text"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCountingThousand", "十"),
        (23, "chineseCountingThousand", "二十三"),
        (3, "decimalEnclosedCircle", "③"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (2, "ideographTraditional", "乙"),
        (7, "decimalZero", "07"),
    ],
)
def test_a_counter_is_shown_in_its_format(count, style, text):
    assert shown(count, style) == text


@pytest.mark.parametrize(
    "text", ["一、部门概况", "（二）部门概况", "1.2 部门概况", "③部门概况", "第三章 部门概况"]
)
def test_the_number_in_front_is_no_part_of_a_heading(text):
    assert unnumbered(text) == "部门概况"
