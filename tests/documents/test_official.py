"""The bureau's papers in Word: page, marked places, tables that go on, whatever units write into them."""

from __future__ import annotations

import io

import docx
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from documents.official import Official
from selfeval.paper_blocks import BLANK_CELL, Column, Grid, Heading, Text, blank

COLUMNS = (Column("单位", 3, left=True), Column("金额（万元）", 2))


def opened(paper: Official):
    return docx.Document(io.BytesIO(paper.content()))


def test_the_page_and_its_numbers_are_those_of_an_official_paper():
    document = opened(Official("报告", "某县财政局"))
    (section,) = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    # Numbers stand outside: right on odd pages, left on even ones.
    sides = [
        footer.paragraphs[0]._p.find(f".//{qn('w:jc')}").get(qn("w:val"))
        for footer in (section.footer, section.even_page_footer)
    ]
    assert sides == ["right", "left"] and document.core_properties.author == "某县财政局"


def test_marked_places_alone_are_highlighted_in_text_and_in_tables():
    paper = Official("报告", "某县财政局")
    paper.blocks([Text(f"支出12.30万元。{blank('原因')}无。"), Grid("", COLUMNS, [["甲", BLANK_CELL]])])
    document = opened(paper)
    runs = [run for p in document.paragraphs for run in p.runs]
    runs += [run for cell in document.tables[0]._cells for p in cell.paragraphs for run in p.runs]
    marked = [run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert marked == ["【待填写：原因】", "【待填写】"]
    assert document.paragraphs[0].text == "支出12.30万元。【待填写：原因】无。"


def test_a_table_repeats_its_heading_tears_no_row_and_shows_its_total_in_bold():
    paper = Official("报告", "某县财政局")
    paper.grid(Grid("各单位", COLUMNS, [["甲", "1.00"], ["合计", "1.00"]], total=True))
    (table,) = opened(paper).tables
    heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
    assert heads == [True, False, False]
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
    assert [row.cells[0].paragraphs[0].runs[0].bold for row in table.rows] == [True, None, True]


def test_words_of_a_unit_stay_words():
    said = "A&B <w:p> \x0b]]> “引号” 第一行\n第二行"
    paper = Official("报告", "某县财政局")
    paper.blocks([Heading(1, f"一、{said}"), Text(said), Grid(said, COLUMNS, [[said, said]])])
    document = opened(paper)
    kept = said.replace("\x0b", "")
    assert document.paragraphs[1].text == kept and document.tables[0].rows[1].cells[0].text == kept


def test_a_long_name_makes_the_title_smaller_than_a_line_and_never_smaller_than_the_text():
    paper = Official("报告", "某县财政局")
    for name in ("某局", "某某自治州自然资源和规划管理委员会办公室（本级）", "长" * 60):
        paper.title(name)
    sizes = [p.runs[0].font.size.pt for p in opened(paper).paragraphs[:3]]
    assert sizes[0] == 22 and 16 < sizes[1] < 22 and sizes[2] == 16
