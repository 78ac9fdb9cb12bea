"""The indicator rows of a form, with the level names carried down, and its total row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter

from documents import points_pairs, several
from documents.cells import clean, covering, joined, points_cell, split_remark, value_cell
from documents.grid import GridCell, Line
from documents.headers import Columns
from documents.ticks import ticked_grade
from selfeval.filing import Cell, Indicator, Note, Sentence
from selfeval.labels import CLOSING, FOOTER, GRADE, TOTAL_ROW, bare, squash, unnumbered
from selfeval.pattern import Pattern

# 指标1：工程完工率, 指标1工程完工率; a figure with its measure (指标3级以上) is no number of the row.
_PREFIX = Pattern(
    r"指标\s*[\d一二三四五六七八九十]+\s*(?:[:：.、．]\s*|$)|指标\s*\d{1,2}\s*(?=20\d{2}年|[\u4e00-\u9fff《“★])(?!项(?!目)|种(?![植薯子苗养畜])|[个类级条年月日次分])",
    needs="标",
)
_LEVEL = Pattern(r"(.*?)[(（]?(\d+(?:\.\d+)?)\s*(?:分|%|％)[)）]?")
_PRINTED = Pattern(r"[（(](\d+(?:\.\d+)?)\s*分[)）]$")
_REMARK = Pattern(r"[(（][^()（）]{6,}[)）]")
# Every label of a total row holds one of these; most cells none.
_TOTAL = Pattern("[总合]")
_LEVEL_ROW = Pattern(r"(?:[一二三四五六七八九十]+[、.])?[\u4e00-\u9fff]{2,8}指标(?:\(\d+(?:\.\d+)?分?\))?")
_ALL_LEVELS = Pattern(r".*(?:绩效|考核|评价|自评|年度|具体|明细|[一二三四]级)指标(?:\([^()]*\))?")
_SUBTOTAL = Pattern(r".{0,8}小计")
# 优, or with its label in one cell: 等级：优, （自评等级）优.
_GRADE = Pattern(
    rf"(?:\(?(?:自评|评价|绩效)*(?:等级|等次|结果)(?:[:：]|\)[:：]?))?[“\"]?({GRADE})[”\"]?(?:级|等级)?"
)
_NOTHING = frozenset({"", "无"})
_PERCENT = Pattern(r"[%％]|百分比")
_NAMED = ("level1", "level2", "name")
_COLUMN = itemgetter(1)
_LONGEST_FIGURE = 12
_NUMBERS = ("weight", "score", "recheck_score", "final_recheck_score")


@dataclass(slots=True)
class Total:
    """The 总分 row."""

    weight: Cell | None = None
    score: Cell | None = None
    recheck: Cell | None = None
    grade: Cell | None = None
    note: Cell | None = None  # what the column for reasons says of the form as a whole
    below: Sentence | None = None  # what its first cell says of signatures and dates


class _Layout:
    """What follows from a heading for every row below it."""

    def __init__(self, heading: Columns) -> None:
        self.heading = heading
        self.levels = {role: heading[role] for role in ("level1", "level2") if role in heading}
        # The heading whose column holds the names.
        self.left = next(
            (heading[role] for role in ("name", "level2", "level1") if role in heading),
            None,
        ) or min(heading.values(), key=_COLUMN)
        self.last = max(cell.column for cell in heading.values())
        self.told = {role: head for role, head in heading.items() if role not in _NAMED}
        # Where a heading that covers levels and name together (评价内容) ends.
        stops = [cell.column for cell in self.told.values() if cell.column > self.left.column]
        self.stop = min(stops, default=self.left.end)
        # Both stand under one heading: 得分/分值.
        both = heading.get("score") is not None and heading.get("score") == heading.get("weight")
        self.in_one = ("score", "weight") if both else ()
        self.together = "name" in heading and not self.levels


class IndicatorReader:
    """Reads the rows below an indicator heading one by one."""

    def __init__(self, heading: Columns, notes: list[Note], rows: list[Indicator]) -> None:
        self.notes = notes
        self.rows = rows
        self.total: Total | None = None
        self.level1 = self.level2 = ""
        self.level1_weight: Decimal | None = None
        self.take_heading(heading)

    def take_heading(self, heading: Columns) -> None:
        """Go on under another heading."""
        self.heading = heading
        self._layout = _Layout(heading)

    def read(self, line: Line) -> bool:
        """Take a row; False when it no longer belongs to the indicators."""
        filled = line.filled
        if not filled:
            return True
        if self.read_total(line):
            return False
        first = unnumbered(bare(filled[0].text))
        if len(filled[0].text) <= 40 and CLOSING.fullmatch(first) and not self._is_level(filled[0]):
            return False
        if _SUBTOTAL.fullmatch(first):
            return True
        if self.read_level(line):
            return True
        name = self._name_cell(line)
        # Below headings that hang down stands the rest of the heading: （A）|（B）.
        if name is not None and name == self._layout.left and name.row != line.number:
            return True
        # Text that lies over the name and everything to its right speaks of the whole form.
        over = name or covering(line, self._layout.left)
        if over is not None and over.column < self._layout.last < over.end and over.row == line.number:
            return False
        if name is not None and name.row == line.number and self._over_levels(name):
            self.level1, self.level2, self.level1_weight = "", "", None
        self._levels(line, name)
        for own, named in several.apart(line, name, list(self._layout.told.values()), self.notes):
            self._row(own, named)
        return True

    def read_level(self, line: Line) -> bool:
        """Take a row that names the level of those below it; it may stand above the headings, too."""
        filled = line.filled
        if len(filled) != 1 or not self._heads_a_level(filled[0]):
            return False
        self.level1, self.level1_weight = level_name(unnumbered(squash(filled[0].text)))
        self.level2 = ""
        return True

    def read_total(self, line: Line) -> bool:
        """Take the 总分 row; remarks may stand between it and the indicators."""
        first = next(iter(line.filled), None)
        if self.total is not None or first is None or not is_total(first.text):
            return False
        self.total = self._total(line, first)
        return True

    def _row(self, line: Line, name: GridCell | None) -> None:
        said = joined(name.text) if name else ""
        text = clean(_PREFIX.sub("", said, count=1))
        fields: dict[str, Cell] = {}
        taken = {id(name)} if name else set()
        for role, head in self._layout.told.items():
            cell = _noted(line, head) if role == "deviation_note" else covering(line, head)
            # One cell merged over two columns fills the left one only.
            if cell is not None and (id(cell) in taken or (cell.column < head.column and cell is name)):
                cell = None
            if cell is not None:
                taken.add(id(cell))
            if role in self._layout.in_one:
                continue
            if role in _NUMBERS:
                fields[role] = points_cell(line, cell, head, self.notes)
            else:
                fields[role] = value_cell(line, cell, head.column)
        if self._layout.in_one:
            fields |= self._both(line)
        left = line.place(self._layout.left.column)
        without = Cell("", None, left)  # the form has no such column
        target, actual = fields.pop("target", without), fields.pop("actual", without)
        target = fields.pop("adjusted_target", None) or target
        fields["recheck_score"] = fields.pop("final_recheck_score", None) or fields.get("recheck_score")
        if "weight" not in fields and (printed := _PRINTED.search(text)):
            # A form without a column of weights prints them behind the names: 演出场次（15分）.
            fields["weight"] = Cell(printed[1], Decimal(printed[1]), left)
        if "score" in fields and (split := split_remark(fields["score"].text))[1]:
            fields["score"] = fields["score"]._replace(text=split[0])
            if not fields.get("deviation_note"):
                fields["deviation_note"] = fields["score"]._replace(text=split[1], number=None)
        nature, unit = fields.pop("nature", None), fields.pop("unit", None)
        if unit is not None and _PERCENT.search(unit.text):
            target, actual = _fraction(target), _fraction(actual)
        # Platforms print 0 points in a row that is not used.
        scored = any((cell := fields.get(role)) and cell.number != 0 for role in _NUMBERS)
        if text in _NOTHING and not scored and target.text in _NOTHING and actual.text in _NOTHING:
            return
        self.rows.append(
            Indicator(
                level1=self.level1,
                level2=self.level2,
                # A row that is numbered and not named (the cover's 指标1：) keeps its number.
                name=text or said.rstrip(":："),
                at=left if line.addressed else line.at,
                target=target,
                actual=actual,
                nature=nature.text if nature else "",
                unit=unit.text if unit else "",
                level1_weight=self.level1_weight,
                **fields,
            )
        )

    def _both(self, line: Line) -> dict[str, Cell]:
        """Score and weight that stand in one cell; what is no pair of figures is the score's to explain."""
        head = self.heading["score"]
        cell = covering(line, head)
        pair = points_pairs.split(line, cell, head)
        return pair if pair else {"score": points_cell(line, cell, head, self.notes)}

    def _between(self, line: Line) -> list[GridCell]:
        """The cells under a heading that covers levels and name together."""
        layout = self._layout
        return [cell for cell in line.cells if layout.left.column <= cell[1] < layout.stop]

    def _name_cell(self, line: Line) -> GridCell | None:
        layout = self._layout
        if layout.together:
            between = self._between(line)
            return between[-1] if between else None
        cell = covering(line, layout.left)
        # A level name merged over its own and the name column is still a level name.
        if cell is not None and cell.column < layout.left.column and cell.row != line.number:
            return None
        return cell

    def _levels(self, line: Line, name: GridCell | None) -> None:
        if levels := self._layout.levels:
            above = {role: covering(line, head) for role, head in levels.items()}
            first, second = above.get("level1"), above.get("level2")
            second = None if second is first or second is name else second
            first = None if first is name else first
        else:
            between = [cell for cell in self._between(line) if cell is not name]
            first = between[-2] if len(between) > 1 else None
            second = between[-1] if between else None
        if first is not None and clean(first.text):
            label, weight = level_name(first.text)
            if label != self.level1 or first.row == line.number:
                self.level1, self.level1_weight = label, weight
                if second is None or not clean(second.text):
                    self.level2 = ""
        if second is not None and clean(second.text):
            self.level2 = level_name(second.text)[0]

    def _over_levels(self, name: GridCell) -> bool:
        """Whether a name lies over the columns of both levels: 预算执行率（10分） between the indicators is of neither."""
        levels = self._layout.levels
        return len(levels) == 2 and all(name.column <= head.column < name.end for head in levels.values())

    def _heads_a_level(self, cell: GridCell) -> bool:
        """一、产出指标（50分） in a row of its own over the rows of that level, in a form without a column for it."""
        over = cell.column <= self._layout.left.column and cell.end > self._layout.last
        return over and "level1" not in self.heading and names_level(cell.text)

    def _is_level(self, cell: GridCell) -> bool:
        return any(
            cell.column <= self.heading[role].column < cell.end for role in _NAMED if role in self.heading
        ) and squash(cell.text).endswith("指标")

    def _total(self, line: Line, label: GridCell) -> Total:
        total = Total()
        label_text, below = total_label(label.text)
        if below:
            total.below = Sentence(below, line.place(label.column))
        rest = [cell for cell in line.filled if cell is not label]
        for cell in rest:
            match = _GRADE.fullmatch(squash(cell.text))
            if named := match[1] if match else ticked_grade(cell.text):
                total.grade = Cell(named, None, line.place(cell.column))
        noted = _noted(line, self.heading["deviation_note"]) if "deviation_note" in self.heading else None
        if noted in rest and len(noted.text) > _LONGEST_FIGURE:
            total.note = value_cell(line, noted, noted.column)
            rest.remove(noted)
        numbers = [cell for cell in rest if any(c.isdigit() for c in cell.text)]
        if self._layout.in_one and covering(line, self.heading["score"]) in numbers:
            both = self._both(line)
            total.weight, total.score = both.get("weight"), both["score"]
            return total
        under = {
            role: cell
            for role in _NUMBERS[:2]
            if role in self.heading and (cell := covering(line, self.heading[role])) in numbers
        }
        total.recheck = self._rechecked(line, [cell for cell in numbers if cell not in under.values()])
        # Of two figures that have slipped a column (100 | 96 | 优), only one stands under its heading or under both.
        standing = len({id(cell) for cell in under.values()})
        if not (len(numbers) == 2 and standing == 1 and "recheck_score" not in self.heading):
            for role, cell in under.items():
                if cell not in numbers:
                    continue  # merged over both columns: it is the weight's
                numbers.remove(cell)
                setattr(total, role, self._figure(line, cell, self.heading[role]))
        # Where the total row is merged otherwise than the rows above, the figures stand in their usual order.
        if total.score is None and numbers:
            head = self.heading.get("score", label)
            if total.weight is None and len(numbers) > 1:
                total.weight = self._figure(line, numbers.pop(0), head)
            total.score = self._figure(line, numbers[0], head)
        inside = re.search(r"\d+(?:\.\d+)?", label_text)
        if total.score is None and inside and not rest:
            total.score = Cell(inside[0], Decimal(inside[0]), line.place(label.column))
        for role in _NUMBERS[:2]:
            if getattr(total, role) is None and role in self.heading:
                setattr(total, role, Cell("", None, line.place(self.heading[role].column)))
        return total

    def _rechecked(self, line: Line, numbers: list[GridCell]) -> Cell | None:
        """The total of the second look, that of the finance office first."""
        heads = [self.heading[role] for role in reversed(_NUMBERS[2:]) if role in self.heading]
        found = ((cell, head) for head in heads if (cell := covering(line, head)) in numbers)
        return next((self._figure(line, cell, head) for cell, head in found), None)

    def _figure(self, line: Line, cell: GridCell, head: GridCell) -> Cell:
        read = points_cell(line, cell, head, self.notes)
        return Cell(
            read.text.splitlines()[0].strip() if read.number is not None else read.text, read.number, read.at
        )


def _noted(line: Line, heading: GridCell) -> GridCell | None:
    """The first cell with words under a heading that covers several columns."""
    under = (cell for cell in line.cells if heading.column <= cell.column < heading.end and clean(cell.text))
    return next(under, None) or covering(line, heading)


def _fraction(cell: Cell) -> Cell:
    """A figure whose percent sign stands in the unit column says its fraction like any other percentage."""
    if cell.number is None or _PERCENT.search(cell.text):
        return cell
    return cell._replace(number=cell.number / 100)


def is_total(text: str) -> bool:
    """Whether a cell is the label of the 总分 row, alone or with the signatures written below it."""
    if not _TOTAL.search(text):
        return False
    label, _ = total_label(text)
    return 0 < len(label) <= 12 and TOTAL_ROW.match(label) is not None


def total_label(text: str) -> tuple[str, str]:
    """The label of a 总分 row and what of its cell belongs below the table: 填表人, 联系电话, 填报日期."""
    shown = clean(text)
    if len(shown) > 12 and (below := FOOTER.search(squash(shown))):
        # The pattern reads squashed text: count the same characters off the text as filed.
        kept = below.start()
        for at, character in enumerate(shown):
            if kept == 0 and squash(character):
                return bare(shown[:at]), shown[at:]
            kept -= len(squash(character))
    return bare(shown), ""


def names_level(text: str) -> bool:
    """Whether a text alone in its line names a level of indicators: 一、产出指标（50分）."""
    said = squash(text)
    return _LEVEL_ROW.fullmatch(said) is not None and _ALL_LEVELS.fullmatch(said) is None


@lru_cache(maxsize=4096)
def level_name(text: str) -> tuple[str, Decimal | None]:
    """("产出指标", 50) for "产出指标\\n(50分)"; remarks in brackets are left out."""
    name = _REMARK.sub("", "".join(clean(text).split()))
    match = _LEVEL.fullmatch(name)
    if match and match[1]:
        return match[1].rstrip(":："), Decimal(match[2])
    return name.rstrip(":："), None
