"""Rows of a PDF that the end of a page broke in two."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import Form
from tests.documents import builders

HEAD = """
项目支出绩效自评表|<|<|<|<|<|<
（2024年度）|<|<|<|<|<|<
项目名称|桥梁加固|<|<|<|<|<
项目资金|年初预算数|全年预算数|全年执行数|分值|执行率|得分
年度资金总额|50|60|54|10|90%|9
"""
INDICATORS = """
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|加固桥梁|4座|4座|90|90
总分|<|<|<|<|100|99
"""


def read(*pages: str) -> Form:
    (form,) = read_file("自评表.pdf", pdf(*pages)).forms
    return form


def pdf(*pages: str) -> bytes:
    """Ruled tables, one a page."""
    return paged(*("\n".join(_drawn(builders.cells(page))) for page in pages))


def lines(*texts: str) -> bytes:
    """Lines of text below each other on one page."""
    drawn = (
        f"BT /F 10 Tf 40 {540 - 16 * n} Td <{text.encode('utf-16-be').hex()}> Tj ET"
        for n, text in enumerate(texts)
    )
    return paged("\n".join(drawn))


def paged(*streams: str) -> bytes:
    """Pages of such content in a font that every reader of PDF knows."""
    first = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj"
    font = (
        "3 0 obj<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>endobj\n"
        "4 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>endobj"
    )
    objects, kids = [first, font], []
    for number, stream in enumerate(streams):
        at = 10 + 2 * number
        kids.append(f"{at} 0 R")
        objects.append(
            f"{at} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 800 600]/Contents {at + 1} 0 R"
            f"/Resources<</Font<</F 3 0 R>>>>>>endobj\n"
            f"{at + 1} 0 obj<</Length {len(stream)}>>stream\n{stream}\nendstream endobj"
        )
    objects.append(f"2 0 obj<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>endobj")
    return ("%PDF-1.4\n" + "\n".join(objects) + "\ntrailer<</Root 1 0 R>>\n%%EOF").encode()


def _drawn(rows: list[list[str]]) -> list[str]:
    merged = {(top, left): right for top, left, _, right in builders.merges(rows)}
    drawn = []
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            if text == "<":
                continue
            wide = merged.get((y, x), x) - x + 1
            drawn.append(f"{20 + 105 * x} {550 - 20 * y} {105 * wide} 20 re S")
            drawn.append(
                f"BT /F 10 Tf {24 + 105 * x} {555 - 20 * y} Td <{text.encode('utf-16-be').hex()}> Tj ET"
            )
    return drawn


@pytest.mark.parametrize(
    ("above", "below", "label"),
    [
        ("其中：上年结||||||", "转||||||", "其中：上年结转"),
        ("其中：上年结|5|6|4|||", "转资金||||||", "其中：上年结转资金"),
        ("其中：上年||||||", "结转资金|5|6|4|||", "其中：上年结转资金"),
        ("其中：当年财|5|6|4|||", "政拨款||||||", "其中：当年财政拨款"),
    ],
)
def test_a_label_that_goes_on_over_the_page_names_one_row(above, below, label):
    form = read(HEAD + above, below + INDICATORS)
    _, part = form.funding
    assert part.label == label
    if "5" in above + below:
        assert (part.initial_budget.text, part.adjusted_budget.text, part.executed.text) == ("5", "6", "4")
    assert [row.name for row in form.indicators] == ["加固桥梁"]


@pytest.mark.parametrize(
    ("above", "below"),
    [("其中：财政拨款||||||", "结转资金||||||"), ("其中：当年财政拨款|5|6|4|||", "其他资金||||||")],
)
def test_two_rows_around_the_end_of_a_page_stay_two(above, below):
    form = read(HEAD + above, below + INDICATORS)
    assert [line.label for line in form.funding[1:]] == [above.partition("|")[0], below.partition("|")[0]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A figure that finds no room stands in the next line whole.
        ("全年检查三千二百六十对夫妇，完成年度目标任务三千对的", "106.87%。"),
        ("全年检查夫妇三千二百六十对，完成年度目标任务，各个乡镇合计三", "千二百六十对。"),
    ],
)
def test_a_line_that_ends_early_for_a_figure_goes_on(first, second):
    widest = "县卫生健康局全年开展免费孕前优生健康检查工作，覆盖全部乡镇。"
    data = lines("一、基本情况", widest, first, second, "2.基层医疗服务能力提升工作", "已经完成。")
    (report,) = read_file("自评报告.pdf", data).forms
    said = [sentence.text for sentence in report.sentences]
    assert first + second in said
    assert not any("2.基层" in text for text in said)
