"""R: a number of departments or bodies beside the names that the sentence lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selfeval.filing import Filing, FormKind
from selfeval.findings import Severity
from selfeval.numerals import number_of
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, filing_rule

# 内设机构8个，分别为…; 直属事业单位3个，即…; 下设6个科室：…
_COUNTED = Pattern(
    r"(?<![\d第.])(?P<count>\d{1,2}|[二三四五六七八九十]{1,3})个(?P<kind>[\u4e00-\u9fff]{0,12}?)"
    r"(?:,?(?:分别|依次)?(?:即|为|是)[:,]?|,?(?:具体)?(?:包括|包含)[:,]?|:)(?P<list>[^,;:。\d]{8,400})(?P<end>[,;。]|$)"
)
# What a body is called ends so; a name that is cut at its own 、 mostly does not.
_BODY = Pattern(
    "(?:办公室|科|股|室|处|中心|局|所|站|队|院|馆|厅|委|部|组|司|学校|小学|中学|幼儿园|公司|场|台|社|办|本级|机关)$"
)
_BRACKETS = Pattern(r"\([^()]*\)")
_AND = Pattern("[和及与]")
_OPEN = Pattern("等|其中|之一|若干|主要|以及")
_FEWEST = 3


@filing_rule("R17", Severity.WARNING, "自评报告编写要求")
def as_many_names_as_counted(filing: Filing, context: Context) -> Iterator[Problem]:
    """列举的机构、单位名称的个数应与所写的个数一致。"""
    told: set[str] = set()
    for passage in context.passages:
        if passage.form.kind is not FormKind.REPORT or "、" not in passage.text:
            continue
        for match in _COUNTED.finditer(_BRACKETS.sub("", passage.text)):
            names = _names(match)
            count = int(match["count"]) if match["count"].isdigit() else number_of(match["count"])
            if count is None or not names or match[0] in told:
                continue
            told.add(match[0])
            # 人事和教育股 is one, 财务科和人事科 are two: either reading will do.
            most = len(names) + sum(len(_AND.findall(name)) for name in names)
            if len(names) <= count <= most:
                continue
            yield Problem(
                passage.at,
                match["count"],
                str(len(names)),
                f"写明{match['count']}个{match['kind']}，列出 {len(names)} 个：{'、'.join(names)}",
                form=passage.form.id,
            )


def _names(match: re.Match[str]) -> list[str]:
    """The names of a closed list of bodies; [] where the list may go on or an item may be no name of its own."""
    said = match["list"]
    if match["end"] == "," or _OPEN.search(said) or _OPEN.search(match["kind"]):
        return []
    names = said.split("、")
    closed = len(names) >= _FEWEST and all(_BODY.search(name) and len(name) > 1 for name in names)
    return names if closed else []
