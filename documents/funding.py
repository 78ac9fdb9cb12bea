"""The funding block of a form: one line per source or purpose, as columns or as text ("基本支出：123.45")."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from documents import points_pairs
from documents.cells import amount_cell, clean, covering, points_cell, rate_cell
from documents.grid import GridCell, Line
from documents.headers import Columns
from selfeval.filing import Cell, FundingLine, FundingRole, Note
from selfeval.labels import FUNDING_ROWS, bare, squash
from selfeval.money import parse_in_unit, parse_number
from selfeval.pattern import Pattern

_AMOUNTS = ("initial_budget", "adjusted_budget", "executed")
_PART = Pattern(r"其中[-—:：]?")
_SPOKEN = Pattern(r"\s*((?:其中[:：]\s*)?[^:：\d]+?)\s*[:：]\s*([^:：]*)")
_COLON = Pattern("[:：]")
_NUMBERING = Pattern(r"^(?:[一二三四五六七八九十]+[、.．]|[(（]?\d+[)）、.．]|\d+、)")
# What the rows are divided by stands before the first of them: 1.资金来源：（1）政府预算资金.
_DIVISION = Pattern(
    r"^(?:\d[.、])?(?:资金来源|资金结构|支出结构|收入来源|按?资金性质分?|按?支出性质分?|按?收入(?:来源|性质)分?)[:：]"
)
# The same in a row of its own above the rows it divides: 一、按资金来源.
_DIVIDES = Pattern(r"按(?:资金|收入|支出).{2,6}[:：]?")
_OF_BASIC = Pattern(r"(?:[(（]?\d+[)）.、．])?(?:人员|(?:日常)?公用)(?:经费|支出|费用)")
# The row that numbers the columns.
_COLUMN_NUMBERS = Pattern("[列栏]次|栏目|甲")
_POINTS = Pattern(r"(\d+(?:\.\d+)?)分|\((\d+(?:\.\d+)?)%\)")

_SOURCES = frozenset(
    {
        FundingRole.GENERAL_BUDGET,
        FundingRole.FUND_BUDGET,
        FundingRole.STATE_CAPITAL,
        FundingRole.SPECIAL_ACCOUNT,
        FundingRole.OTHER_FUNDS,
        FundingRole.CARRY_OVER,
        FundingRole.APPROPRIATION,
    }
)
_NATURES = frozenset({FundingRole.BASIC_EXPENDITURE, FundingRole.PROJECT_EXPENDITURE})
_OWN = frozenset({FundingRole.TOTAL, FundingRole.BY_SOURCE, FundingRole.BY_NATURE})


@dataclass(slots=True)
class FundingReader:
    """Reads the rows below a funding heading one by one. `unit` is the unit of the amounts."""

    heading: Columns
    heading_line: Line
    unit: str
    notes: list[Note]
    lines: list[FundingLine]
    previous: FundingLine | None = None
    _amounts: list[GridCell] = field(init=False)  # the headings of the amounts, from the left

    def __post_init__(self) -> None:
        heads = [cell for name, cell in self.heading.items() if name in _AMOUNTS]
        self._amounts = sorted(heads, key=lambda cell: cell.column)

    def read(self, line: Line) -> bool:
        """Take a row; False when it no longer belongs to the funding block."""
        spoken = self._spoken(line)
        if spoken is not None:
            self.lines.extend(spoken)
            return True
        if self._goes_on(line) or self._divides(line):
            return True
        label = self._label(line)
        if label is None:
            return False
        if _COLUMN_NUMBERS.fullmatch(bare(label.text)):
            return True
        cells = {name: _under(line, heading) for name, heading in self.heading.items()}
        amounts = [cell for name in _AMOUNTS if (cell := cells.get(name)) is not None]
        # Text that runs over several amount columns belongs to the next block.
        if len(amounts) > len({id(cell) for cell in amounts}):
            return False
        said = [text for cell in amounts if (text := clean(cell.text))]
        if (
            said
            and role_of(label.text) is None
            and all(parse_in_unit(text, self.unit) is None for text in said)
        ):
            return False
        self._add(line, label, cells)
        return True

    def _goes_on(self, line: Line) -> bool:
        """A second heading row (总额 | 其中：财政拨款) stands where the amounts will stand."""
        spans = [(head.column, head.end) for head in self._amounts]
        under = [cell for cell in line.filled for start, end in spans if start <= cell[1] < end]
        if line.number == self.heading_line.number + 1 and len(line.filled) > 1 and not under:
            under = line.filled
        return bool(under) and all(role_of(cell.text) for cell in under)

    def _divides(self, line: Line) -> bool:
        """A row over all columns that says only what the rows below are divided by is their heading, without amounts."""
        said = [cell for cell in line.own if clean(cell.text)]
        if len(said) != 1 or not _DIVIDES.fullmatch(_NUMBERING.sub("", bare(said[0].text))):
            return False
        head, role = said[0], role_of(said[0].text)
        # Beside blank amounts it is a row like every other.
        if not any(head.column < amount.end and amount.column < head.end for amount in self._amounts):
            return False
        if role not in (FundingRole.BY_SOURCE, FundingRole.BY_NATURE):
            return False
        label, at = _name(head.text), line.place(head.column)
        self.previous = FundingLine(label=label, role=role, at=at, part_of=None)
        self.lines.append(self.previous)
        return True

    def _add(self, line: Line, label: GridCell, cells: dict[str, GridCell | None]) -> None:
        text = _name(label.text)
        role = role_of(text) or FundingRole.OTHER
        if role is FundingRole.TOTAL and all(line.role is not role for line in self.lines):
            # 中央资金, 省级资金, 合计: a total below its parts.
            self.lines[:] = [
                part if part.part_of or part.role in _OWN else replace(part, part_of=role)
                for part in self.lines
            ]
        fields: dict[str, Cell] = {}
        for name, heading in self.heading.items():
            if name in _AMOUNTS:
                fields[name] = amount_cell(line, cells[name], heading, self.unit, self.notes)
            elif name == "execution_rate":
                fields[name] = rate_cell(line, cells[name], heading, self.notes)
            elif pair := points_pairs.split(line, cells[name], heading):
                fields[name] = pair[name]
            else:
                fields[name] = points_cell(line, cells[name], heading, self.notes)
        if "weight" not in fields and (weight := self._printed_weight(line, label, role)):
            fields["weight"] = weight
        entry = FundingLine(
            label=text, role=role, at=line.at, part_of=self._whole(text, role, None), **fields
        )
        self.previous = settle_rate(entry)
        self.lines.append(self.previous)

    def _label(self, line: Line) -> GridCell | None:
        """The cell that names the row: left of the amounts, or beside the amount under a wide heading.

        A cell that hangs down from the block's heading names no row.
        """
        inside = self._amounts[0]
        left = [cell for cell in line.filled if cell.column < inside.column and clean(cell.text)]
        known = [cell for cell in left if role_of(cell.text)]
        if known:
            return known[-1]
        worded = [cell for cell in left if parse_in_unit(cell.text, self.unit) is None]
        if not worded and left and role_of(inside.text):
            # Under 中央 | 省级 | 合计 | 执行数 the row has no name of its own: it is what its column says.
            return left[0]._replace(text=bare(inside.text))
        if left:
            return (worded or left)[0]
        within = [cell for cell in line.filled if inside.column <= cell.column < inside.end]
        return within[0] if len(within) == 2 and parse_in_unit(within[0].text, self.unit) is None else None

    def _spoken(self, line: Line) -> list[FundingLine] | None:
        """The lines of a two-column text row, None when the row is not one.

        Such a label lies over the amount columns, or carries its amount inside while they stay blank.
        """
        # A row with a figure in a cell of its own has its amounts in columns.
        if any(parse_number(cell.text) is not None for cell in line.filled):
            return None
        found: list[FundingLine] = []
        amounts = self._amounts
        for cell in line.filled:
            match = _SPOKEN.fullmatch(clean(cell.text)) if _COLON.search(cell.text) else None
            role = role_of(match[1]) if match else None
            if match is None or role is None:
                continue
            over = any(cell.column < heading.end and heading.column < cell.end for heading in amounts)
            empty = all(
                (under := covering(line, heading)) is None or not clean(under.text) or _is_spoken(under.text)
                for heading in amounts
            )
            if not over and not (match[2] and empty):
                continue
            label = _name(match[1])
            at = line.place(cell.column)
            said = clean(match[2])
            number = parse_in_unit(said, self.unit) if said else None
            if said and number is None:
                self.notes.append(
                    Note(
                        at=at,
                        found=said,
                        expected=f"金额（{self.unit}）",
                        message=f"“{label}”后应填金额，填的是“{said[:40]}”，不能作为数值读取。",
                    )
                )
            beside = FundingRole.BY_NATURE if role in _NATURES else FundingRole.BY_SOURCE
            found.append(
                FundingLine(
                    label=label,
                    role=role,
                    at=at,
                    part_of=self._whole(label, role, beside),
                    amount=Cell(said, number, at),
                )
            )
        return found or None

    def _whole(self, label: str, role: FundingRole, beside: FundingRole | None) -> FundingRole | None:
        """The role of the line that this one is a part of."""
        if role in _OWN:
            return None
        seen = {line.role for line in self.lines}
        if beside is not None:
            return beside
        if role in _NATURES:
            return FundingRole.BY_NATURE if FundingRole.BY_NATURE in seen else FundingRole.TOTAL
        if role in _SOURCES and FundingRole.BY_SOURCE in seen:
            return FundingRole.BY_SOURCE
        if _PART.match(squash(label)) and self.previous is not None:
            # 其中 opens the parts of the line above; below an unknown part it goes on with that one's siblings.
            above = self.previous
            whole = above.part_of if above.role is FundingRole.OTHER and above.part_of else above.role
            # What is left of last year's money is no part of this year's.
            last_years = role is FundingRole.CARRY_OVER and whole is FundingRole.APPROPRIATION
            return FundingRole.TOTAL if last_years and FundingRole.TOTAL in seen else whole
        if role is FundingRole.OTHER and self.previous is not None:
            # 其中：基本支出, 人员经费, 公用经费, 项目支出: what basic expenditure is made of stands below it unmarked.
            if self.previous.role is FundingRole.BASIC_EXPENDITURE and _OF_BASIC.match(bare(label)):
                return FundingRole.BASIC_EXPENDITURE
            return self.previous.part_of or (FundingRole.TOTAL if FundingRole.TOTAL in seen else None)
        return FundingRole.TOTAL if FundingRole.TOTAL in seen else None

    def _printed_weight(self, line: Line, label: GridCell, role: FundingRole) -> Cell | None:
        """Forms without a weight column print it in a label: 年度资金总额（10分）, 预算执行情况（20分）, 得分（20分*执行率）."""
        places = [(line, label)]
        if role is FundingRole.TOTAL:
            places += [(self.heading_line, cell) for cell in self.heading_line.cells]
            places += [(line, cell) for cell in line.cells if cell.column < label.column]
        for where, cell in places:
            match = _POINTS.search(squash(cell.text)) if len(cell.text) <= 40 else None
            if match:
                points = match[1] or match[2]
                return Cell(points, Decimal(points), where.place_of(cell))
        return None


def settle_rate(line: FundingLine) -> FundingLine:
    """A rate without a percent sign (100, 1, 79.27) as the fraction that its own line makes likely.

    With amounts, the reading nearer to executed/budget counts; without, figures above 2 are percentages.
    """
    rate = line.execution_rate
    if rate is None or rate.number is None or "%" in squash(rate.text):
        return line
    as_percent = rate.number / 100
    spent = line.executed.number if line.executed else None
    budgets = [c.number for c in (line.adjusted_budget, line.initial_budget) if c and c.number]
    if spent is not None and budgets:
        true = [spent / budget for budget in budgets]
        far = min(abs(rate.number - value) for value in true)
        number = as_percent if min(abs(as_percent - value) for value in true) < far else rate.number
    else:
        number = as_percent if rate.number > 2 else rate.number
    return replace(line, execution_rate=rate._replace(number=number))


def _is_spoken(text: str) -> bool:
    """Whether a cell says label and amount itself: 其中：基本支出：1420.30 beside 其中：一般公共预算：2600.15."""
    match = _SPOKEN.fullmatch(clean(text))
    return match is not None and role_of(match[1]) is not None


def _under(line: Line, heading: GridCell) -> GridCell | None:
    """The cell under a heading; under a wide one that holds label and amount (预算数：| 400), the amount."""
    if heading.columns == 1:
        return covering(line, heading)
    under = [cell for cell in line.filled if heading.column <= cell.column < heading.end]
    if len(under) == 2 and not any(c.isdigit() for c in under[0].text):
        return under[1]
    return covering(line, heading)


@lru_cache(maxsize=8192)
def role_of(text: str) -> FundingRole | None:
    """What a row's label means, None when it is none of the known."""
    label = _NUMBERING.sub("", _PART.sub("", _DIVISION.sub("", bare(text))))
    return next((role for role, _ in FUNDING_ROWS.named(label)), None)


def _name(text: str) -> str:
    return squash_label(text).rstrip(":：")


def squash_label(text: str) -> str:
    """A row label as filed without line breaks and padding."""
    return "".join(clean(text).split())
