"""For every rule filings that break it and, where it is not plain from the clean filing, that keep it.

`FAILING[code]`: (what is planted, the filing, severity of what must be found). The planted defect is
found by its rule and by no other error rule. `PASSING[code]`: what looks like a breach and is none.
"""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Entry, Filing, FormKind, FundingRole, Identity, Note, Position
from selfeval.findings import Severity
from selfeval.policy import parse_policy
from tests.selfeval.build import (
    FOOTER,
    UNIT,
    YEAR,
    base_data,
    cell,
    cover_form,
    department_form,
    filing,
    foot,
    line,
    project_form,
    second_project_form,
    with_cell,
    with_entry,
    with_line,
    with_row,
)
from tests.selfeval.rules import text_samples

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
D, P, Q, G, K = department_form, project_form, second_project_form, base_data, cover_form
THIS, PLAN, LAST = "2025年决算数", "2025年预算数", "2024年决算数"


_HEAD = 'name = "here"\ntitle = "本地"\nsource = "本地"\nversion = "1"\nextends = "national-2020"\n'
# Rules that ask what the default policy leaves open.
POLICIES = {
    "A11": parse_policy(
        _HEAD + 'attachments = ["基础数据表", "整体支出绩效自评表", "自评报告"]\n', source_name="A11"
    ),
    "A18": parse_policy(_HEAD + 'report_sections = ["问题", "建议|改进措施|下一步"]\n', source_name="A18"),
    "A19": parse_policy(_HEAD + 'signatures = ["填表人|填报人", "负责人"]\n', source_name="A19"),
    "A20": parse_policy(_HEAD + 'seals = ["整体支出绩效自评表", "自评报告封面表"]\n', source_name="A20"),
    "D07": parse_policy(_HEAD + "[execution]\ncaps = [{ below = 0.98, maximum = 90 }]\n", source_name="D07"),
    "D08": parse_policy(_HEAD + "[quantitative]\nover_limit = 1.2\nover_penalty = 0.5\n", source_name="D08"),
}


def _report(**fields):
    return replace(
        D(),
        id="6",
        kind=FormKind.REPORT,
        title="自评报告",
        funding=(),
        indicators=(),
        footer=(),
        **({"reported_grade": None} | fields),
    )


def _blank(**fields):
    return replace(P(), id="7", kind=FormKind.TEMPLATE, **({"unit": None, "project": None} | fields))


def _split_basic(personnel: str, operating: str):
    """The department form with 人员经费 and 公用经费 below the basic expenditure."""
    rows = [
        line(label, FundingRole.OTHER, n, f" | | {said} | | | ", FundingRole.BASIC_EXPENDITURE)
        for n, (label, said) in enumerate((("其中：人员经费", personnel), ("公用经费", operating)), 30)
    ]
    return replace(D(), funding=(*D().funding, *rows))


def _qualitative(actual: str, score: str, total: str, note: str = ""):
    return with_cell(
        with_row(D(), "全民阅读服务网络", actual=actual, score=score, deviation_note=note),
        "reported_score",
        total,
    )


def _buildings(rate: str):
    said = (("批复规模", "2000"), ("实际规模", "1900"), ("规模控制率", rate))
    entries = tuple(
        Entry("楼堂馆所控制情况", heading, cell(text, 40, n, "表3"))
        for n, (heading, text) in enumerate(said, 2)
    )
    return replace(G(), entries=(*G().entries, *entries))


def _twice(executed: str) -> Filing:
    """A filing whose department form came a second time, with another sum spent."""
    return replace(filing(), copies=((D(), with_line(D(), FundingRole.TOTAL, executed=executed)),))


def _scores(form, name: str, score: str, total: str, **other: str):
    """A row with another score, and the total that follows."""
    return with_cell(with_row(form, name, score=score, **other), "reported_score", total)


FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "A01": ("an unreadable file", replace(filing(), forms=(), unreadable="“自评表.docx”打不开"), ERROR),
    "A02": ("the form of another unit", filing(replace(D(), unit="云溪县档案馆")), ERROR),
    "A03": ("the form of another year", filing(replace(D(), year=YEAR - 1)), ERROR),
    "A04": (
        "another unit's blank form",
        replace(filing(), identity=Identity(code="305002", year=YEAR)),
        ERROR,
    ),
    "A05": (
        "text where a number belongs",
        replace(filing(), notes=(Note(Position("表1", 3), "约八百", "数字", "全年预算数填了文字", "1"),)),
        WARNING,
    ),
    "A06": ("a blank form alone", filing(replace(D(), kind=FormKind.TEMPLATE)), ERROR),
    "A07": ("forms of two years", filing(D(), replace(P(), year=YEAR - 1)), WARNING),
    "A08": ("a score left out", filing(with_row(D(), "读者满意度", score="")), WARNING),
    "A09": ("a result left out", filing(with_row(D(), "读者满意度", actual="")), WARNING),
    "A10": (
        "a form that names its project and nothing else",
        filing(D(), _blank(project="流动书车")),
        WARNING,
    ),
    "A11": ("no base data beside form and report", filing(D(), _report()), WARNING),
    "A18": (
        "a report without what is to be improved",
        filing(D(), _report(headings=("一、基本情况", "二、存在的问题"))),
        WARNING,
    ),
    "A19": (
        "a form without a line for the head",
        filing(replace(D(), footer=(foot("填表人：云出岫 填报日期：2026年3月20日"),))),
        WARNING,
    ),
    "A12": (
        "no date of filling",
        filing(replace(D(), footer=(foot("单位负责人签字：白石溪 填表人：云出岫 填报日期：   年  月  日"),))),
        WARNING,
    ),
    "A13": (
        "a date before the year was over",
        filing(replace(D(), footer=(foot(FOOTER.replace("2026年3月20日", "2025年12月20日")),))),
        WARNING,
    ),
    "A14": (
        "no signature",
        filing(replace(D(), footer=(foot(FOOTER.replace("白石溪", "    ")),))),
        WARNING,
    ),
    "A15": (
        "two ways to write a date",
        filing(with_row(D(), "年度采购完成时间", target="2025/11/30", actual="2025/11/30")),
        NOTICE,
    ),
    "A16": (
        "a mobile number in a note",
        filing(with_row(D(), "举办阅读活动", deviation_note="汛期停办，详询13800000011")),
        WARNING,
    ),
    "A17": ("another unit in the base data", filing(D(), replace(G(), unit="云溪县文化馆")), WARNING),
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
    "B11": ("a wrong operating cost", filing(_split_basic("454.75", "68.40")), ERROR),
    "B12": (
        "a blank total",
        filing(with_line(P(), FundingRole.TOTAL, initial_budget="")),
        WARNING,
    ),
    "C01": (
        "a level with too much weight",
        filing(_scores(D(), "读者满意度", "12", "101.23", weight="12")),
        ERROR,
    ),
    "C02": (
        "weights that make 110",
        filing(
            replace(
                _scores(D(), "读者满意度", "20", "109.23", weight="20"),
                indicators=tuple(
                    replace(row, level1_weight=None)
                    for row in _scores(D(), "读者满意度", "20", "109.23", weight="20").indicators
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
    "C17": (
        "another project expenditure among the indicators",
        filing(with_row(D(), "馆藏采购成本", name="项目经费控制", target="≤297.5万元", actual="251.6万元")),
        WARNING,
    ),
    "D09": (
        "full marks for what is basically done",
        filing(with_row(D(), "全民阅读服务网络", target="建成", actual="已基本完成，尚有两镇未通")),
        WARNING,
    ),
    "D01": ("a wrong total", filing(with_cell(D(), "reported_score", "99.73")), ERROR),
    "D02": ("a score above its weight", filing(_scores(D(), "读者满意度", "11", "100.23")), ERROR),
    "D03": (
        "an execution score that follows no rule",
        filing(
            with_cell(with_line(D(), FundingRole.TOTAL, score="9.20"), "reported_score", "98.70"),
        ),
        ERROR,
    ),
    "D04": (
        "full marks below the target",
        filing(_scores(D(), "举办阅读活动", "10", "99.73")),
        ERROR,
    ),
    "D05": ("another band's grade", filing(with_cell(D(), "reported_grade", "良")), ERROR),
    "D06": (
        "full marks for a partial result",
        filing(_qualitative("部分达成预期指标并具有一定效果", "15", "99.23")),
        WARNING,
    ),
    "D07": ("a total above the cap", filing(), ERROR),
    "D08": (
        "full marks far above the target",
        filing(with_row(D(), "新增馆藏图书", actual="14000册", deviation_note="社会捐赠图书5800册")),
        WARNING,
    ),
    "E02": (
        "a reason that is none",
        filing(_scores(D(), "读者满意度", "9", "98.23", actual="81%", deviation_note="无偏差")),
        WARNING,
    ),
    "A20": ("a form without a place for the seal", filing(), WARNING),
    "E01": (
        "a deduction although the target is met",
        filing(_scores(D(), "读者满意度", "9", "98.23")),
        ERROR,
    ),
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
    "G11": ("a building rate of its own", filing(_buildings("90%")), ERROR),
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
    "X01": (
        "copied indicators",
        filing(D(), P(), replace(Q(), indicators=P().indicators)),
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
    "X02": (
        "one satisfaction for all",
        filing(
            with_row(D(), "读者满意度", actual="93.8%"),
            P(),
            with_row(Q(), "村民满意度", actual="93.8%"),
        ),
        WARNING,
    ),
    "X30": ("another sum in the copy of the form", _twice("823.85"), ERROR),
    "X03": ("a project without its form", filing(D(), P(), G()), WARNING),
    "X04": (
        "another project spending than in the department form",
        filing(
            D(),
            with_entry(with_entry(G(), "项目支出", THIS, "292.20"), "阅读推广", THIS, "144.00"),
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
    "X08": (
        "the whole basic expenditure instead of its change",
        filing(D(), with_entry(G(), "部门基本支出预算调整", THIS, "541.15")),
        WARNING,
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
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "A02": (
        ("the unit's own part", filing(replace(D(), unit="云溪县图书馆（本级）"))),
        ("its short name", filing(replace(D(), unit="县图书馆"))),
        ("a project of a subordinate", filing(replace(P(), unit="某分馆", department="云溪县图书馆"))),
    ),
    "A04": (("its own mark", replace(filing(), identity=Identity(code="305001", year=YEAR))),),
    "A05": (
        (
            "a note on a blank template",
            replace(
                filing(D(), replace(P(), kind=FormKind.TEMPLATE)),
                notes=(Note(Position("表2", 3), "——", "数字", "栏目填了文字", "2"),),
            ),
        ),
    ),
    "A08": (
        (
            "a score that spans two rows",
            filing(with_row(with_row(D(), "新增馆藏图书", score="19.5"), "举办阅读活动", score="")),
        ),
    ),
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
    ),
    "C04": (
        ("another counting word", filing(with_row(D(), "新增馆藏图书", actual="8120本"))),
        ("a multiple", filing(with_row(D(), "新增馆藏图书", actual="0.812万册"))),
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
    ),
    "D05": (("the long name of the grade", filing(with_cell(D(), "reported_grade", "优秀"))),),
    "A20": (("a sealed form and another that needs no seal", filing(replace(D(), seal_place=True), P())),),
    "E01": (
        (
            "a deduction with a word",
            filing(_scores(D(), "读者满意度", "9", "98.23", deviation_note="问卷回收不足，自扣一分")),
        ),
    ),
    "G02": (("a blank subtotal", filing(with_entry(G(), "公务用车购置和运行维护费", LAST, ""))),),
    "G03": (("parts that leave a rest", filing(with_entry(G(), "水费、电费", THIS, "1.60"))),),
    "G06": (("procurement a little above", filing(with_entry(G(), "政府采购金额", PLAN, "130.00"))),),
    "G07": (
        (
            "no project listed",
            filing(with_entry(with_entry(G(), "馆藏图书采购", LAST, ""), "阅读推广", LAST, "")),
        ),
    ),
    "X01": (
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
    "A10": (
        ("a rubric beside the forms", filing(D(), replace(P(), kind=FormKind.APPRAISAL, unit="财政局"))),
    ),
    "A11": (
        ("tables alone, the report in a file of its own", filing(D(), P())),
        ("everything that is asked for", filing(D(), G(), _report())),
    ),
    "A18": (
        ("every section", filing(D(), _report(headings=("三、存在的问题", "四、下一步打算")))),
        ("a report whose headings are not known", filing(D(), _report())),
    ),
    "A19": (("both lines", filing(D())),),
    "A12": (
        ("a form without such a line", filing(replace(D(), footer=()))),
        (
            "a date in a paragraph of its own",
            filing(replace(D(), footer=(foot("填报日期："), foot("2026年3月20日")))),
        ),
    ),
    "A13": (
        (
            "a day of another year in a target",
            filing(with_row(D(), "年度采购完成时间", target="2025年11月30日")),
        ),
    ),
    "A14": (
        (
            "the bureau's own signature",
            filing(replace(D(), footer=(foot("财政部门归口业务科室负责人（签字）："),))),
        ),
        (
            "names glued to the next label",
            filing(replace(D(), footer=(foot("单位负责人：白石溪填表人：云出岫"),))),
        ),
    ),
    "A16": (
        (
            "the telephone number that the last line asks for",
            filing(replace(D(), footer=(foot(FOOTER + " 联系电话：13800000011"),))),
        ),
        (
            "an office number",
            filing(with_row(D(), "举办阅读活动", deviation_note="汛期停办，详询0000-8000011")),
        ),
    ),
    "A17": (("the unit's own part", filing(D(), replace(G(), unit="云溪县图书馆本级"))),),
    "B11": (
        ("a rounding of one cent", filing(_split_basic("454.76", "86.40"))),
        ("personnel alone", filing(replace(D(), funding=_split_basic("454.75", "86.40").funding[:-1]))),
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
    "D09": (
        (
            "a target that asks for no more",
            filing(with_row(D(), "全民阅读服务网络", target="基本完成联网", actual="基本完成全县联网")),
        ),
    ),
    "D06": (
        (
            "a partial result in its band",
            filing(_qualitative("部分达成预期指标", "10.5", "94.73", "街道次年推开")),
        ),
        ("full marks for a result that was met", filing(_qualitative("达成预期指标", "15", "99.23"))),
    ),
    "E02": (
        (
            "a reason",
            filing(
                _scores(D(), "读者满意度", "9", "98.23", actual="81%", deviation_note="暂无停车位，读者不便")
            ),
        ),
        ("no deduction", filing(with_row(D(), "读者满意度", deviation_note="无偏差"))),
    ),
    "G05": (("a budget in the subtotal alone", filing(with_entry(G(), "公务用车运行维护费", PLAN, ""))),),
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
    "G11": (("a whole rate", filing(_buildings("95%"))), ("no rate", filing(_buildings("")))),
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
    "X30": (("the same sum with another zero", _twice("823.350")),),
    "X10": (("projects that leave a rest", filing(D(), P())),),
    "X11": (
        (
            "a cover in another unit of amounts",
            filing(D(), replace(K(), amount_unit="元")),
        ),
    ),
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
    "X14": (("the long name of the grade", filing(D(), replace(K(), reported_grade=cell("优秀", 41)))),),
}

FAILING |= text_samples.FAILING
PASSING |= text_samples.PASSING
