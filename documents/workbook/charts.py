"""Charts that Excel draws itself, over the figures below them: grades, lateness, execution by department.

Bars differ by pattern and carry their value, so that a black and white print reads as well as a screen.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.cell import WriteOnlyCell
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.fill import ColorChoice, PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from documents.paper_excel import write_text
from documents.sheets import BORDER, COUNT, RATE, SHADE, height_of, page
from documents.typography import HEADING, TABLE
from documents.workbook.content import WorkbookData
from selfeval.outcome import Count, by_execution, grade_counts, lateness_counts
from selfeval.rollup import DepartmentTotal

_MOST = 20  # departments that one chart can show and a reader can tell apart
_ACROSS = 8  # with more departments the page stands upright; a chart is never torn in two
_WIDTHS = dict(zip("ABCDEFG", (40, 18, 18, 5, 40, 18, 18), strict=True))
_ROW = 15.0  # points
_TOP, _HIGH = 3, 13  # the first row of the charts, and the rows that the upper two take
_INK = "1F4E79"


def write(sheet: Worksheet, title: str, note: str, data: WorkbookData) -> None:
    """Fill an empty sheet of a write-only workbook: the charts first, the figures that they show below."""
    groups = [
        group
        for group in (
            ("等级", "通过审核的单位的等级分布（家）", "smGrid", grade_counts(data.made.units, data.grades)),
            ("首次报送", "首次报送情况（家，按工作日计）", "wdUpDiag", lateness_counts(data.made.units)),
        )
        if group[-1]
    ]
    rates = by_execution(data.made.departments)
    shown = rates[:_MOST]
    below = _TOP + _HIGH + 1
    counts = below + (4 + round(1.2 * len(shown)) + 1 if shown else 0)  # the row of the counts' headings
    longest = max(len(group[-1]) for group in groups)
    listed = counts + longest + 2  # the row of the departments' headings
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = _ROW, True
    page(sheet)
    sheet.page_setup.fitToHeight = 1
    if len(shown) > _ACROSS:
        sheet.page_setup.orientation = "portrait"
    for row, height in ((1, 30), (2, height_of(note, sum(_WIDTHS.values())))):
        sheet.merged_cells.add(f"A{row}:G{row}")
        sheet.row_dimensions[row].height = height
    head = _text(sheet, title, Font(name=HEADING, size=15))
    head.alignment = Alignment("center", "center")
    sheet.append([head])
    sheet.append([_text(sheet, note, Font(name=TABLE, size=10))])
    for _ in range(_TOP, counts):
        sheet.append([])
    sheet.append([cell for group in groups for cell in _heads(sheet, group[0], "单位数", "占比", "")])
    for at in range(longest):
        sheet.append([cell for group in groups for cell in (*_count(sheet, group[-1], at), None)])
    sheet.append([])
    if shown:
        sheet.append(_heads(sheet, "部门", "执行率", "计入单位数"))
        for each in shown:
            sheet.append(_rate(sheet, each))
    sheet.print_area = f"A1:G{listed + len(shown)}"
    for left, (_, name, pattern, found) in zip((0, 4), groups, strict=False):
        chart = _bars(sheet, name, left + 1, counts, len(found), pattern)
        _place(sheet, chart, (left, _TOP), (left + 3, _TOP + _HIGH))
    if shown:
        few = f"，最低的{_MOST}个部门" if len(rates) > _MOST else ""
        chart = _bars(sheet, f"各部门执行率（由低到高{few}）", 1, listed, len(shown), "ltUpDiag", across=True)
        chart.y_axis.number_format, chart.y_axis.scaling.min = "0%", 0
        chart.dataLabels.numFmt = RATE
        _place(sheet, chart, (0, below), (7, counts - 1))


def _place(sheet: Worksheet, chart: BarChart, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Over cells, so that it fits whatever the width of a character is: columns from 0, rows from 1."""
    corners = [AnchorMarker(col=column, row=row - 1) for column, row in (start, end)]
    chart.anchor = TwoCellAnchor(_from=corners[0], to=corners[1])
    sheet.add_chart(chart)


def _bars(
    sheet: Worksheet, title: str, column: int, head: int, count: int, pattern: str, across: bool = False
) -> BarChart:
    """A chart of `count` bars whose names stand in `column` below row `head`, their values beside them."""
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = ("bar" if across else "col"), title, None, 60
    chart.add_data(Reference(sheet, min_col=column + 1, min_row=head + 1, max_row=head + count))
    chart.set_categories(Reference(sheet, min_col=column, min_row=head + 1, max_row=head + count))
    fill = PatternFillProperties(
        prst=pattern, fgClr=ColorChoice(srgbClr=_INK), bgClr=ColorChoice(srgbClr="FFFFFF")
    )
    line = LineProperties(solidFill=_INK, w=9525)
    chart.series[0].graphicalProperties = GraphicalProperties(pattFill=fill, ln=line)
    chart.dataLabels = DataLabelList()
    chart.dataLabels.showVal = True
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(chart.dataLabels, other, False)
    # Excel leaves out an axis that does not say that it is there.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.majorGridlines = COUNT, None
    if across:
        chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
        chart.y_axis.crosses = "max"
    return chart


def _count(sheet: Worksheet, counts: Sequence[Count], at: int) -> list[WriteOnlyCell | None]:
    if at >= len(counts):
        return [None] * 3
    each = counts[at]
    return [
        _text(sheet, each.label, framed=True),
        _number(sheet, each.units, COUNT),
        _number(sheet, each.share, RATE),
    ]


def _rate(sheet: Worksheet, each: DepartmentTotal) -> list[WriteOnlyCell | None]:
    return [
        _text(sheet, each.name, framed=True),
        _number(sheet, each.execution_rate, RATE),
        _number(sheet, each.counted, COUNT),
    ]


def _heads(sheet: Worksheet, *texts: str) -> list[WriteOnlyCell | None]:
    cells = []
    for text in texts:
        cell = _text(sheet, text, Font(name=TABLE, size=10, bold=True), framed=True)
        cell.fill = SHADE
        cells.append(cell if text else None)
    return cells


def _text(sheet: Worksheet, text: str, font: Font | None = None, *, framed: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    write_text(cell, text)
    cell.font = font or Font(name=TABLE, size=10)
    cell.alignment = Alignment("left", "center", wrap_text=True)
    if framed:
        cell.border = BORDER
    return cell


def _number(sheet: Worksheet, value: object, shown: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value)
    cell.font, cell.number_format, cell.border = Font(name=TABLE, size=10), shown, BORDER
    return cell
