"""B: funds."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Filing, FundingRole
from selfeval.findings import Severity
from tests.selfeval.build import (
    cell,
    filing,
    with_cell,
    with_line,
    with_row,
)
from tests.selfeval.rules.samples.common import (
    ERROR,
    WARNING,
    D,
    P,
    split_basic,
)

FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "B01": (
        "a wrong appropriation",
        filing(with_line(P(), FundingRole.APPROPRIATION, executed="140.20")),
        ERROR,
    ),
    "B02": (
        "a wrong source",
        filing(with_line(D(), FundingRole.GENERAL_BUDGET, adjusted_budget="802.40")),
        ERROR,
    ),
    "B03": (
        "a source executed above its budget",
        filing(
            with_line(
                with_line(D(), FundingRole.GENERAL_BUDGET, executed="786.35"),
                FundingRole.OTHER_FUNDS,
                executed="37.00",
            )
        ),
        ERROR,
    ),
    "B04": (
        "a wrong nature",
        filing(with_line(D(), FundingRole.BASIC_EXPENDITURE, executed="531.15")),
        ERROR,
    ),
    "B05": (
        "a rate that fits no budget",
        filing(with_line(D(), FundingRole.TOTAL, execution_rate="95.80%")),
        ERROR,
    ),
    "B06": (
        "a rate without a budget",
        filing(
            with_line(
                replace(P(), funding=P().funding[:1]),
                FundingRole.TOTAL,
                adjusted_budget="",
                executed="",
            )
        ),
        WARNING,
    ),
    "B07": (
        "a part above its whole",
        filing(
            replace(
                D(),
                funding=(
                    *D().funding,
                    replace(
                        with_line(D(), FundingRole.BASIC_EXPENDITURE, executed="560.00").funding[5],
                        label="其中：人员经费",
                        role=FundingRole.OTHER,
                        part_of=FundingRole.BASIC_EXPENDITURE,
                        adjusted_budget=cell("", 10),
                        initial_budget=cell("", 10),
                    ),
                ),
            )
        ),
        ERROR,
    ),
    "B08": (
        "a large adjustment without a word",
        filing(
            with_line(
                with_line(P(), FundingRole.TOTAL, initial_budget="90.00"),
                FundingRole.APPROPRIATION,
                initial_budget="90.00",
            )
        ),
        WARNING,
    ),
    "B09": (
        "full output without spending",
        filing(
            with_cell(
                with_line(
                    replace(P(), funding=P().funding[:1]),
                    FundingRole.TOTAL,
                    executed="0",
                    execution_rate="0%",
                    score="0",
                ),
                "reported_score",
                "90",
            )
        ),
        WARNING,
    ),
    "B10": (
        "a low rate without a word",
        filing(
            with_cell(
                with_line(
                    replace(P(), funding=P().funding[:1]),
                    FundingRole.TOTAL,
                    executed="117.00",
                    execution_rate="75%",
                    score="7.5",
                ),
                "reported_score",
                "97.5",
            )
        ),
        WARNING,
    ),
    "B11": ("a wrong operating cost", filing(split_basic("454.75", "68.40")), ERROR),
    "B12": (
        "a blank total",
        filing(with_line(P(), FundingRole.TOTAL, initial_budget="")),
        WARNING,
    ),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "B01": (
        (
            "a rounding of one cent",
            filing(with_line(P(), FundingRole.APPROPRIATION, executed="142.21")),
        ),
    ),
    "B02": (
        (
            "a blank subtotal",
            filing(with_line(D(), FundingRole.BY_SOURCE, initial_budget="", adjusted_budget="", executed="")),
        ),
    ),
    "B05": (
        ("a whole rate, rounded", filing(with_line(D(), FundingRole.TOTAL, execution_rate="97%"))),
        ("a rate without its sign", filing(with_line(D(), FundingRole.TOTAL, execution_rate="97.30"))),
        ("no rate at all", filing(with_line(D(), FundingRole.TOTAL, execution_rate=""))),
    ),
    "B08": (
        (
            "an adjustment with a word",
            filing(
                with_row(
                    with_line(
                        with_line(P(), FundingRole.TOTAL, initial_budget="90.00"),
                        FundingRole.APPROPRIATION,
                        initial_budget="90.00",
                    ),
                    "项目总成本",
                    deviation_note="年中追加预算60万元",
                )
            ),
        ),
        ("no initial budget stated", filing(with_line(D(), FundingRole.TOTAL, initial_budget=""))),
    ),
    "B11": (
        ("a rounding of one cent", filing(split_basic("454.76", "86.40"))),
        ("personnel alone", filing(replace(D(), funding=split_basic("454.75", "86.40").funding[:-1]))),
    ),
}
