"""X: between forms."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Filing, FormKind, FundingRole
from selfeval.findings import Severity
from tests.selfeval.build import (
    UNIT,
    cell,
    filing,
    line,
    with_cell,
    with_entry,
    with_line,
    with_row,
)
from tests.selfeval.rules.samples.common import (
    ERROR,
    PLAN,
    THIS,
    WARNING,
    D,
    G,
    K,
    P,
    Q,
    twice,
)

FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "X01": (
        "copied indicators",
        filing(D(), P(), replace(Q(), indicators=P().indicators)),
        WARNING,
    ),
    "X02": (
        "one satisfaction for all",
        filing(
            with_row(D(), "读者满意度", actual="93.8%"),
            P(),
            with_row(Q(), "村民满意度", actual="93.8%"),
        ),
        WARNING,
    ),
    "X03": ("a project without its form", filing(D(), P(), G()), WARNING),
    "X04": (
        "another project spending than in the department form",
        filing(
            D(),
            with_entry(with_entry(G(), "项目支出", THIS, "292.20"), "阅读推广", THIS, "144.00"),
        ),
        ERROR,
    ),
    "X38": (
        "amounts in 元 under 万元",
        filing(
            D(),
            replace(
                P(),
                funding=(
                    line(
                        "年度资金总额", FundingRole.TOTAL, 3, "1500000 | 1560000 | 1482000 | 10 | 95% | 9.5"
                    ),
                ),
            ),
        ),
        ERROR,
    ),
    "X05": (
        "more procurement than spending",
        filing(
            D(),
            with_entry(with_entry(G(), "政府采购金额", THIS, "832.00"), "政府采购金额", PLAN, "810.00"),
        ),
        WARNING,
    ),
    "X06": (
        "another score on the cover",
        filing(
            D(),
            replace(
                D(),
                id="5",
                kind=FormKind.COVER,
                funding=(),
                indicators=(),
                title="封面表",
                reported_score=cell("98.23", 40),
            ),
        ),
        ERROR,
    ),
    "X07": (
        "another result on the cover",
        filing(
            D(),
            replace(
                with_row(D(), "新增馆藏图书", actual="8210册"),
                id="5",
                kind=FormKind.COVER,
                funding=(),
                title="封面表",
                reported_grade=None,
                reported_score=None,
            ),
        ),
        ERROR,
    ),
    "X08": (
        "the whole basic expenditure instead of its change",
        filing(D(), with_entry(G(), "部门基本支出预算调整", THIS, "541.15")),
        WARNING,
    ),
    "X09": (
        "another figure in the project form",
        filing(
            D(),
            P(),
            with_cell(
                with_line(
                    replace(Q(), project="二、“阅读推广”"),
                    FundingRole.TOTAL,
                    executed="133.00",
                    execution_rate="93.99%",
                    score="9.40",
                ),
                "reported_score",
                "99.40",
            ),
            G(),
        ),
        ERROR,
    ),
    "X10": (
        "projects above the project expenditure",
        filing(
            D(),
            P(),
            replace(Q(), project="图书馆修缮"),
            replace(Q(), id="9", project="流动书车", indicators=()),
        ),
        WARNING,
    ),
    "X11": (
        "another basic expenditure on the cover",
        filing(
            D(),
            with_entry(
                with_entry(with_entry(K(), UNIT, "基本支出", "543.15"), UNIT, "人员支出", "456.75"),
                UNIT,
                "项目支出",
                "280.20",
            ),
        ),
        ERROR,
    ),
    "X12": (
        "another reception on the cover",
        filing(
            G(),
            with_entry(with_entry(K(), UNIT, "公务接待费", "2.43"), UNIT, "公务用车运行维护费", "5.03"),
        ),
        ERROR,
    ),
    "X13": (
        "another operating cost on the cover",
        filing(
            G(),
            with_entry(with_entry(K(), UNIT, "公用支出", "96.40"), UNIT, "人员支出", "444.75"),
        ),
        WARNING,
    ),
    "X14": (
        "another grade on the cover",
        filing(D(), replace(K(), reported_score=None, reported_grade=cell("良", 41))),
        ERROR,
    ),
    "X15": (
        "two forms for one project",
        filing(P(), replace(Q(), project="馆藏图书采购")),
        WARNING,
    ),
    "X16": (
        "an adjustment of another size",
        filing(D(), with_entry(G(), "部门基本支出预算调整", THIS, "21.15")),
        WARNING,
    ),
    "X17": (
        "more operating cost than basic expenditure",
        filing(D(), with_entry(G(), "公用经费", THIS, "564.00")),
        WARNING,
    ),
    "X30": ("another sum in the copy of the form", twice("823.85"), ERROR),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "X01": (
        (
            "what staff are paid",
            filing(
                replace(P(), project="51000000-工资性支出"),
                replace(Q(), project="51000001-住房公积金", indicators=P().indicators),
            ),
        ),
        (
            "projects that share their satisfaction and their time",
            filing(
                P(),
                replace(Q(), indicators=(*Q().indicators[:4], P().indicators[2], P().indicators[5])),
            ),
        ),
    ),
    "X03": (
        ("project forms in a file of their own", filing(D(), G())),
        ("a project worded otherwise", filing(D(), P(), replace(Q(), project="全民读书月"), G())),
    ),
    "X07": (
        (
            "two projects",
            filing(P(), with_row(Q(), "流动书车下乡", name="采购中文图书", target="6000册", actual="6010册")),
        ),
        (
            "another target",
            filing(D(), with_row(P(), "采购中文图书", name="新增馆藏图书", target="≥800册", actual="821册")),
        ),
    ),
    "X09": (
        (
            "the adjusted budget in the base data",
            filing(P(), with_entry(G(), "馆藏图书采购", PLAN, "156.00")),
        ),
        (
            "a project of another name",
            filing(replace(P(), project="馆藏图书采购二期"), with_entry(G(), "馆藏图书采购", THIS, "99.00")),
        ),
    ),
    "X38": (
        (
            "a small share of a large project",
            filing(D(), with_line(P(), FundingRole.TOTAL, executed="148.20")),
        ),
    ),
    "X10": (("projects that leave a rest", filing(D(), P())),),
    "X11": (
        (
            "a cover in another unit of amounts",
            filing(D(), replace(K(), amount_unit="元")),
        ),
    ),
    "X14": (("the long name of the grade", filing(D(), replace(K(), reported_grade=cell("优秀", 41)))),),
    "X16": (
        (
            "the change of the budget in the column of the budget",
            filing(
                D(),
                with_entry(
                    with_entry(G(), "部门基本支出预算调整", THIS, ""), "部门基本支出预算调整", PLAN, "18.70"
                ),
            ),
        ),
    ),
    "X30": (("the same sum with another zero", twice("823.350")),),
}
