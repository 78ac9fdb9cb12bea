"""Write roster.xlsx, examiners.xlsx and filings/ from the data in county/; run by hand after a change of the data.

    python -m examples.make_examples

first/ holds what arrives in time: a folder per unit, or a file that carries the identity mark; late/ what
arrives after the due day; corrected/ the second version of a filing that came back. In first/ lies one file
that belongs to nobody.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from examples import forms, layout, office
from examples.report import report
from selfeval.examiners import COLUMNS as EXAMINER_COLUMNS
from selfeval.filing import Identity
from selfeval.roster import COLUMNS

HERE = Path(__file__).parent
YEAR = 2025
ROSTER_MADE = date(2026, 2, 24)
_WIDTHS = (12, 30, 12, 18, 10, 36, 18, 8, 40)
_EXAMINER_WIDTHS = (16, 16, 16, 12, 36, 8)


def build() -> dict[str, bytes]:
    """Path below examples/ → content of every office file; the same on every run."""
    units = {unit["code"]: unit for unit in load(HERE / "county" / "roster.toml")["units"]}
    files = {"roster.xlsx": office.table("预算单位名录", _roster_rows(units), _WIDTHS, ROSTER_MADE)}
    examiners = load(HERE / "county" / "examiners.toml")["examiners"]
    files["examiners.xlsx"] = office.table(
        "审核人名单", [EXAMINER_COLUMNS.values(), *examiners], _EXAMINER_WIDTHS, ROSTER_MADE
    )
    for path in sorted((HERE / "county").glob("[0-9]*.toml")):
        data = load(path)
        unit = units[data["code"]]
        department = units[unit.get("department", unit["code"])]["name"]
        files |= filed(data, forms.compute(data, unit, department, YEAR))
    files["filings/first/本周食堂菜单.xlsx"] = office.table(
        "菜单", _MENU, (10, 18, 18, 18), date(2026, 3, 30)
    )
    return files


def write() -> None:
    """Replace roster.xlsx, examiners.xlsx and filings/ by what build() gives."""
    shutil.rmtree(HERE / "filings", ignore_errors=True)
    for name, content in build().items():
        target = HERE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def load(path: Path) -> dict:
    """A data file; numbers with a point are Decimal."""
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _roster_rows(units: Mapping[str, Mapping]) -> Iterator[tuple[str, ...]]:
    yield tuple(COLUMNS.values())
    for unit in units.values():
        for name, email, phone in unit["contacts"]:
            row = {
                "code": unit["code"],
                "name": unit["name"],
                "tier": unit["tier"],
                "department_code": unit.get("department", ""),
                "contact": name,
                "email": email,
                "phone": phone,
                "status": unit.get("status", "正常"),
                "merged_into": unit.get("merged_into", ""),
                "secret": unit.get("secret", "否"),
                "remark": unit.get("remark", ""),
            }
            yield tuple(row[key] for key in COLUMNS)


def filed(data: Mapping, papers: forms.Papers) -> Iterator[tuple[str, bytes]]:
    """Every file that a unit sends, with its path below examples/."""
    slips = data.get("slips", ())
    where = "late" if data.get("late") else "first"
    yield from _versions(data, forms.with_slips(papers, slips), where, "")
    if "corrected" in data:
        yield from _versions(data, replace(papers, filed=data["corrected"]), "corrected", "（修改稿）")


def _versions(data: Mapping, papers: forms.Papers, where: str, suffix: str) -> Iterator[tuple[str, bytes]]:
    mark = Identity(papers.code, papers.year) if data.get("marked") else None
    folder = f"filings/{where}" if mark else f"filings/{where}/{papers.code}"
    stem = f"{papers.name}{papers.year}年度绩效自评"
    sheets = layout.sheets(papers)
    if data["files"] == "word":
        yield f"{folder}/{stem}材料{suffix}.docx", office.word(report(papers), sheets, papers.filed, mark)
    elif data["files"] == "excel":
        yield f"{folder}/{stem}表{suffix}.xlsx", office.excel(sheets, papers.filed, mark)
    else:
        yield f"{folder}/{stem}报告{suffix}.docx", office.word(report(papers), (), papers.filed, mark)
        yield f"{folder}/{stem}表{suffix}.xlsx", office.excel(sheets, papers.filed, mark)


_MENU = (
    ("星期", "早餐", "午餐", "晚餐"),
    ("星期一", "豆浆、花卷", "冬瓜烧肉、清炒时蔬", "番茄鸡蛋面"),
    ("星期二", "小米粥、包子", "萝卜炖牛腩、蒜蓉菜心", "香菇鸡丝粥"),
    ("星期三", "牛奶、馒头", "清蒸鲈鱼、凉拌黄瓜", "葱油拌面"),
    ("星期四", "绿豆粥、烧饼", "土豆烧鸡、炒豆芽", "酸汤水饺"),
    ("星期五", "豆腐脑、油条", "红烧茄子、木须肉", "杂粮饭、小炒"),
)

if __name__ == "__main__":
    write()
