"""Tables for the terminal: what is read as one word is never broken."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from apps.offline import table

HEAD = ("部门", "计入/应报", "年初预算数", "全年预算数", "全年执行数", "执行率", "平均得分", "首次公开")
ROWS = [
    ("云溪县自然资源和规划局", "5/5", "17,006.80", "17,189.34", "7,103.64", "98.81%", "95.37", "—"),
    ("合计", "10/12", "110,531.60", "10,792.53", "10,523.33", "97.51%", "94.58", "2026-06-25 09:00"),
]


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_figures_and_dates_stay_on_one_line_at_any_width(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = table(HEAD, ROWS, "合计")
    assert all(cell in shown for row in ROWS for cell in row[1:]) and "合计" in shown
    lines = shown.splitlines()[1:]
    assert len({cell_len(line) for line in lines}) == 1
    assert all(cell_len(line) <= max(width, 90) for line in lines)


def test_long_words_are_folded_and_nothing_is_lost(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    address = "yusuan.jixiao.guanli@caizhengju.example"
    shown = table(("编码", "电子邮箱"), [("101001", address)], "名单")
    assert "101001" in shown and address not in shown
    joined = "".join(line.split("│")[2].strip() for line in shown.splitlines() if line.startswith("│"))
    assert joined == address
