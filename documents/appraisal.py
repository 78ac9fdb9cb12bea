"""The appraisal of the self-evaluation work as papers: the official table per department, and all in order of score."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import groupby

from openpyxl import Workbook

from documents.paper import Box, Kind, Paper, Row
from documents.paper_excel import write_sheet
from documents.paper_word import write_document
from documents.sheets import COUNT, SCORE, Column, Table, write_table
from selfeval.appraisal.judgement import bands_text
from selfeval.appraisal.marking import Awaits
from selfeval.appraisal.result import Appraisal, Point, ranked
from selfeval.figures import plain
from selfeval.workdays import local

_WIDTHS = (10.0, 13.5, 32.0, 6.0, 9.0, 34.5)
_HEAD = ("一级指标", "二级指标", "评分标准", "满分", "得分", "评分依据")
_LINE = 12.0  # points of a line of the table
_ACROSS = 0.53  # characters of the table in one unit of column width
_SHOWN = 8  # sentences of evidence in a cell: a row has to fit on a page
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_SIGNED = "考核人（签字）：　　　　　　　　复核人（签字）：　　　　　　　　日期：　　　　年　　月　　日"


def appraisal_document(appraisals: Sequence[Appraisal], bureau: str) -> bytes:
    """Every department's table as .docx bytes, each beginning on a page of its own."""
    return write_document([_paper(each) for each in appraisals], "", bureau)


def appraisal_workbook(appraisals: Sequence[Appraisal], bureau: str, title: str) -> bytes:
    """The same as .xlsx bytes: the departments in order of score, then a sheet for each, its total a formula."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = bureau
    taken = local(appraisals[0].asof)
    note = f"截至{taken:%Y年%m月%d日 %H:%M}（北京时间）　　总分未定的部门不排名次"
    write_table(book.create_sheet("总览"), f"{title}：自评工作考核", note, _overview(appraisals))
    for each in appraisals:
        paper = _paper(each)
        write_sheet(book.create_sheet(paper.name), paper, "")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _overview(appraisals: Sequence[Appraisal]) -> Table:
    sections = list(dict.fromkeys(point.item.level1 for each in appraisals for point in each.points))
    columns = (
        Column("名次", 7, COUNT),
        Column("部门编码", 11),
        Column("部门", 30),
        *(Column(section, 11, SCORE) for section in sections),
        Column("总分", 10, SCORE),
        Column("已评得分", 10, SCORE),
        *(Column(f"{awaits.label}\n分值", 12, SCORE) for awaits in Awaits if awaits),
        Column("应报单位", 8, COUNT),
        Column("说明", 44),
    )
    rows = []
    for place, each in ranked(appraisals):
        own = {point.item.level1 for point in each.points}
        rows.append(
            (
                place,
                each.code,
                each.name,
                *(each.subtotal(section)[0] if section in own else None for section in sections),
                each.score if each.complete else "未定",
                each.score,
                *(each.open_points(awaits) for awaits in Awaits if awaits),
                each.expected,
                each.sentence,
            )
        )
    return Table(columns, rows, 3)


def _paper(each: Appraisal) -> Paper:
    rows = [Row(tuple(Box(Kind.LABEL, head) for head in _HEAD), 2 * _LINE)]
    for level1, group in groupby(each.points, key=lambda point: point.item.level1):
        rows += _section(level1, list(group))
    total = "合计" if each.complete else "合计（已评部分，总分未定）"
    rows.append(
        Row(
            (
                Box(Kind.LABEL, total, span=3),
                Box(Kind.POINTS, plain(each.full), number=each.full),
                Box(Kind.TOTAL, plain(each.score)),
                Box(Kind.ITEM, each.sentence),
            ),
            3 * _LINE,
        )
    )
    taken = local(each.asof)
    filed = f"第{each.version}次报送" if each.version else "尚未报送"
    return Paper(
        annex="",
        title=each.title,
        name=_SHEET_NAME.sub("_", f"{each.code} {each.name}")[:31],
        reference=f"预算编码：{each.code}",
        line=(f"部门：{each.name}（本级{filed}）", f"截至{taken:%Y年%m月%d日}"),
        widths=_WIDTHS,
        rows=tuple(rows),
        notes=(_SIGNED,),
        repeat=0,
    )


def _section(level1: str, points: list[Point]) -> list[Row]:
    """The rows of one section; the names of both levels stand once beside their items, so that they stay together."""
    rows: list[Row] = []
    for level2, group in groupby(points, key=lambda point: point.item.level2):
        items = list(group)
        for number, point in enumerate(items):
            boxes = [
                *([Box(Kind.LABEL, _named(level1, points), down=len(points))] if not rows else []),
                *([Box(Kind.LABEL, _named(level2, items), down=len(items))] if not number else []),
                Box(Kind.ITEM, point.item.standard),
                Box(Kind.POINTS, plain(point.item.points), number=point.item.points),
                Box(Kind.SCORE, point.awaits.label or plain(point.score), number=point.score),
                Box(Kind.ITEM, "\n".join(_evidence(point))),
            ]
            lines = max(_lines(boxes[at].text, _WIDTHS[at]) for at in (-4, -1))
            rows.append(Row(tuple(boxes), lines * _LINE + 10, keep=len(rows) < len(points) - 1))
    return rows


def _named(level: str, points: Sequence[Point]) -> str:
    return f"{level}\n（{plain(sum(point.item.points for point in points))}分）"


def _evidence(point: Point) -> list[str]:
    said = list(point.evidence)
    if point.awaits is Awaits.PERSON and point.item.bands:
        said.append(f"可选：{bands_text(point.item)}")
    if point.awaits is Awaits.PERSON and point.item.proof:
        said.append(f"佐证材料：{point.item.proof}")
    if len(said) > _SHOWN:
        said = [*said[: _SHOWN - 1], f"……另有{len(said) - _SHOWN + 1}条，见 selfeval appraisal show"]
    return said


def _lines(text: str, width: float) -> int:
    room = max(int(width * _ACROSS), 1)
    return sum(max(-(-len(part) // room), 1) for part in text.split("\n"))
