from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from selfeval.board import UnitStatus
from selfeval.filing import Entry, Form, FormKind, Position, Sentence
from selfeval.policy import load_policy
from selfeval.publication import Publication, build_publication
from selfeval.published_page import UnitPage, names_within
from selfeval.redaction import HIDDEN
from selfeval.refusal import Refusal
from selfeval.result import check_document, check_entry
from selfeval.rules import judge
from tests.selfeval import build


def document(*forms: Form) -> dict:
    """The stored document of a filing of these forms, by default a clean one of two forms."""
    filing = build.filing(*(forms or (build.department_form(), build.project_form())))
    policy = load_policy("national-2020")
    return check_document(policy.name, [check_entry(filing, judge(filing, policy))])


def status(code: str, state: str, tier: int = 2, department: str = "305", name: str = "") -> UnitStatus:
    return UnitStatus(
        code=code,
        name=name or f"云溪县单位{code}",
        tier=tier,
        department_code=department,
        department_name=f"云溪县部门{department}",
        state=state,
        version=1,
        late_days=None,
        received_at=None,
    )


def published(statuses, documents, **changes) -> Publication:
    values = {
        "bureau": "云溪县财政局",
        "year": 2025,
        "document_number": "云财绩〔2026〕3号",
        "as_of": date(2026, 6, 12),
    }
    return build_publication(**(values | changes), statuses=statuses, documents=documents)


def pages(statuses, documents, **changes) -> list[UnitPage]:
    publication = published(statuses, documents, **changes)
    return [publication.page(unit) for unit in publication.units]


def test_a_unit_page_carries_scores_grade_and_both_tables():
    publication = published([status("305001", "accepted")], {"305001": document()})
    [unit] = publication.units
    assert (unit.summary.reported_score, unit.summary.recomputed_score) == (
        Decimal("99.23"),
        Decimal("99.23"),
    )
    assert unit.summary.grade
    department, project = publication.page(unit).forms
    assert department.kind is FormKind.DEPARTMENT
    assert department.funding[0].adjusted_budget == "846.20"
    assert department.funding[0].execution_rate == "97.30%"
    assert [row.score for row in department.indicators][:2] == ["10", "9.5"]
    assert department.indicators[1].deviation_note == "汛期停办三场，已列入次年计划补办"
    assert project.project == "馆藏图书采购"


def test_amounts_get_thousands_separators_and_keep_their_decimals():
    form = build.with_line(build.department_form(), build.FundingRole.TOTAL, initial_budget="15203010510.50")
    [unit] = pages([status("305001", "accepted")], {"305001": document(form)})
    assert unit.forms[0].funding[0].initial_budget == "15,203,010,510.50"


@pytest.mark.parametrize(
    ("state", "said"),
    [("missing", "未报送"), ("received", "已收待审"), ("returned", "退回修改"), ("exempt", "免报")],
)
def test_a_unit_without_an_accepted_result_is_named_with_its_state_and_has_no_figures(state, said):
    publication = published(
        [status("305001", "accepted"), status("305002", state)], {"305001": document(), "305002": document()}
    )
    assert [unit.code for unit in publication.units] == ["305001"]
    [absent] = publication.unpublished
    assert (absent.code, absent.state) == ("305002", said)


def test_an_accepted_unit_without_a_result_stops_the_publication():
    with pytest.raises(Refusal, match="305001"):
        published([status("305001", "accepted")], {})


def test_departments_stand_in_order_with_the_department_itself_first():
    statuses = [
        status("305002", "accepted"),
        status("101", "missing", tier=1, department="101"),
        status("305", "accepted", tier=1),
        status("305001", "missing"),
    ]
    publication = published(statuses, {"305": document(), "305002": document()})
    assert [department.code for department in publication.departments] == ["101", "305"]
    assert [unit.code for unit in publication.departments[1].units] == ["305", "305002"]


def test_reports_covers_templates_and_empty_forms_have_no_tables_here():
    empty = Form(id="3", kind=FormKind.PROJECT, title="汇总", at=Position("表3"))
    blank = replace(build.project_form(), id="4", kind=FormKind.TEMPLATE)
    report = Form(
        id="5",
        kind=FormKind.REPORT,
        title="自评报告",
        at=Position("正文"),
        sentences=(Sentence("已完成。", Position("一", 1, sentence=True)),),
    )
    [unit] = pages(
        [status("305001", "accepted")], {"305001": document(build.department_form(), empty, blank, report)}
    )
    assert [form.kind for form in unit.forms] == [FormKind.DEPARTMENT]


def test_a_report_is_shown_by_section_and_paragraph_without_personal_data():
    said = [
        ("一、基本情况", "馆舍面积未变。", 1, True),
        ("一、基本情况", "请联系王小明，电话19900001234。", 2, False),
        ("一、基本情况", "全年无事故。", 3, True),
        ("二、主要成效", "开展阅读活动57场。", 1, True),
    ]
    report = Form(
        id="1",
        kind=FormKind.REPORT,
        title="2025年度自评报告",
        at=Position("正文"),
        sentences=tuple(
            Sentence(text, Position(part, row, sentence=True), begins) for part, text, row, begins in said
        ),
        footer=(Sentence("联系人：王小明", Position("落款", 1, sentence=True)),),
    )
    [unit] = pages([status("305001", "accepted")], {"305001": document(report)})
    [shown] = unit.reports
    assert shown.title == "2025年度自评报告"
    assert [(section.heading, section.paragraphs) for section in shown.sections] == [
        ("一、基本情况", (f"馆舍面积未变。请联系{HIDDEN}，电话{HIDDEN}。", "全年无事故。")),
        ("二、主要成效", ("开展阅读活动57场。",)),
    ]


def test_a_heading_without_a_sentence_of_its_own_stays_in_the_report():
    report = Form(
        id="1",
        kind=FormKind.REPORT,
        title="2025年度自评报告",
        at=Position("正文"),
        headings=("一、部门概况", "（一）职能", "1.收集文献", "2.举办活动。", "（二）人员", "三、附件"),
        sentences=(
            Sentence("现报告如下。", Position("附件1", 1, sentence=True)),
            Sentence("人人能读。", Position("（一）职能", 1, sentence=True)),
            Sentence("在编九人。", Position("（二）人员", 1, sentence=True)),
        ),
    )
    [unit] = pages([status("305001", "accepted")], {"305001": document(report)})
    assert [(section.heading, section.paragraphs) for section in unit.reports[0].sections] == [
        ("", ("附件1", "现报告如下。")),
        ("一、部门概况", ()),
        ("（一）职能", ("人人能读。", "1.收集文献", "2.举办活动")),
        ("（二）人员", ("在编九人。",)),
        ("三、附件", ()),
    ]


def test_names_are_looked_up_whole_and_with_the_spaces_that_forms_put_between_characters():
    filing = {"files": [{"forms": [{"title": "王　小 明主持", "n": None, "rows": ["赵六到场", "钱"]}]}]}
    assert names_within(filing, {"王小明", "赵六", "钱七", "孙八九"}) == {"王小明", "赵六"}


def test_pages_are_made_from_documents_that_are_loaded_when_asked_for():
    class Lazy(Mapping):
        """Knows its codes and makes a document when it is read."""

        loaded = 0

        def __getitem__(self, code):
            self.loaded += 1
            return document()

        def __iter__(self):
            return iter(["305001", "305002"])

        def __len__(self):
            return 2

    documents = Lazy()
    publication = published([status("305001", "accepted"), status("305002", "accepted")], documents)
    assert documents.loaded == 2
    assert publication.page(publication.units[1]).forms
    assert documents.loaded == 3


def test_names_beside_labels_roster_contacts_and_numbers_appear_in_no_text():
    form = build.with_row(
        build.department_form(),
        "举办阅读活动",
        deviation_note="王小明（19900001234）说明：由赵六负责补办，联系人：孙七",
        actual="57场，李四主持",
    )
    form = replace(
        form,
        project="项目负责人：周八",
        footer=(Sentence("填表人：王小明", Position("表1后", 1, sentence=True)),),
        entries=(Entry("联系人", "", build.cell("李 四", 2)),),
    )
    [unit] = pages([status("305001", "accepted")], {"305001": document(form)}, names=["赵 六"])
    [shown] = unit.forms
    row = shown.indicators[1]
    assert row.deviation_note == f"{HIDDEN}（{HIDDEN}）说明：由{HIDDEN}负责补办，联系人：{HIDDEN}"
    assert row.actual == f"57场，{HIDDEN}主持"
    assert shown.project == f"项目负责人：{HIDDEN}"


def test_a_name_that_one_filing_gives_is_hidden_in_all_of_them():
    named = replace(
        build.department_form(), footer=(Sentence("审核人：王小明", Position("表1后", 1, sentence=True)),)
    )
    other = build.with_row(build.department_form(), "举办阅读活动", deviation_note="请王小明协助")
    units = pages(
        [status("305001", "accepted"), status("305002", "accepted")],
        {"305001": document(named), "305002": document(other)},
    )
    assert units[1].forms[0].indicators[1].deviation_note == f"请{HIDDEN}协助"
