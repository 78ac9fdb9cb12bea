"""A printed form as a value: boxes with spans on a grid, so that Word and Excel show the same paper.

What a form asks for lives in blanks.py, how it is drawn in paper_word.py and paper_excel.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto


class Kind(Enum):
    """What a box is for. Everything but LABEL, ITEM and UNSCORED waits for the unit's entry."""

    LABEL = auto()  # a heading, centred
    ITEM = auto()  # the name of a row, left
    UNSCORED = auto()  # “——”: this line earns no points
    TEXT = auto()
    COUNT = auto()
    AMOUNT = auto()  # 万元
    RATE = auto()  # percent
    POINTS = auto()  # the weight of a line
    SCORE = auto()  # points earned; the TOTAL adds all of them
    TOTAL = auto()

    @property
    def printed(self) -> bool:
        return self in (Kind.LABEL, Kind.ITEM, Kind.UNSCORED)


@dataclass(frozen=True, slots=True)
class Box:
    """One box over `span` columns and `down` rows; `indent` in characters.

    `number`: the text as a value that a workbook can add up, None where it is no number.
    """

    kind: Kind
    text: str = ""
    span: int = 1
    down: int = 1
    indent: int = 0
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes from left to right without those that an earlier row covers; height in points.

    `keep`: on the same page as the next row, where the rows that hang together fit on one.
    """

    boxes: tuple[Box, ...]
    height: float
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """One form. `widths` are relative column widths; `repeat` is the index of the row repeated on new pages."""

    annex: str
    title: str
    name: str  # short, names the Excel sheet
    reference: str  # right of the annex number: the budget code
    line: tuple[str, str]  # left and right of the line above the table
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    repeat: int | None = None

    def grid(self) -> Iterator[list[tuple[int, Box, bool]]]:
        """Per row the boxes with their 0-based column; True marks the continuation of a box from above.

        Raises ValueError when a row does not fill the grid exactly.
        """
        covered: dict[int, tuple[Box, int]] = {}
        for number, row in enumerate(self.rows):
            placed, column, boxes = [], 0, iter(row.boxes)
            while column < len(self.widths):
                box, left = covered.get(column, (None, 0))
                continued = left > 0
                if not continued:
                    box = next(boxes, None)
                    if box is None:
                        break
                    left = box.down
                placed.append((column, box, continued))
                covered[column] = (box, left - 1)
                column += box.span
            if column != len(self.widths) or next(boxes, None) is not None:
                raise ValueError(f"{self.title}: row {number} does not fill {len(self.widths)} columns")
            yield placed
