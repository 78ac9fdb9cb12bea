"""A: identity, completeness, signatures."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Filing, FormKind, Identity, Note, Position
from selfeval.findings import Severity
from tests.selfeval.build import (
    FOOTER,
    YEAR,
    filing,
    foot,
    with_row,
)
from tests.selfeval.rules.samples.common import (
    ERROR,
    NOTICE,
    WARNING,
    D,
    G,
    P,
    blank,
    report,
)

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
        filing(D(), blank(project="流动书车")),
        WARNING,
    ),
    "A11": ("no base data beside form and report", filing(D(), report()), WARNING),
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
    "A18": (
        "a report without what is to be improved",
        filing(D(), report(headings=("一、基本情况", "二、存在的问题"))),
        WARNING,
    ),
    "A19": (
        "a form without a line for the head",
        filing(replace(D(), footer=(foot("填表人：云出岫 填报日期：2026年3月20日"),))),
        WARNING,
    ),
    "A20": ("a form without a place for the seal", filing(), WARNING),
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
    "A10": (
        ("a rubric beside the forms", filing(D(), replace(P(), kind=FormKind.APPRAISAL, unit="财政局"))),
    ),
    "A11": (
        ("tables alone, the report in a file of its own", filing(D(), P())),
        ("everything that is asked for", filing(D(), G(), report())),
    ),
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
    "A18": (
        ("every section", filing(D(), report(headings=("三、存在的问题", "四、下一步打算")))),
        ("a report whose headings are not known", filing(D(), report())),
    ),
    "A19": (("both lines", filing(D())),),
    "A20": (("a sealed form and another that needs no seal", filing(replace(D(), seal_place=True), P())),),
}
