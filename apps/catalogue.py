"""`selfeval rules list` and docs/rules.md: the catalogue as the program applies it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from apps.terminal import wrapped
from selfeval.rules import CATALOGUE, VERSION

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"

SECTIONS = {
    "A": "身份、完整性和签章",
    "B": "资金",
    "C": "指标",
    "D": "得分和等级",
    "E": "偏差说明",
    "G": "基础数据和三公经费",
    "R": "自评报告文字",
    "X": "表间、单位间和年度间",
}


def listing() -> tuple[list[dict[str, str]], str]:
    """The catalogue as data and as text."""
    data = [
        {
            "code": rule.code,
            "severity": rule.severity.value,
            "section": SECTIONS[rule.code[0]],
            "sentence": rule.sentence,
            "source": rule.source,
        }
        for rule in CATALOGUE
    ]
    lines = []
    for letter, rules in _by_section():
        lines += ["", f"【{letter} {SECTIONS[letter]}】"]
        for rule in rules:
            lines.append(wrapped(rule.sentence, f"{rule.code} {rule.severity.label} "))
            lines.append(wrapped(rule.source, "         出处："))
    return data, "\n".join([*lines, "", f"共 {len(CATALOGUE)} 条，规则集版本 {VERSION}"]).lstrip("\n")


def page() -> str:
    """The catalogue as a page of the documentation."""
    lines = [
        "# 审核规则",
        "",
        "本页由 `make docs` 按程序中的规则生成，不要手工修改。加规则的办法见[怎样扩充](extending.md)。",
        "",
        "- **错误**：两个数不能同时成立，或者一个数不符合自己的算式，材料退回。",
        "- **疑点**：不符合填报要求，由人判断，材料照常通过。",
        "- **提示**：文字和格式。",
        "- **说明**：看似有误，经核对一致，列出核对过程。",
        "",
        "级别是一条规则的最高级别；差额能用四舍五入、结转、单位换算等解释的，规则自己降级。没有数据的，不提问题。",
        "依据不明的界限都在政策文件里，用 `selfeval policy show 名称` 查看。",
    ]
    for letter, rules in _by_section():
        lines += [
            "",
            f"## {letter} {SECTIONS[letter]}",
            "",
            "| 编号 | 级别 | 规则 | 出处 |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| {r.code} | {r.severity.label} | {_cell(r.sentence)} | {_cell(r.source)} |" for r in rules
        ]
    return "\n".join([*lines, "", f"共 {len(CATALOGUE)} 条，规则集版本 {VERSION}。", ""])


def _by_section() -> list[tuple[str, list[Any]]]:
    return [(letter, list(rules)) for letter, rules in groupby(CATALOGUE, key=lambda rule: rule.code[0])]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
