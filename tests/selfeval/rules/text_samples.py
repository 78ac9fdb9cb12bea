"""Failing and passing filings for the rules on report text, around one clean report of the invented unit."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Cell, Filing, Form, FormKind, Position, Sentence
from selfeval.findings import Severity
from tests.selfeval.build import YEAR, base_data, department_form, filing, project_form, second_project_form

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE

CLEAN = {
    "（一）机构人员情况": (
        "云溪县图书馆核定编制40人（事业编制36人、工勤编制4人），2025年末实际在职38人，人员控制率95%。",
    ),
    "（一）基本支出情况": (
        "2025年基本支出541.15万元，其中人员经费454.75万元，占基本支出84.03%；公用经费86.40万元，占基本支出15.97%。",
        "公用经费86.40万元，较上年减少1.60万元，减少1.82%。",
        "“三公”经费预算9.00万元，支出7.46万元，比上年减少2.34万元。",
    ),
    "（二）项目支出情况": (
        "2025年项目支出282.20万元，其中：馆藏图书采购148.20万元；阅读推广134.00万元。",
        "全年预算数297.50万元，全年执行数282.20万元，执行率94.86%。",
    ),
    "（一）产出情况": (
        "全年新增馆藏图书8120册，举办阅读活动57场。",
        "流动书车下乡任务90次，已完成92次，服务村民2.1万人次，村民满意度91.7%，发放问卷300份。",
    ),
    "六、综合评价结论": ("综合评价得分为99.23分，等级为“优”。",),
}


def report(**changed: str) -> Form:
    """The clean report; a keyword `old=new` pair is given as replace_1="old|new"."""
    sentences = []
    for section, texts in CLEAN.items():
        for row, text in enumerate(texts, 1):
            for pair in changed.values():
                old, _, new = pair.partition("|")
                text = text.replace(old, new)
            sentences.append(Sentence(text, Position(section, row, sentence=True)))
    assert all(pair.partition("|")[2] in "".join(s.text for s in sentences) for pair in changed.values())
    last = sentences[-1].at
    return Form(
        id="5",
        kind=FormKind.REPORT,
        title="2025年度部门整体支出绩效自评报告",
        at=sentences[0].at,
        unit="云溪县图书馆",
        year=YEAR,
        sentences=tuple(sentences),
        reported_score=Cell("99.23", department_form().reported_score.number, last),
        reported_grade=Cell("优", None, last),
    )


def told(change: str) -> Filing:
    """The clean filing with its report, one thing of it said otherwise ("old|new")."""
    return filing(
        department_form(), project_form(), second_project_form(), base_data(), report(change=change)
    )


def alone(*texts: str, section: str = "一、资金使用情况", **fields: object) -> Filing:
    """A filing of a report alone with the sentences given."""
    sentences = tuple(Sentence(t, Position(section, n, sentence=True)) for n, t in enumerate(texts, 1))
    return filing(replace(report(), sentences=sentences, at=sentences[0].at, **fields))


def of_project(*texts: str) -> Filing:
    """A project form with the report on that project."""
    ((said,), score) = alone(*texts).forms, project_form().reported_score
    return filing(
        project_form(), replace(said, title="2025年度馆藏图书采购项目支出绩效自评报告", reported_score=score)
    )


def clean_filing() -> Filing:
    return filing(department_form(), project_form(), second_project_form(), base_data(), report())


def goal(wanted: str, got: str) -> tuple[tuple[Cell, Cell], ...]:
    at = Position("表1", 11)
    return ((Cell(wanted, None, at), Cell(got, None, at)),)


def with_goal(wanted: str, got: str) -> Form:
    return replace(department_form(), goals=goal(wanted, got))


FAILING: dict[str, tuple[str, Filing, Severity]] = {
    "R01": (
        "a part that leaves a gap",
        told(
            "馆藏图书采购148.20万元；阅读推广134.00万元|馆藏图书采购148.20万元；其他活动12.00万元；其他项目132.00万元"
        ),
        ERROR,
    ),
    "R02": ("a share of another total", told("占基本支出84.03%|占基本支出86.03%"), ERROR),
    "R16": (
        "a change that the two years do not make",
        alone("公务接待费2.60万元，比上年3.10万元减少0.60万元。"),
        ERROR,
    ),
    "R05": (
        "results of money that was not spent",
        alone("全年预算数80万元，全年执行数0元，执行率0%。", "已完成渠道整治12公里。"),
        WARNING,
    ),
    "R06": (
        "a reason for a part of what was left",
        alone("全年预算数500万元，全年执行数300万元，主要原因是上级资金150万元到位晚。"),
        WARNING,
    ),
    "R07": ("two units of money", alone("项目经费20万元。", "全年预算数200000元。"), WARNING),
    "R08": (
        "no score and no grade",
        alone("各项工作完成较好。", reported_score=None, reported_grade=None),
        WARNING,
    ),
    "R09": ("the staff asked about itself", alone("干部职工满意度98%，发放问卷50份。"), WARNING),
    "R10": (
        "a rate of something unnamed",
        alone("完成生态修复面积38公顷。", "恢复植被26公顷，治理水面19公顷，土地复垦率81.32%。"),
        WARNING,
    ),
    "R11": ("a word twice", alone("提高社会效益效益，完成任务。"), NOTICE),
    "R12": ("a number out of order", alone("工作有序。", "（3）完成整治任务。"), NOTICE),
    "R13": ("half a bracket", alone("良好（90分）、合格70分）以上。"), NOTICE),
    "R14": ("a comma behind the point", alone("公用经费较上年减少51.5,7万元。"), NOTICE),
    "R15": ("two names for one", alone("安排监测员20名。", section="5.隐患点检测人员补助项目"), NOTICE),
    "R17": (
        "one of four departments left out",
        alone("单位内设机构4个，分别为办公室、财务科、采编部。"),
        WARNING,
    ),
    "X21": (
        "another number of books than the indicator",
        told("全年新增馆藏图书8120册|全年新增馆藏图书8210册"),
        ERROR,
    ),
    "X22": (
        "a name that is only alike",
        filing(with_goal("", "举办全民阅读推广活动57场。下乡举办全民阅读推广活动暨展览64场。"), report()),
        WARNING,
    ),
    "X23": (
        "a goal of one level, a result of all",
        filing(
            with_goal(
                "完成省级示范书屋建设10家以上。", "全县完成示范书屋建设21家，其中进入省级示范书屋名录15家。"
            )
        ),
        WARNING,
    ),
    "X24": (
        "no transfers, and a list of towns",
        alone("对县区的转移支付0.00万元。", "资金分配：东山县20万元、西河县30万元、南岭区15万元。"),
        WARNING,
    ),
    "X25": (
        "work that no indicator counts",
        filing(department_form(), replace(project_form(), goals=goal("", "铺设书架12公里，硬化场地3亩。"))),
        WARNING,
    ),
    "X32": (
        "another spending of a project than its form",
        told(
            "全年新增馆藏图书8120册|馆藏图书采购项目全年预算数156万元，实际支出147.20万元，全年新增馆藏图书8120册"
        ),
        ERROR,
    ),
    "X34": ("another number of loans than the form", of_project("全年图书外借4.5万册。"), ERROR),
    "X35": (
        "another sum than that of the forms",
        told("举办阅读活动57场|举办阅读活动57场；纳入自评的项目2个，全年预算合计299.50万元"),
        ERROR,
    ),
    "X36": (
        "another spending of one project in a list",
        told(
            "全年新增馆藏图书8120册|馆藏图书采购支出184.20万元，阅读推广支出134.00万元，全年新增馆藏图书8120册"
        ),
        ERROR,
    ),
    "X37": (
        "another change than the two years make",
        told("支出7.46万元，比上年减少2.34万元|支出7.46万元，比上年减少2.43万元"),
        ERROR,
    ),
    "X33": (
        "another score of a project than its form",
        told("举办阅读活动57场|举办阅读活动57场；馆藏图书采购项目自评得分98.5分"),
        ERROR,
    ),
    "X31": (
        "another share of a target that only the form tells",
        told("举办阅读活动57场|举办阅读活动57场，完成年度目标的98%"),
        ERROR,
    ),
    "X20": (
        "another number of posts",
        told(
            "核定编制40人（事业编制36人、工勤编制4人），2025年末实际在职38人，人员控制率95%|核定编制42人，2025年末实际在职38人"
        ),
        ERROR,
    ),
}

PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    "X36": (
        (
            "the spending rounded, and a budget",
            told(
                "全年新增馆藏图书8120册|馆藏图书采购支出148.2万元，阅读推广项目安排预算141.50万元，全年新增馆藏图书8120册"
            ),
        ),
        (
            "the spending of the year before",
            told("全年新增馆藏图书8120册|阅读推广上年支出120.00万元，全年新增馆藏图书8120册"),
        ),
    ),
    "X37": (
        (
            "the change as a rounded percentage",
            told("支出7.46万元，比上年减少2.34万元|支出7.46万元，比上年下降23.9%"),
        ),
        (
            "a change against the budget",
            told("支出7.46万元，比上年减少2.34万元|支出7.46万元，比预算减少1.54万元"),
        ),
    ),
    "R05": (
        (
            "money of which some was spent",
            alone("全年预算数80万元，全年执行数60万元。", "已完成渠道整治12公里。"),
        ),
    ),
    "R06": (
        (
            "a reason for all",
            alone("全年预算数500万元，全年执行数300万元，主要原因是上级资金200万元到位晚。"),
        ),
    ),
    "R07": (("one unit", alone("项目经费20万元。", "全年预算数0.5亿元，罚没20元。")),),
    "R08": (
        (
            "the score in the form",
            filing(department_form(), replace(report(), reported_score=None, reported_grade=None)),
        ),
    ),
    "R09": (
        ("those served, with a sample", alone("服务对象满意度98%，发放问卷50份。", "培训学员满意度96%。")),
        (
            "everyone who was served may judge",
            alone("大厅收到评价52.6万条，满意率98.6%。", "电话回访600名残疾人，满意度96.5%。"),
        ),
        ("the staff that a canteen serves", alone("职工满意度98%，发放问卷50份。", section="4.机关食堂项目")),
    ),
    "R10": (
        (
            "what a rate was and what it became",
            alone("治理面积18.6公顷，其中果林8公顷、封育10.6公顷，植被覆盖率由54.2%提高到57.9%。"),
        ),
        (
            "a rate that its figures make",
            alone("完成生态修复面积40公顷，恢复植被26公顷，治理水面19公顷，恢复率65.00%。"),
        ),
    ),
    "R11": (
        (
            "words that double by nature",
            alone("家家户户点点滴滴一户一户核实。", "逐级逐级汇报，天天天天巡查。"),
        ),
    ),
    "R12": (
        (
            "items from the first on",
            alone("（1）核查完毕。", "（2）整治完毕。", "（3）验收完毕。", "开展检查10余次。"),
        ),
    ),
    "R13": (("brackets in pairs", alone("良好（90分）、合格（70分）以上。", "1）核查完毕。")),),
    "R14": (("thousands", alone("公用经费1,234.57万元，资金1000万元，2024年。")),),
    "R15": (("one name", alone("安排检测人员20名。", section="5.隐患点检测人员补助项目")),),
    "R17": (
        ("as many as are listed", alone("单位内设机构4个，分别为办公室、财务科、采编部、读者服务部。")),
        ("a name that joins two", alone("下设3个股室：办公室、人事和教育股、预算股。")),
        (
            "two names joined by 和",
            alone("纳入预算的单位有4个，分别为局机关本级、县图书馆、县文化馆和县博物馆。"),
        ),
        ("a name with a mark of its own", alone("内设机构3个：办公室、规划、建设科、财务科。")),
        ("a list with more to come", alone("内设机构9个，包括办公室、财务科、采编部等。")),
        ("places, no bodies", alone("覆盖5个乡镇，分别为东山、西河、南坪、北塘。")),
        ("a list that goes on", alone("下属单位5个，即县图书馆、县文化馆、县博物馆，另有临时机构两个。")),
    ),
    "R16": (
        ("points between two rates", alone("绿化覆盖率由41.20%提高到42.05%，提高0.85个百分点。")),
        (
            "a remainder with money of last year",
            alone("上年结转20万元，本年预算100万元，支出90万元，结余30万元。"),
        ),
        ("an area in two units", alone("修复矿山3处、面积2.5公顷（37.5亩）。")),
        ("an average of what is not all told", alone("培训4期300人次，外出考察2期40人次，平均每期60人次。")),
        ("a change against another base", alone("支出52万元，预算50万元，上年支出60万元，比上年减少8万元。")),
    ),
    "R01": (
        ("a cent lost by rounding", told("人员经费454.75万元|人员经费454.76万元")),
        ("a list that names only some", alone("全年支出100万元，其中办公费20万元、差旅费30万元。")),
        ("units converted", alone("全年支出1.5亿元，其中基本支出5000万元、项目支出10000万元。")),
        ("a rest that was not done yet", alone("整改任务627宗，已整改到位502宗，未整改到位125宗。")),
        (
            "a list behind each member of a list",
            alone(
                "反馈问题951个，整改到位736个，其中省级问题649个，整改到位545个，国家级问题302个，整改到位191个。"
            ),
        ),
    ),
    "R02": (
        ("a rate cut off in the last of two decimals", told("执行率94.86%|执行率94.85%")),
        (
            "a rate over an adjusted budget",
            alone("年初预算200万元，调减预算50万元，到位资金150万元，到位率100%。"),
        ),
        (
            "a change against the figure of last year",
            alone("本年供应1200.60公顷，同比（1500.75公顷）下降20.00%。"),
        ),
        ("two units side by side", alone("处置任务40宗1800.20亩，已处置30宗1260.14亩，处置率为70.00%。")),
    ),
    "X21": (
        (
            "the same area in another unit",
            filing(with_goal("", "新建阅读广场绿地1.5公顷。新建阅读广场绿地22.5亩。")),
        ),
        (
            "what each project of a report did",
            alone("开展读者培训活动5次。开展读者培训活动9次。", section="1.培训项目"),
        ),
        ("a figure of last year", told("新增馆藏图书8120册|新增馆藏图书8120册，上年新增馆藏图书7000册")),
    ),
    "X31": (
        ("the share that the form's target makes", told("活动57场|活动57场，完成年度目标任务的95%")),
        ("a target of the province", told("活动57场|活动57场，完成省定目标的114%")),
        ("a result of some months", told("活动57场|活动57场，上半年举办阅读活动30场，完成年度目标的50%")),
        ("a target that the report tells", told("活动57场|活动57场，完成年度目标58场的98.28%")),
        ("activities of another kind", told("活动57场|活动57场，举办阅读推广比赛12场，完成年度目标的120%")),
    ),
    "X23": (
        (
            "one level in goal and result",
            filing(with_goal("完成省级示范书屋10家。", "完成省级示范书屋11家。")),
        ),
    ),
    "X24": (
        (
            "no list of places",
            alone("对县区的转移支付0.00万元。", "办公费20万元、差旅费30万元、会议费15万元。"),
        ),
    ),
    "X25": (
        (
            "work that an indicator counts",
            filing(
                department_form(),
                replace(project_form(), goals=goal("", "采购中文图书书架12公里，采购中文图书场地3亩。")),
            ),
        ),
    ),
    "X32": (
        (
            "the money of a project as its form says it",
            told(
                "全年新增馆藏图书8120册|馆藏图书采购项目预算150万元，实际支出148.2万元，全年新增馆藏图书8120册"
            ),
        ),
        (
            "the money of the year before",
            told(
                "全年新增馆藏图书8120册|馆藏图书采购项目2024年预算120万元，实际支出148.2万元，全年新增馆藏图书8120册"
            ),
        ),
        (
            "one figure that may be of a part",
            told("全年新增馆藏图书8120册|馆藏图书采购项目支出12万元用于装帧，全年新增馆藏图书8120册"),
        ),
    ),
    "X34": (
        (
            "the form's figure as the report rounds it",
            of_project("全年图书外借54,000册，借阅者满意度93.8%。"),
        ),
        ("the goal and the year before", of_project("图书外借计划5万册。", "上年图书外借4.5万册。")),
        ("a part of the year", of_project("上半年图书外借2.4万册。")),
        ("a part of it", of_project("全年图书外借5.4万册，其中少儿图书外借2.1万册。")),
        ("something of a like name", of_project("农家书屋图书外借1.2万册。", "读者培训满意度91%。")),
        ("the cost of one beside the cost of all", of_project("每册图书成本24.7元。")),
    ),
    "X35": (
        (
            "the sums of the forms",
            told(
                "举办阅读活动57场|举办阅读活动57场；纳入自评的项目2个，年初预算合计282.40万元，实际支出合计282.20万元"
            ),
        ),
        (
            "the sum of more projects than have a form",
            told("举办阅读活动57场|举办阅读活动57场；全年实施项目5个，全年预算合计399.50万元"),
        ),
        (
            "one source of the money",
            told("举办阅读活动57场|举办阅读活动57场；2个项目涉及预算资金合计282.40万元"),
        ),
    ),
    "X33": (
        (
            "the scores of a project and of its level",
            told(
                "举办阅读活动57场|举办阅读活动57场；馆藏图书采购项目自评得分99.5分，其中产出指标得分50分，阅读推广项目自评得分99.47分"
            ),
        ),
    ),
    "X06": (
        (
            "the score of a project, told first",
            filing(
                department_form(),
                project_form(),
                replace(
                    report(change="举办阅读活动57场|馆藏图书采购项目自评得分99.5分，举办阅读活动57场"),
                    reported_score=Cell(
                        "99.5",
                        project_form().reported_score.number,
                        Position("（一）产出情况", 1, sentence=True),
                    ),
                ),
            ),
        ),
    ),
    "X20": (
        ("figures of the whole department too", told("核定编制40人|核定编制40人，下属分馆编制6人")),
        ("the budget of the year", told("三公”经费预算9.00万元|三公”经费预算9.10万元")),
    ),
}
