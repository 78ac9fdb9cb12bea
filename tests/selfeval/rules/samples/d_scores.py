"""D: scores and grades."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Filing, FormKind, FundingRole
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
    concluded,
    qualitative,
    scores,
)

FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "D01": ("a wrong total", filing(with_cell(D(), "reported_score", "99.73")), ERROR),
    "D02": ("a score above its weight", filing(scores(D(), "读者满意度", "11", "100.23")), ERROR),
    "D03": (
        "an execution score that follows no rule",
        filing(
            with_cell(with_line(D(), FundingRole.TOTAL, score="9.20"), "reported_score", "98.70"),
        ),
        ERROR,
    ),
    "D04": (
        "full marks below the target",
        filing(scores(D(), "举办阅读活动", "10", "99.73")),
        ERROR,
    ),
    "D05": ("another band's grade", filing(with_cell(D(), "reported_grade", "良")), ERROR),
    "D10": (
        "a conclusion that tells another spending",
        filing(concluded("全年预算846.20万元，全年执行832.35万元，自评得分99.23分。")),
        ERROR,
    ),
    "D06": (
        "full marks for a partial result",
        filing(qualitative("部分达成预期指标并具有一定效果", "15", "99.23")),
        WARNING,
    ),
    "D07": ("a total above the cap", filing(), ERROR),
    "D08": (
        "full marks far above the target",
        filing(with_row(D(), "新增馆藏图书", actual="14000册", deviation_note="社会捐赠图书5800册")),
        WARNING,
    ),
    "D09": (
        "full marks for what is basically done",
        filing(with_row(D(), "全民阅读服务网络", target="建成", actual="已基本完成，尚有两镇未通")),
        WARNING,
    ),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "D10": (
        (
            "a conclusion with the form's own figures",
            filing(
                concluded("全年预算846.2万元，全年执行823.35万元，其中基本支出541.15万元，自评得分99.23分。")
            ),
        ),
        (
            "a conclusion on the points of one part",
            filing(concluded("产出指标得分49.5分，满意度指标得分10分。")),
        ),
    ),
    "D01": (
        (
            "a report that names some scores only",
            filing(replace(D(), kind=FormKind.REPORT, indicators=D().indicators[:4])),
        ),
        (
            "two decimals of three",
            filing(
                with_cell(
                    with_row(D(), "举办阅读活动", score="9.496"),
                    "reported_score",
                    "99.23",
                )
            ),
        ),
        (
            "an execution score that stands among the indicators",
            filing(
                with_cell(
                    replace(
                        D(),
                        indicators=(
                            *D().indicators,
                            replace(
                                D().indicators[0],
                                level1="过程指标",
                                level2="资金管理",
                                name="预算执行率",
                                weight=cell("10", 21, 7),
                                score=cell("9.73", 21, 8),
                                level1_weight=None,
                                target=cell("100%", 21),
                                actual=cell("97.30%", 21),
                                deviation_note=cell("部分尾款按合同次年支付", 21),
                            ),
                        ),
                    ),
                    "reported_score",
                    "99.23",
                )
            ),
        ),
    ),
    "D02": (
        (
            "a score that spans two rows",
            filing(with_row(with_row(D(), "新增馆藏图书", score="19.5"), "举办阅读活动", score="")),
        ),
    ),
    "D03": (
        (
            "a score that follows a wrong rate",
            filing(
                with_cell(
                    with_line(D(), FundingRole.TOTAL, execution_rate="95.80%", score="9.58"),
                    "reported_score",
                    "99.08",
                )
            ),
        ),
    ),
    "D04": (
        (
            "a reverse indicator below its target",
            filing(
                with_row(D(), "举办阅读活动", name="读者投诉次数", target="60次", actual="2次", score="10")
            ),
        ),
        (
            # 2 × 97.3% = 1.946, which is 1.9 to one decimal, though 1.95 would be 2.0.
            "a share rounded to one decimal",
            filing(with_row(D(), "举办阅读活动", target="100%", actual="97.3%", weight="2", score="1.9")),
        ),
    ),
    "D05": (("the long name of the grade", filing(with_cell(D(), "reported_grade", "优秀"))),),
    "D06": (
        (
            "a partial result in its band",
            filing(qualitative("部分达成预期指标", "10.5", "94.73", "街道次年推开")),
        ),
        ("full marks for a result that was met", filing(qualitative("达成预期指标", "15", "99.23"))),
    ),
    "D08": (("one more than two", filing(with_row(D(), "新增馆藏图书", target="2册", actual="3册"))),),
    "D09": (
        (
            "a target that asks for no more",
            filing(with_row(D(), "全民阅读服务网络", target="基本完成联网", actual="基本完成全县联网")),
        ),
        (
            "a grade above its target",
            filing(with_row(D(), "全民阅读服务网络", target="优良", actual="优秀")),
        ),
    ),
}
