"""E: deviation notes."""

from __future__ import annotations

from selfeval.filing import Filing
from selfeval.findings import Severity
from tests.selfeval.build import (
    filing,
    with_row,
)
from tests.selfeval.rules.samples.common import (
    ERROR,
    WARNING,
    D,
    P,
    scores,
    without_notes,
)

FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "E01": (
        "a deduction although the target is met",
        filing(scores(D(), "读者满意度", "9", "98.23")),
        ERROR,
    ),
    "E02": (
        "a reason that is none",
        filing(scores(D(), "读者满意度", "9", "98.23", actual="81%", deviation_note="无偏差")),
        WARNING,
    ),
    "E03": (
        "a missed target and a row for reasons that says none",
        filing(without_notes(with_row(P(), "借阅者满意度", actual="81%", score="9"), "无", "98.5")),
        WARNING,
    ),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "E01": (
        (
            "a deduction with a word",
            filing(scores(D(), "读者满意度", "9", "98.23", deviation_note="问卷回收不足，自扣一分")),
        ),
    ),
    "E02": (
        (
            "a reason",
            filing(
                scores(D(), "读者满意度", "9", "98.23", actual="81%", deviation_note="暂无停车位，读者不便")
            ),
        ),
        (
            "the reason of the row above",
            filing(
                scores(
                    scores(D(), "读者满意度", "9", "98.23", actual="81%", deviation_note="同上"),
                    "到馆读者人次",
                    "14",
                    "97.23",
                    actual="11.2万人次",
                    deviation_note="停车位不足",
                )
            ),
        ),
        ("no deduction", filing(with_row(D(), "读者满意度", deviation_note="无偏差"))),
    ),
    "E03": (
        (
            "a missed target and its reason",
            filing(
                without_notes(
                    with_row(P(), "借阅者满意度", actual="81%", score="9"),
                    "借阅者满意度：馆舍修缮，座位减少，次年恢复",
                    "98.5",
                )
            ),
        ),
        ("nothing was missed", filing(without_notes(P(), "无", "99.5"))),
    ),
}
