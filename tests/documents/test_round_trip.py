"""A blank form that is filled in is read back equal, in Word and in Excel: every amount, score and text."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from decimal import Decimal

import docx
import openpyxl
import pytest

from documents.blanks import BlankFor, blank_document, blank_workbook
from documents.reading import read_file
from selfeval.filing import Filing, FormKind
from selfeval.policy import Weights
from tests.documents.builders import saved

WEIGHTS = Weights(Decimal(10), {"产出指标": Decimal(50), "效益指标": Decimal(30), "满意度指标": Decimal(10)})
UNIT = BlankFor("甲县乙局丙站", "203002", 2025, "甲县乙局", "甲县财政局", ("渠道整治", "水库维护"))
BOOK, DOCUMENT = blank_workbook(UNIT, WEIGHTS), blank_document(UNIT, WEIGHTS)
# The sheets show annex, title and unit above the table; in Word these are paragraphs.
ABOVE = 3

# Row (as in the sheet), column and what is written there.
Entries = dict[tuple[int, int], str]
WORDS = "保护修复巡查河道渠库林地改造提升完成全面"


def in_excel(sheet: int, entries: Entries) -> Filing:
    """Figures are typed as numbers, as people do."""
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    # openpyxl keeps no results of formulas; the office programs that units use do.
    for cell in (cell for other in book for row in other.iter_rows() for cell in row):
        if cell.data_type == "f":
            cell.value = None
    for (row, column), text in entries.items():
        plain = text.replace(".", "", 1).isdigit()
        book.worksheets[sheet].cell(row, column, float(text) if plain else text)
    return read_file("填好.xlsx", saved(book))


def in_word(table: int, entries: Entries) -> Filing:
    document = docx.Document(io.BytesIO(DOCUMENT))
    for (row, column), text in entries.items():
        document.tables[table].cell(row - ABOVE - 1, column - 1).text = text
    return read_file("填好.docx", saved(document))


BOTH = pytest.mark.parametrize("fill", [in_excel, in_word])


def rows_of(sheet: int) -> dict[str, int]:
    """The row of each text in the sheet; where it repeats, the first."""
    found: dict[str, int] = {}
    for row in openpyxl.load_workbook(io.BytesIO(BOOK)).worksheets[sheet].iter_rows():
        for cell in row:
            if cell.value is not None:
                found.setdefault("".join(str(cell.value).split()), cell.row)
    return found


def same(first: str, second: Decimal | None) -> bool:
    return second is not None and Decimal(first) == second


def amount(chance: random.Random) -> str:
    return f"{chance.randrange(10_000_000) / 100:.2f}"


def words(chance: random.Random) -> str:
    return "".join(chance.choices(WORDS, k=chance.randrange(3, 12)))


@BOTH
@pytest.mark.parametrize("seed", range(4))
def test_a_filled_project_form_says_what_was_filled_in(fill: Callable[[int, Entries], Filing], seed: int):
    chance = random.Random(seed)
    rows = rows_of(2)
    entries: Entries = {}
    funding = ["年度资金总额", "其中：当年财政拨款", "上年结转资金", "其他资金"]
    for label in funding:
        for column in (4, 5, 6):
            entries[rows[label], column] = amount(chance)
    entries |= {(rows["年度资金总额"], 8): "95.50%", (rows["年度资金总额"], 9): "9.55"}
    first, last = rows["一级指标"] + 1, rows["总分"] - 1
    for row in range(first, last + 1):
        target = chance.choice(("≥{}个", "{}%", "不超过{}万元", "{}")).format(amount(chance))
        texts = (words(chance), target, words(chance), amount(chance), amount(chance))
        for column, text in zip((4, 5, 6, 7, 8), texts, strict=True):
            entries[row, column] = text
    entries[rows["总分"], 8] = "99.5"
    filing = fill(2, entries)
    assert filing.unreadable is None and filing.notes == ()
    form = next(f for f in filing.forms if f.kind is FormKind.PROJECT)
    assert [f.kind for f in filing.forms].count(FormKind.TEMPLATE) == 3
    assert (form.project, form.year, form.unit) == ("渠道整治", 2025, "甲县乙局丙站")
    assert [line.label for line in form.funding] == funding
    for line in form.funding:
        for column, cell in zip(
            (4, 5, 6), (line.initial_budget, line.adjusted_budget, line.executed), strict=True
        ):
            assert same(entries[rows[line.label], column], cell.number)
    assert (form.total.execution_rate.number, form.total.score.number) == (Decimal("0.955"), Decimal("9.55"))
    assert len(form.indicators) == last - first + 1
    for row, indicator in enumerate(form.indicators, start=first):
        assert indicator.name == entries[row, 4] and indicator.actual.text == entries[row, 6]
        if entries[row, 5].replace(".", "", 1).isdigit():
            assert same(entries[row, 5], indicator.target.number)
        else:
            assert indicator.target.text == entries[row, 5]
        assert same(entries[row, 7], indicator.weight.number) and same(
            entries[row, 8], indicator.score.number
        )
    assert {i.level1: i.level1_weight for i in form.indicators} == WEIGHTS.level1
    assert form.reported_score.number == Decimal("99.5")


@BOTH
def test_a_filled_base_data_table_says_every_figure(fill: Callable[[int, Entries], Filing]):
    rows = rows_of(0)
    spending = [
        "三公经费",
        "1、公务用车购置和运行维护费",
        "3、公务接待费",
        "渠道整治",
        "其中：办公费",
        "差旅费",
    ]
    figures = iter(range(101, 999))
    entries = {(rows[label], column): f"{next(figures)}.25" for label in spending for column in (3, 5, 8)}
    staff = rows["财政供养人员情况"] + 1
    entries |= {(staff, 3): "30", (staff, 5): "27", (staff, 8): "90%"}
    form = next(f for f in fill(0, entries).forms if f.kind is FormKind.BASE_DATA)
    said = [str(e.cell.number.normalize()) for e in form.entries if e.cell.number is not None]
    filled = [
        str((Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)).normalize())
        for _, text in sorted(entries.items())
    ]
    assert said == filled
    assert {e.label for e in form.entries} >= {"公务接待费", "渠道整治", "差旅费"}
