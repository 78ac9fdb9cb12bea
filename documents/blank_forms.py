"""What stands in the blank forms for one unit: its name, code and year filled in.

Layout and wording follow 附件1 to 附件3 of the Hunan notices (one row per source with three amounts,
“——” where a line earns no points); the points beside the level-1 indicators come from the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from documents.paper import Box, Kind, Paper, Row
from selfeval.filing import FormKind
from selfeval.policy import FULL_MARKS, Weights


@dataclass(frozen=True, slots=True)
class BlankFor:
    """Whom the forms are for. `department` is the unit's own name for tier 1; one 附件3 per project, one blank if none."""

    name: str
    code: str
    year: int
    department: str
    bureau: str
    projects: tuple[str, ...] = ()


# Level-2 indicators per level 1. Cost stays inside output unless the policy makes it a level of its own.
_LEVEL2 = {
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象\n满意度指标",),
}
_USUAL_LEVELS = ("产出指标", "效益指标", "满意度指标")
_SIGNATURES = (
    "单位负责人签字：　　　　　　填表人：　　　　　　联系电话：　　　　　　　填报日期：　　　年　　月　　日"
)
_LINE = 16.5  # points: one line of the table; 附件2 fills a page of Word
_TALL = 30.0
_INDICATORS = 18 * _LINE  # what all indicator lines may take together


def papers(unit: BlankFor, weights: Weights) -> list[Paper]:
    several = len(unit.projects) > 1
    return [
        _base_data(unit),
        _department_form(unit, weights),
        *(
            _project_form(unit, weights, project, f"（{number}）" if several else "")
            for number, project in enumerate(unit.projects or ("",), start=1)
        ),
    ]


def _label(text: str, span: int = 1, down: int = 1) -> Box:
    return Box(Kind.LABEL, text, span, down)


def _row(*boxes: Box, height: float = _LINE) -> Row:
    return Row(boxes, height)


def _paper(unit: BlankFor, kind: FormKind, annex: str, name: str, notes: tuple[str, ...], **layout) -> Paper:
    return Paper(
        annex=annex,
        title=f"{unit.year}年度{kind.label}",
        name=name,
        reference=f"预算编码：{unit.code}",
        line=(f"填报单位（盖章）：{unit.name}", "金额单位：万元"),
        notes=(*notes, _SIGNATURES),
        **layout,
    )


def _base_data(unit: BlankFor) -> Paper:
    year = unit.year

    def spending(label: str, indent: int = 0, settled_before: bool = True) -> Row:
        before = Box(Kind.AMOUNT, span=2) if settled_before else Box(Kind.UNSCORED, "——", span=2)
        return _row(
            Box(Kind.ITEM, label, span=2, indent=indent),
            before,
            Box(Kind.AMOUNT, span=3),
            Box(Kind.AMOUNT, span=2),
        )

    rows = (
        _row(
            _label("财政供养人员情况", 2, 2),
            _label(f"{year}年末编制数", 2),
            _label(f"{year}年末实际在职人数", 3),
            _label("控制率", 2),
        ),
        _row(Box(Kind.COUNT, span=2), Box(Kind.COUNT, span=3), Box(Kind.RATE, span=2)),
        _row(
            _label("经费控制情况", 2),
            _label(f"{year - 1}年决算数\n（万元）", 2),
            _label(f"{year}年预算数\n（万元）", 3),
            _label(f"{year}年决算数\n（万元）", 2),
            height=_TALL,
        ),
        spending("三公经费"),
        spending("1、公务用车购置和运行维护费", 1),
        spending("其中：公务用车购置费", 3),
        spending("公务用车运行维护费", 6),
        spending("2、因公出国（境）费用", 1),
        spending("3、公务接待费", 1),
        spending("项目支出："),
        *(spending(project, 1) for project in unit.projects or ("", "")),
        spending("公用经费"),
        spending("其中：办公费", 1),
        *(spending(label, 4) for label in ("水费、电费", "差旅费", "会议费", "培训费")),
        spending("政府采购金额", settled_before=False),
        spending("部门基本支出预算调整", settled_before=False),
        _row(
            _label(f"楼堂馆所控制情况\n（{year}年完工项目）", 1, 2),
            _label("批复规模\n（㎡）"),
            _label("实际规模\n（㎡）"),
            _label("规模控制率", 2),
            _label("预算投资\n（万元）"),
            _label("实际投资\n（万元）", 2),
            _label("投资概算\n控制率"),
            height=_TALL,
        ),
        _row(
            Box(Kind.AMOUNT),
            Box(Kind.AMOUNT),
            Box(Kind.RATE, span=2),
            Box(Kind.AMOUNT),
            Box(Kind.AMOUNT, span=2),
            Box(Kind.RATE),
            height=_TALL,
        ),
        _row(_label("厉行节约保障措施"), Box(Kind.TEXT, span=8), height=72),
    )
    return _paper(
        unit,
        FormKind.BASE_DATA,
        "附件1",
        "附件1基础数据表",
        (
            "说明：项目支出填报除基本支出以外的所有项目支出情况，一个项目一行；公用经费填报基本支出中的一般商品和服务支出。",
        ),
        widths=(17, 13, 11, 6, 6, 12, 6, 6, 12),
        rows=rows,
    )


_FORM_WIDTHS = (10.5, 12, 15.5, 15.5, 12, 12, 7, 9, 14.5)


def _funding_head(label: str, lines: int) -> Row:
    return _row(
        _label(f"{label}\n（万元）", 1, lines + 1),
        _label("", 2),
        *(_label(text) for text in ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")),
        height=20,
    )


def _funding_total(weights: Weights) -> Row:
    return _row(
        Box(Kind.ITEM, "年度资金总额", span=2),
        *(Box(Kind.AMOUNT) for _ in range(3)),
        Box(Kind.POINTS, _plain(weights.execution)),
        Box(Kind.RATE),
        Box(Kind.SCORE),
    )


def _funding_part(label: str, indent: int) -> Row:
    return _row(
        Box(Kind.ITEM, label, span=2, indent=indent),
        *(Box(Kind.AMOUNT) for _ in range(3)),
        *(Box(Kind.UNSCORED, "——") for _ in range(3)),
    )


def _goals() -> tuple[Row, Row]:
    return (
        _row(_label("年度\n总体\n目标", 1, 2), _label("预期目标", 3), _label("实际完成情况", 5)),
        _row(Box(Kind.TEXT, span=3), Box(Kind.TEXT, span=5), height=60),
    )


def _indicators(weights: Weights) -> list[Row]:
    """The heading row of the indicators, two lines per level 2, and the total."""
    levels = list(weights.level1) or list(_USUAL_LEVELS)
    lines = []  # (level1 box or None, level2 box or None) per row
    for level1 in levels:
        names = _LEVEL2.get(level1, ("",))
        if level1 == "产出指标" and "成本指标" in levels:
            names = tuple(name for name in names if name != "成本指标")
        points = f"\n（{_plain(weights.level1[level1])}分）" if level1 in weights.level1 else ""
        first = _label(f"{level1}{points}", 1, 2 * len(names))
        for name in names:
            lines += [(first, _label(name, 1, 2)), (None, None)]
            first = None
    head = _row(
        _label("绩\n效\n指\n标", 1, len(lines) + 1),
        *(
            _label(text)
            for text in ("一级指标", "二级指标", "三级指标", "年度\n指标值", "实际\n完成值", "分值", "得分")
        ),
        _label("偏差原因分析\n及改进措施"),
        height=_TALL,
    )
    rows = [
        _row(
            *(box for box in above if box),
            Box(Kind.TEXT),
            Box(Kind.TEXT),
            Box(Kind.TEXT),
            Box(Kind.POINTS),
            Box(Kind.SCORE),
            Box(Kind.TEXT),
            height=min(_LINE, _INDICATORS / len(lines)),
        )
        for above in lines
    ]
    total = _row(
        _label("总分", 6),
        Box(Kind.POINTS, _plain(FULL_MARKS)),
        Box(Kind.TOTAL),
        Box(Kind.TEXT),
    )
    return [head, *rows, total]


def _department_form(unit: BlankFor, weights: Weights) -> Paper:
    parts = (
        ("按收入性质分：", 0),
        ("一般公共预算", 1),
        ("政府性基金拨款", 1),
        ("纳入专户管理的非税收入拨款", 1),
        ("其他资金", 1),
        ("按支出性质分：", 0),
        ("基本支出", 1),
        ("项目支出", 1),
    )
    above = [
        _row(_label("预算部门名称", 2), Box(Kind.TEXT, unit.name, span=7)),
        _funding_head("年度\n预算\n申请", len(parts) + 1),
        _funding_total(weights),
        *(_funding_part(label, indent) for label, indent in parts),
        *_goals(),
    ]
    return _paper(
        unit,
        FormKind.DEPARTMENT,
        "附件2",
        "附件2整体支出自评表",
        (
            "说明：按收入性质、按支出性质的合计均应等于年度资金总额；未达到指标值或者扣分的，应说明原因和改进措施；行数不够可以插入。",
        ),
        widths=_FORM_WIDTHS,
        rows=(*above, *_indicators(weights)),
        repeat=len(above),
    )


def _project_form(unit: BlankFor, weights: Weights, project: str, suffix: str) -> Paper:
    parts = (("其中：当年财政拨款", 0), ("上年结转资金", 3), ("其他资金", 3))
    above = [
        _row(_label("项目支出名称", 2), Box(Kind.TEXT, project, span=7)),
        _row(
            _label("主管部门", 2),
            Box(Kind.TEXT, unit.department, span=2),
            _label("实施单位"),
            Box(Kind.TEXT, unit.name, span=4),
            height=_TALL,
        ),
        _funding_head("项目\n资金", len(parts) + 1),
        _funding_total(weights),
        *(_funding_part(label, indent) for label, indent in parts),
        *_goals(),
    ]
    return _paper(
        unit,
        FormKind.PROJECT,
        "附件3" + suffix,
        "附件3项目支出自评表" + suffix,
        (
            "说明：每个一级项目支出填写一张项目支出绩效自评表；未达到指标值或者扣分的，应说明原因和改进措施；行数不够可以插入。",
        ),
        widths=_FORM_WIDTHS,
        rows=(*above, *_indicators(weights)),
        repeat=len(above),
    )


def _plain(points: Decimal) -> str:
    """10 and 12.5, never 10.0 or 1E+1."""
    return f"{points.normalize():f}"
