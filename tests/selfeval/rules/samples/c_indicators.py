"""C: indicators."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Filing
from selfeval.findings import Severity
from tests.selfeval.build import (
    cell,
    filing,
    indicator,
    with_row,
)
from tests.selfeval.rules.samples.common import (
    ERROR,
    NOTICE,
    WARNING,
    D,
    P,
    scores,
)

_LEVELS = ("产出指标", "产出指标", "产出指标", "效益指标", "满意度指标")
_NAMES = ("整修馆舍", "验收合格率", "完工时间", "日均读者", "读者满意度")


def valued(*values: str):
    """A form without weights and scores whose targets and actual values are these."""
    rows = [
        replace(indicator(level, "", n, f"{name} | {value} | {value} | | |"), weight=None, score=None)
        for n, (level, name, value) in enumerate(zip(_LEVELS, _NAMES, values, strict=True), 12)
    ]
    return replace(P(), indicators=tuple(rows), reported_score=None)


def aimed(goal: str):
    return replace(P(), goals=((cell(goal, 8), cell("已完成", 8, 5)),))


FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "C19": ("a goal that is the project's name", filing(aimed(P().project)), WARNING),
    "C20": ("points in the column of values", filing(valued("20", "20", "20", "20", "20")), WARNING),
    "C01": (
        "a level with too much weight",
        filing(scores(D(), "读者满意度", "12", "101.23", weight="12")),
        ERROR,
    ),
    "C02": (
        "weights that make 110",
        filing(
            replace(
                scores(D(), "读者满意度", "20", "109.23", weight="20"),
                indicators=tuple(
                    replace(row, level1_weight=None)
                    for row in scores(D(), "读者满意度", "20", "109.23", weight="20").indicators
                ),
            )
        ),
        ERROR,
    ),
    "C03": ("a target far exceeded", filing(with_row(D(), "新增馆藏图书", actual="14000册")), WARNING),
    "C04": ("another unit", filing(with_row(D(), "新增馆藏图书", actual="100%")), WARNING),
    "C05": ("a result with a comparator", filing(with_row(D(), "读者满意度", actual="≥95%")), WARNING),
    "C06": (
        "a target that repeats its name",
        filing(with_row(D(), "全民阅读服务网络", target="全民阅读服务网络", actual="全民阅读服务网络")),
        WARNING,
    ),
    "C07": (
        "no timeliness indicator",
        filing(with_row(D(), "年度采购完成时间", level2="质量指标")),
        WARNING,
    ),
    "C08": (
        "one indicator for all output",
        filing(
            replace(
                P(),
                indicators=(
                    replace(P().indicators[0], weight=cell("50", 10, 7), score=cell("50", 10, 8)),
                    *P().indicators[4:],
                ),
            )
        ),
        WARNING,
    ),
    "C09": (
        "a target that any result meets",
        filing(with_row(D(), "全民阅读服务网络", target="明显提升", actual="明显提升")),
        NOTICE,
    ),
    "C10": (
        "a name that counts what the target measures",
        filing(
            with_row(D(), "新增馆藏图书", name="新增阅览面积（个）", target="≥800平方米", actual="812平方米")
        ),
        WARNING,
    ),
    "C11": ("a row without a name", filing(with_row(D(), "读者满意度", name="指标1：")), WARNING),
    "C12": (
        "no benefit at all",
        filing(
            replace(
                D(),
                indicators=tuple(
                    replace(row, level1="产出指标", level1_weight=None)
                    if "效益" in row.level1
                    else replace(row, level1_weight=None)
                    for row in D().indicators
                ),
            )
        ),
        WARNING,
    ),
    "C13": ("more than all readers content", filing(with_row(D(), "读者满意度", actual="109.5%")), WARNING),
    "C15": (
        "a number for a target without any",
        filing(with_row(D(), "全民阅读服务网络", target="覆盖更多乡镇", actual="12个")),
        WARNING,
    ),
    "C16": (
        "one number in two units",
        filing(
            replace(
                with_row(D(), "新增馆藏图书", name="馆藏图书（册）", target="44.02", actual="44.02"),
                goals=((cell("保有图书44.02万册", 9), cell("保有图书44.02万册", 9)),),
            )
        ),
        WARNING,
    ),
    "C18": (
        "a rate of execution that the money does not make",
        filing(with_row(D(), "新增馆藏图书", name="预算执行率", target="≥95%", actual="98.3%")),
        ERROR,
    ),
    "C17": (
        "another project expenditure among the indicators",
        filing(with_row(D(), "馆藏采购成本", name="项目经费控制", target="≤297.5万元", actual="251.6万元")),
        WARNING,
    ),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "C05": (
        (
            "a description answered by the words of a platform",
            filing(with_row(D(), "全民阅读服务网络", actual="达成预期指标")),
        ),
        (
            "nothing that was to happen did",
            filing(
                with_row(
                    D(), "举办阅读活动", name="安全事故", target="0起", actual="达成预期指标", score="10"
                )
            ),
        ),
    ),
    "C01": (("a scheme of its own without weights", filing(replace(D(), indicators=()))),),
    "C03": (
        (
            "a cost far below its ceiling",
            filing(with_row(D(), "馆藏采购成本", actual="120万元")),
        ),
        (
            "a target far exceeded with a word",
            filing(with_row(D(), "新增馆藏图书", actual="14000册", deviation_note="社会捐赠图书5800册")),
        ),
        ("one more than two", filing(with_row(D(), "新增馆藏图书", target="2册", actual="3册"))),
        ("two points above a small rate", filing(with_row(D(), "读者满意度", target="≥3%", actual="5%"))),
    ),
    "C04": (
        (
            "none of a rate",
            filing(with_row(D(), "新增馆藏图书", name="馆员未到位率", target="0人", actual="0人")),
        ),
        ("a rate", filing(with_row(D(), "新增馆藏图书", name="新书上架及时率", target="≥90%", actual="92%"))),
        ("another counting word", filing(with_row(D(), "新增馆藏图书", actual="8120本"))),
        ("a multiple", filing(with_row(D(), "新增馆藏图书", actual="0.812万册"))),
        (
            "words for one thing",
            filing(with_row(D(), "举办阅读活动", target="60场", actual="57次")),
        ),
    ),
    "C09": (
        (
            "yes to a question",
            filing(with_row(D(), "全民阅读服务网络", name="采购程序是否公开", target="是", actual="是")),
        ),
        (
            "yes to a condition",
            filing(with_row(D(), "全民阅读服务网络", name="采购价不高于市场价", target="是", actual="是")),
        ),
    ),
    "C19": (
        ("a goal with what is to be done", filing(aimed(f"{P().project}，全年送书下乡60场，覆盖12个乡镇"))),
        ("a goal of the unit", filing(aimed("完成全年任务"))),
    ),
    "C20": (
        ("values with their units", filing(valued("20处", "20%", "20天", "20人次", "20%"))),
        ("values that make another sum", filing(valued("20", "20", "20", "20", "15"))),
        ("a satisfaction that is one", filing(valued("2", "2", "2", "4", "90"))),
    ),
    "C10": (
        ("another counting word", filing(with_row(D(), "新增馆藏图书", name="新增馆藏图书（本）"))),
        ("a multiple", filing(with_row(D(), "新增馆藏图书", name="新增馆藏图书（万册）"))),
        ("a remark in brackets", filing(with_row(D(), "新增馆藏图书", name="新增馆藏图书（中文）"))),
    ),
    "C11": (
        (
            "a form whose second level names the indicator",
            filing(
                replace(
                    D(), indicators=tuple(replace(row, level2=row.name, name="") for row in D().indicators)
                )
            ),
        ),
    ),
    "C12": (
        (
            "a flat list",
            filing(replace(D(), indicators=tuple(replace(row, level1="") for row in D().indicators))),
        ),
    ),
    "C15": (
        (
            "a share of what was to be done",
            filing(with_row(D(), "全民阅读服务网络", target="全部建成", actual="100%")),
        ),
    ),
    "C18": (
        (
            "the rate of the money",
            filing(with_row(D(), "新增馆藏图书", name="部门预算执行率（%）", target="≥95%", actual="97.3%")),
        ),
        (
            "the rate of the projects alone",
            filing(with_row(D(), "新增馆藏图书", name="项目支出预算执行率", target="≥90%", actual="94.86%")),
        ),
        (
            "a rate of something else",
            filing(with_row(D(), "新增馆藏图书", name="政府采购预算执行率", target="≥95%", actual="98.8%")),
        ),
    ),
    "C17": (
        (
            "the same in 元",
            filing(
                with_row(D(), "馆藏采购成本", name="项目经费控制", target="≤2975000元", actual="2822000元")
            ),
        ),
        (
            "a cost per head",
            filing(with_row(D(), "馆藏采购成本", name="人均项目经费", target="≤297.5元", actual="251.6元")),
        ),
    ),
}
