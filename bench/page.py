"""Draw what stands in bench/results as a page: docs/measured.html, run by hand after a benchmark.

    python -m bench.page

One chart of all measures with a goal, each as a multiple of it, so that one line in the middle is every goal;
then a table of every measure. Met and missed differ by fill and by word, not by colour.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bench.measure import RESULTS

PAGE = Path(__file__).parent.parent / "docs" / "measured.html"
_NAMES = {
    "check": "读取和审核一份材料",
    "fuzz": "损坏的文件",
    "mail": "发送邮件",
    "mail_faults": "发送进程被随机中断",
    "intake_faults": "收取进程被随机中断",
    "rollup": "汇总",
    "papers": "汇总工作簿",
    "publish": "公开网站",
    "scale": "从审核到看板的整个过程",
    "deadline": "截止日：四成单位赶在截止前报送，同时催报、审核、发信",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a measure should be: at most `value`, or at least when `more`; `says` is its Chinese name.

    It is a goal for so many `units` and says nothing when fewer were measured.
    """

    bench: str
    measure: str
    value: float
    says: str
    more: bool = False
    units: int = 0


GOALS = (
    Goal("check", "docx_over_floor", 3, "读 Word 是最快读法的几倍"),
    Goal("check", "xlsx_over_floor", 3, "读 Excel 是最快读法的几倍"),
    Goal("check", "speedup_over_walk", 10, "比逐格读取快几倍", more=True),
    Goal("check", "cold_over_imports", 2, "冷启动是导入耗时的几倍"),
    Goal("mail", "over_bare_loop", 1.25, "发信是裸循环的几倍"),
    Goal("scale", "over_plain", 1.15, "流程是普通函数的几倍", units=1_000),
    Goal("scale", "two_process_speedup", 1.7, "两个进程比一个快几倍", more=True, units=1_000),
    Goal("scale", "speedup_over_script", 10, "比管理员自写脚本快几倍", more=True, units=1_000),
    Goal("scale", "speedup_over_task_per_unit", 3, "比每家一个任务快几倍", more=True, units=1_000),
    Goal("scale", "exponent", 1.1, "耗时随单位数增长的指数", units=1_000),
    Goal("scale", "memory_growth", 1.5, "单位数增十倍，内存是几倍", units=10_000),
    Goal("scale", "idle_poll_processor_seconds", 0.5, "空跑一次收取的处理器秒数", units=10_000),
    Goal("scale", "board_seconds", 2, "刷新看板的秒数", units=10_000),
)
_WIDTH, _LEFT, _RIGHT, _ROW = 940, 280, 220, 34
_DECADES = 1.5  # either side of the goal


def charted(results: dict[str, dict]) -> Iterator[tuple[Goal, float, str]]:
    """Every goal that was measured, what was measured, and the verdict in words."""
    for goal in GOALS:
        measures = results.get(goal.bench, {}).get("measures", {})
        if goal.measure not in measures:
            continue
        found, units = measures[goal.measure], measures.get("units", 0)
        if units < goal.units:
            yield goal, found, f"只测到 {units} 家"
        else:
            yield goal, found, "达到" if met(goal, found) else "未达到"


def met(goal: Goal, found: float) -> bool:
    return found >= goal.value if goal.more else found <= goal.value


def chart(rows: list[tuple[Goal, float, str]]) -> str:
    """The chart as SVG: a bar from the goal to the right is better than it, to the left worse."""
    half = (_WIDTH - _LEFT - _RIGHT) / 2
    middle, height = _LEFT + half, _ROW * len(rows) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="各项指标与目标之比">',
        '<defs><pattern id="missed" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path d="M0 0V7" stroke="#111" stroke-width="3"/></pattern></defs>',
        f'<text x="{middle}" y="16" text-anchor="middle">目标</text>',
        f'<text x="{_LEFT}" y="16">← 差</text><text x="{_WIDTH - _RIGHT}" y="16" text-anchor="end">好 →</text>',
    ]
    for number, (goal, found, verdict) in enumerate(rows):
        y = 30 + number * _ROW
        better = (
            math.log10(found / goal.value if goal.more else goal.value / found) if found > 0 else _DECADES
        )
        length = max(min(better / _DECADES, 1), -1) * half
        fill = "url(#missed)" if verdict == "未达到" else "#fff"
        if verdict.startswith("只"):
            length = 0
        sign = "≥" if goal.more else "≤"
        parts += [
            f'<text x="{_LEFT - 10}" y="{y + 18}" text-anchor="end">{escape(goal.says)}</text>',
            f'<rect x="{middle + min(length, 0):.1f}" y="{y + 4}" width="{max(abs(length), 1):.1f}" height="{_ROW - 14}" '
            f'fill="{fill}" stroke="#111" stroke-width="1.5"/>',
            f'<text x="{_WIDTH - _RIGHT + 10}" y="{y + 18}">{found:g}（{sign}{goal.value:g}）{verdict}</text>',
        ]
    parts.append(
        f'<path d="M{middle} 24V{height - 6}" stroke="#111" stroke-width="2" stroke-dasharray="5 3"/></svg>'
    )
    return "\n".join(parts)


def page(results: dict[str, dict]) -> str:
    """The whole page."""
    sections = []
    for name, result in results.items():
        machine = "，".join(escape(str(value)) for value in result["machine"].values())
        rows = "".join(
            f"<tr><td><code>{escape(key)}</code></td><td>{escape(f'{value:g}' if isinstance(value, float) else str(value))}</td></tr>"
            for key, value in result["measures"].items()
        )
        sections.append(
            f"<h2>{escape(_NAMES.get(name, name))}</h2><p><code>bench/{escape(name)}.py</code>，测于 {escape(result['taken'])}"
            f"（Python {machine}）</p><table><tr><th>指标</th><th>测得</th></tr>{rows}</table>"
        )
    return f"""<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>实测</title>
<style>
body {{ font: 16px/1.6 sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #111 }}
svg {{ width: 100%; height: auto; font: 14px sans-serif }}
table {{ border-collapse: collapse }} td, th {{ border: 1px solid #999; padding: .1rem .6rem; text-align: left }}
td + td {{ text-align: right }} code {{ overflow-wrap: anywhere }}
</style>
<h1>实测</h1>
<p>数字出自 <code>make bench</code>，本页由 <code>python -m bench.page</code> 画成。横条从目标线向右是比目标好，向左是比目标差；
差的画斜线并写“未达到”；目标所说的单位数还没有测到的，不画横条。刻度是对数的，两端各为目标的约三十倍。</p>
{chart(list(charted(results)))}
{"".join(sections)}
</html>
"""


def main() -> None:
    results = {
        file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(RESULTS.glob("*.json"))
    }
    PAGE.write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
