"""A heading in several rows: what the words below a wide heading cell say about its columns.

指标值 over 运算符号 | 内容 | 度量单位, 三级指标 over 名称 | 权重, 评价指标 over 一级指标 | 二级指标 | 三级指标.
"""

from __future__ import annotations

from documents.grid import GridCell, Line
from documents.headers import Columns, indicator_fields
from selfeval.labels import PLAIN_COLUMN, bare

_LONGEST = 20
# The weight beside a level is not that of the indicators below it.
_LEVELS = ("level1", "level2")


def refined(heading: Columns, line: Line) -> Columns | None:
    """The columns of a heading together with the row of sub-headings below it; None when it is no such row."""
    own = [cell for cell in line.own if cell.text]
    if len(own) > 1 and all(_is_plain(cell) for cell in own):
        return dict(heading)  # 一级指标 | 二级指标 over 名称 | 名称 says nothing more
    below = {
        role: [cell for cell in line.own if head.column <= cell.column < head.end]
        for role, head in heading.items()
        if head.columns > 1
    }
    subs = {id(cell): cell for cells in below.values() for cell in cells if cell.text}
    if not subs or any(id(cell) not in subs for cell in line.filled):
        return None
    named = {key: _field(cell) for key, cell in subs.items()}
    if any(len(cell.text) > _LONGEST or any(c.isdigit() for c in cell.text) for cell in subs.values()):
        return None
    if not any(named.values()) and not any(_is_plain(cell) for cell in subs.values()):
        return None
    found = dict(heading)
    for role, cells in below.items():
        own = [cell for cell in cells if cell.text]
        plain = [cell for cell in own if named[id(cell)] in (None, role)]
        # A note may stand under any of its sub-headings (经费保障 | 制度保障 | 其他).
        if plain and role != "deviation_note":
            # Of several that name it the clearest one counts: 单项指标得分 beside 折算得分.
            found[role] = max(
                plain, key=lambda cell, role=role: dict(indicator_fields(cell.text)).get(role, 0)
            )
        for cell in own:
            field = named[id(cell)]
            if field is None or field == role:
                continue
            if role in _LEVELS and field in ("weight", "score"):
                continue
            found[field] = cell
    return found


def _field(cell: GridCell) -> str | None:
    """The field that a sub-heading names; None for 名称 and 内容, which go on with the heading above."""
    fields = indicator_fields(cell.text)
    if _is_plain(cell) or not fields:
        return None
    return max(fields, key=lambda field: field[1])[0]


def _is_plain(cell: GridCell) -> bool:
    return PLAIN_COLUMN.fullmatch(bare(cell.text)) is not None
