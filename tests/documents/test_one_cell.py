"""What two columns hold elsewhere stands in one cell, in pairs, on its side, in a closing line, hidden or on a page more."""

from __future__ import annotations

import io
from decimal import Decimal

import docx
import pytest
from docx.oxml import OxmlElement

from documents.reading import read_file
from selfeval.filing import Filing, Form
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders
from tests.documents.builders import word
from tests.documents.test_hidden_rows import DRAWING

HEAD = r"""
项目支出绩效自评表（2023年度）|<|<|<|<|<|<
项目名称|古桥修缮|<|<|实施单位|青石县文物所|<
"""
FUNDS = r"""
项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|得分
^|年度资金总额|50|45|45|10|10
"""
HEADINGS = "\n一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分"
OUTPUTS = r"""
产出指标|数量指标|修缮石桥|≥3座|3座|30|28
^|质量指标|验收合格率|100%|100%|30|30
"""
EFFECTS = r"""
效益指标|社会效益|受益村民|≥900人|950人|20|20
满意度指标|满意度|村民满意度|≥90%|93%|10|10
"""
TOTAL = "\n总分|<|<|<|<|100|98"


def drawing(*parts: str) -> str:
    return "\n".join(part.strip("\n") for part in parts)


def read(*parts: str) -> Filing:
    return read_file("自评表.docx", word(*parts))


def one(*parts: str) -> Form:
    (form,) = read(*parts).forms
    return form


def scores(form: Form) -> list[tuple[str, Decimal | None, Decimal | None]]:
    return [
        (row.name, row.weight and row.weight.number, row.score and row.score.number)
        for row in form.indicators
    ]


EXPECTED = [("修缮石桥", 30, 28), ("验收合格率", 30, 30), ("受益村民", 20, 20), ("村民满意度", 10, 10)]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("得分/分值", "{s}/{w}"),
        ("分值/得分", "{w}/{s}"),
        ("分值（得分）", "{w}（{s}）"),
        ("自评得分／分值", "{s}分／{w}分"),
    ],
)
def test_points_and_their_weight_in_one_cell_are_told_apart_by_the_heading(heading, cell):
    rows = [
        ("产出指标|数量指标|修缮石桥|≥3座|3座", 30, 28),
        ("^|质量指标|验收合格率|100%|100%", 30, 30),
        ("效益指标|社会效益|受益村民|≥900人|950人", 20, 20),
        ("满意度指标|满意度|村民满意度|≥90%|93%", 10, 10),
        ("总分|<|<|<|<", 100, 98),
    ]
    body = "\n".join(f"{row}|{cell.format(w=w, s=s)}|" for row, w, s in rows)
    form = one(
        drawing(HEAD, FUNDS, f"一级指标|二级指标|三级指标|年度指标值|实际完成值|{heading}|偏差原因", body)
    )
    assert scores(form) == EXPECTED
    assert (form.total_weight.number, form.reported_score.number) == (100, 98)


def amounts(form: Form) -> list[tuple[object, ...]]:
    columns = ("initial_budget", "adjusted_budget", "executed")
    return [
        (line.label, *(cell and cell.number for cell in (getattr(line, c) for c in columns)))
        for line in form.funding
    ]


def test_a_funding_table_on_its_side_has_a_line_for_each_source():
    turned = r"""
项目资金（万元）||资金总额|中央财政|省级财政|县级财政|其他资金
^|年初预算数|50|20|10|15|5
^|全年预算数|45|20|10|10|5
^|全年执行数|36|20|10|5|1
^|执行率|80%|100%|100%|50%|20%
"""
    form = one(drawing(HEAD, turned, HEADINGS, OUTPUTS, EFFECTS))
    assert amounts(form) == [
        ("资金总额", 50, 45, 36),
        ("中央财政", 20, 20, 20),
        ("省级财政", 10, 10, 10),
        ("县级财政", 15, 10, 5),
        ("其他资金", 5, 5, 1),
    ]
    assert form.funding[3].execution_rate.number == Decimal("0.5")


def test_sources_below_a_pair_of_labels_are_read_beside_the_whole():
    pairs = r"""
预算数：|30|<|执行数：|28|<|<
其中：财政拨款|25|<|其中：财政拨款|24|<|<
其他资金|5|<|其他资金|4|<|<
"""
    form = one(drawing(HEAD, pairs, HEADINGS, OUTPUTS, EFFECTS))
    assert (form.project, form.unit) == ("古桥修缮", "青石县文物所")
    assert amounts(form) == [
        ("年度资金总额", None, 30, 28),
        ("其中：财政拨款", None, 25, 24),
        ("其他资金", None, 5, 4),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "自评总分：98分 自评等级：优",
        "自评得分98分，评价等级为“优”。",
        "项目自评得分：98分（优）",
        "综合得分98分，自评结论：优",
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_a_closing_line_says_score_and_grade_below_or_in_the_table(line, inside):
    table = drawing(HEAD, FUNDS, HEADINGS, OUTPUTS, EFFECTS)
    form = one(drawing(table, line + "|<" * 6)) if inside else one(table, line)
    assert (form.reported_score.number, form.reported_grade.text) == (98, "优")


def test_a_line_that_says_more_than_its_score_closes_no_form():
    table = drawing(HEAD, FUNDS, HEADINGS, OUTPUTS, EFFECTS)
    assert one(table, "产出指标自评得分58分，等级为优的项目2个").reported_score is None


def test_a_closing_line_that_contradicts_the_total_is_an_error():
    table = drawing(HEAD, FUNDS, HEADINGS, OUTPUTS, EFFECTS, TOTAL)

    def codes(line: str) -> list[str]:
        judged = judge(read(table, line), load_policy("national-2020"))
        return [f.code for f in judged.findings if f.code == "D10"]

    assert codes("自评总分：98分 自评等级：优") == []
    assert codes("自评总分：96分 自评等级：优") == ["D10"]


@pytest.mark.parametrize(
    "below",
    ["^|^|^|（A）|（B）|^|^", "^|^|^|指标值|^|^|^"],
)
def test_the_rest_of_a_heading_in_two_lines_is_no_indicator(below):
    form = one(drawing(HEAD, FUNDS, HEADINGS, below, OUTPUTS, EFFECTS, TOTAL))
    assert scores(form) == EXPECTED


def test_short_words_below_a_wide_heading_name_target_and_result():
    headings = "一级指标|二级指标|三级指标|指标值|<|自评|<\n^|^|^|年初|实际|分值|得分"
    form = one(drawing(HEAD, FUNDS, headings, OUTPUTS, EFFECTS, TOTAL))
    assert [(row.target.text, row.actual.text) for row in form.indicators[:2]] == [
        ("≥3座", "3座"),
        ("100%", "100%"),
    ]
    assert scores(form) == EXPECTED


AGAIN = "项目名称|古桥修缮|<|<|实施单位|青石县文物所|<"


@pytest.mark.parametrize(
    "mark", ["项目支出绩效自评表（续）", "项目支出绩效自评表（2023年度）（续表）", "（续）", "续表"]
)
def test_a_page_more_that_names_the_project_again_goes_on(mark):
    first = drawing(HEAD, FUNDS, HEADINGS, OUTPUTS)
    form = one(first, mark, drawing(AGAIN, HEADINGS, EFFECTS, TOTAL))
    assert scores(form) == EXPECTED
    assert form.reported_score.number == 98


def test_a_page_more_of_another_project_is_another_form():
    first = drawing(HEAD, FUNDS, HEADINGS, OUTPUTS)
    second = drawing(AGAIN.replace("古桥", "石塔"), HEADINGS, EFFECTS, TOTAL)
    assert [form.project for form in read(first, "项目支出绩效自评表（续）", second).forms] == [
        "古桥修缮",
        "石塔修缮",
    ]


def hidden(row: int, *, mark: str) -> Filing:
    document = docx.Document(io.BytesIO(word(DRAWING)))
    target = document.tables[0].rows[row - 1]
    if mark == "hidden":
        target._tr.get_or_add_trPr().append(OxmlElement("w:hidden"))
    else:
        for cell in target.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.hidden = True
    return read_file("自评表.docx", builders.saved(document))


@pytest.mark.parametrize("mark", ["hidden", "vanish"])
def test_a_hidden_row_of_a_word_table_is_not_read_and_told(mark):
    filing = hidden(6, mark=mark)
    assert [line.executed.number for line in filing.forms[0].funding] == [108, 108]
    ((place, message),) = [(str(note.at), note.message) for note in filing.notes]
    assert place == "表1 第5行"
    assert "第 6 行" in message


def test_hidden_characters_beside_others_are_no_hidden_row():
    document = docx.Document(io.BytesIO(word(DRAWING)))
    run = document.tables[0].rows[4].cells[1].paragraphs[0].add_run("9")
    run.font.hidden = True
    filing = read_file("自评表.docx", builders.saved(document))
    assert filing.forms[0].funding[0].initial_budget.number == 120
    assert filing.notes == ()


def test_signatures_in_rows_of_the_table_are_those_of_the_form():
    signed = "项目负责人：郑某|<|<|<|财务负责人：|<|<"
    table = drawing(HEAD, FUNDS, HEADINGS, OUTPUTS, EFFECTS, TOTAL, signed)
    assert [line.text for line in one(table).footer] == ["项目负责人：郑某  财务负责人："]
    judged = judge(read(table), load_policy("national-2020"))
    assert [f.message for f in judged.findings if f.code == "A14"] == [
        "财务负责人未签：项目支出绩效自评表（2023年度）（表1）"
    ]


def test_divisions_side_by_side_are_read_where_one_lies_under_the_amounts():
    funds = r"""
年度预算申请（万元）||年初预算数|全年预算数|全年执行数|分值|得分
^|年度资金总额|900|1000|950|10|9.5
^|按收入性质分：||按支出性质分：|<|<|<
^|其中：一般公共预算：880||其中：基本支出：600|<|<|<
^|政府性基金拨款：120||项目支出：350|<|<|<
"""
    head = "部门整体支出绩效自评表（2023年度）|<|<|<|<|<|<\n部门名称|白杨县文旅局|<|<|<|<|<"
    form = one(drawing(head, funds, HEADINGS, OUTPUTS, EFFECTS, TOTAL))
    told = {line.label: line.amount.number for line in form.funding if line.amount and line.amount.number}
    assert told == {"其中：一般公共预算": 880, "其中：基本支出": 600, "政府性基金拨款": 120, "项目支出": 350}


def test_what_the_goals_tell_of_an_indicator_is_held_against_it():
    goals = "年度目标|预期目标|<|<|实际完成情况|<|<\n^|修缮石桥3座。|<|<|修缮老旧石桥{}座，清理桥洞12处。|<|<"

    def told(count: int) -> list[tuple[str, str, str]]:
        table = drawing(HEAD, FUNDS, goals.format(count), HEADINGS, OUTPUTS, EFFECTS, TOTAL)
        found = judge(read(table), load_policy("national-2020")).findings
        return [(f.code, f.severity.value, f.stated) for f in found if f.code in ("X21", "X22", "X34")]

    assert told(3) == []
    assert told(5) == [("X34", "warning", "5座")]


def test_a_line_of_contacts_at_the_end_of_a_report_is_published_with_it():
    report = "白杨县文旅局2023年度古桥修缮项目绩效自评报告\n一、项目概况\n项目预算50万元，执行45万元，执行率90%。\n二、完成情况\n修缮石桥3座，验收合格率100%。\n联系人：郑某   电话：13900000000"
    table = drawing(HEAD.split("\n", 2)[2], FUNDS, HEADINGS, OUTPUTS, EFFECTS, TOTAL)
    judged = judge(read(report, "项目支出绩效自评表\n（2023年度）", table), load_policy("national-2020"))
    assert [f.code for f in judged.findings if f.code == "A16"] == ["A16"]


def test_points_printed_beside_all_indicators_leave_none_over():
    headings = "绩效目标（80分）|一级指标|二级指标|三级指标|年初目标值（A）|实际完成值（B）|得分"
    rows = r"""
^|产出指标|数量指标|修缮石桥|≥3座|3座|30
^|效益指标|社会效益|受益村民|≥900人|950人|40
^|满意度指标|满意度|村民满意度|≥90%|93%|10
总分|<|<|<|<|<|{}
"""
    funds = "预算执行情况（万元）（20分）||预算数（A）|<|执行数（B）|执行率（B/A）|得分（20分*执行率）\n^|年度财政资金总额|50|<|45|90%|18"

    def told(total: str) -> list[tuple[str, str, str]]:
        table = drawing(HEAD, funds, headings, rows.format(total))
        found = judge(read(table), load_policy("national-2020")).findings
        return [(f.code, f.severity.value, f.expected) for f in found if f.code == "D01"]

    assert told("98") == []
    assert told("99") == [("D01", "error", "98")]
