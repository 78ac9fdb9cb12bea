"""G: base data and 三公, as the report tells of them too (R18)."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Entry, Filing
from selfeval.findings import Severity
from tests.selfeval.build import (
    UNIT,
    cell,
    filing,
    with_entry,
)
from tests.selfeval.rules.samples.common import (
    ERROR,
    LAST,
    PLAN,
    THIS,
    WARNING,
    D,
    G,
    K,
    buildings,
    changed,
    expenditure,
)
from tests.selfeval.rules.text_samples import alone

FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "G01": (
        "a control rate that is not people over posts",
        filing(with_entry(G(), "财政供养人员情况", "控制率", "100%")),
        ERROR,
    ),
    "G02": ("a wrong reception", filing(with_entry(G(), "公务接待费", THIS, "2.43")), ERROR),
    "G03": (
        "parts above the operating cost",
        filing(with_entry(G(), "水费、电费", THIS, "71.60")),
        ERROR,
    ),
    "G12": ("a total that its parts do not make", filing(expenditure("832.35")), ERROR),
    "G13": ("a fall without its sign", filing(changed("公务接待费", "31.34")), ERROR),
    "G04": (
        "a blank subtotal",
        filing(with_entry(G(), "公务用车购置和运行维护费", LAST, "")),
        WARNING,
    ),
    "G05": (
        "vehicles above their budget",
        filing(
            with_entry(
                with_entry(
                    with_entry(G(), "公务用车购置和运行维护费", THIS, "6.12"),
                    "公务用车运行维护费",
                    THIS,
                    "6.12",
                ),
                "三公经费",
                THIS,
                "8.46",
            )
        ),
        WARNING,
    ),
    "G06": (
        "procurement far above its budget",
        filing(with_entry(G(), "政府采购金额", PLAN, "15.00")),
        WARNING,
    ),
    "G07": ("projects above their total", filing(with_entry(G(), "阅读推广", THIS, "143.00")), ERROR),
    "G08": (
        "more people than posts",
        filing(
            D(),
            with_entry(
                with_entry(G(), "财政供养人员情况", "2025年末实际在职人数", "42"),
                "财政供养人员情况",
                "控制率",
                "105%",
            ),
        ),
        WARNING,
    ),
    "G09": (
        "an adjustment of the year before",
        filing(with_entry(G(), "部门基本支出预算调整", LAST, "9.15")),
        WARNING,
    ),
    "G10": ("a cover whose parts miss the sum", filing(with_entry(K(), UNIT, "人员支出", "464.75")), ERROR),
    "G11": ("a building rate of its own", filing(buildings("90%")), ERROR),
    "R18": (
        "more than the budget without a word",
        alone("“三公”经费预算9万元，支出9.6万元，比上年下降6%，严格控制在预算范围内。"),
        WARNING,
    ),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "G12": (("parts that make it", filing(expenditure("823.35"))),),
    "G13": (
        ("a fall with its sign", filing(changed("公务接待费", "-33.14"))),
        ("a rise in a column of changes", filing(changed("阅读推广", "11.6%"))),
    ),
    "G02": (("a blank subtotal", filing(with_entry(G(), "公务用车购置和运行维护费", LAST, ""))),),
    "G03": (("parts that leave a rest", filing(with_entry(G(), "水费、电费", THIS, "1.60"))),),
    "G05": (("a budget in the subtotal alone", filing(with_entry(G(), "公务用车运行维护费", PLAN, ""))),),
    "G06": (("procurement a little above", filing(with_entry(G(), "政府采购金额", PLAN, "130.00"))),),
    "G07": (
        (
            "no project listed",
            filing(with_entry(with_entry(G(), "馆藏图书采购", LAST, ""), "阅读推广", LAST, "")),
        ),
    ),
    "G10": (
        (
            "a further column that holds the rest",
            filing(
                replace(
                    with_entry(K(), UNIT, "支出合计", "833.35"),
                    entries=(
                        *with_entry(K(), UNIT, "支出合计", "833.35").entries,
                        Entry(UNIT, "经营支出", cell("10.00", 10, 2, "表5")),
                    ),
                )
            ),
        ),
        (
            "a unit and its subordinate in two rows",
            filing(replace(K(), entries=(*K().entries, *K().entries[2:]))),
        ),
    ),
    "G11": (("a whole rate", filing(buildings("95%"))), ("no rate", filing(buildings("")))),
    "R18": (
        (
            "within the budget",
            alone("“三公”经费预算9万元，支出8.6万元。", "公务接待费预算2万元，决算2万元。"),
        ),
        ("a reason", alone("公务接待费预算2万元，决算2.4万元，主要是承办片区会议。")),
    ),
}
