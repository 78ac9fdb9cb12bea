"""The appraisal of a small bureau: known points with evidence, judgements that lapse, papers written whole."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from apps.cli import main
from apps.demo import EXAMPLES
from db import cycles, roster
from db.session import transaction
from selfeval.refusal import Refusal
from tasks.appraise import judge_item, take_appraisals, withdraw_judgement, write_appraisals
from tests.db.county import DEFINITION, at
from tests.tasks.conftest import unit

LATER = "2026-05-20T09:00"
UNITS = (
    unit("101", "清禾县教育局"),
    unit("101001", "清禾县麦田中学", "101"),
    unit("305", "清禾县档案馆"),
)


@pytest.fixture
def filed(bureau):
    """The education office filed in time, its school and the archives did not file at all."""

    def make() -> None:
        policy = (EXAMPLES / "county-policy.toml").read_text(encoding="utf-8")
        definition = DEFINITION.replace("national-2020", "qinghe-2025")
        with transaction(bureau.url) as session:
            roster.save_roster(session, UNITS, at=at("2026-02-01T09:00"), actor="管理员")
            cycles.open_cycle(
                session, definition, {"qinghe-2025": policy}, at=at("2026-02-02T09:00"), actor="管理员"
            )
        bureau.issue()
        bureau.file("first", "101")
        bureau.round("2026-04-09T09:00")

    bureau.bring("one department filed", make)
    return bureau


def stands(bureau, when: str = LATER) -> dict[str, dict]:
    """Department code → item → the point, with "total" the sentence."""
    with bureau.transaction() as session:
        every = take_appraisals(session, cycles.cycle_of(session, 2025), at(when))
    return {each.code: {p.item.name: p for p in each.points} | {"total": each.sentence} for each in every}


def judge(code: str, item: str, band: str = "", score: str | None = None, version: int | None = None) -> dict:
    given = Decimal(score) if score else None
    return judge_item.fn(2025, code, item, band, given, version, "李四", "看过材料", at(LATER))


def run(*arguments: str) -> str:
    return CliRunner().invoke(main, ["appraisal", *arguments]).output


def test_each_department_is_marked_from_what_is_stored_and_persons_finish_the_table(filed):
    now = stands(filed)
    education, archives = now["101"], now["305"]
    assert education["布置自评"].score == 5 and "某财绩〔2026〕1号" in education["布置自评"].evidence[0]
    assert (education["按时报送"].score, education["单位全覆盖"].score) == (10, 12)
    assert "未报1家：清禾县麦田中学" in education["单位全覆盖"].evidence[0]
    assert education["工作小组"].awaits == education["分析问题"].awaits == "person"
    assert "35分待评定，总分未定" in education["total"]
    assert archives["按时报送"].score == archives["材料齐全"].score == 0
    assert "尚未报送，已逾期" in archives["按时报送"].evidence[0]
    shown = run("show", "101")
    assert "较全面 15—24分" in shown
    assert "selfeval appraisal judge 101 分析问题 --band 档次 --score 分数 --version 1" in shown

    for arguments, says in (
        (("101", "分析问题", "全面", "24", 1), "“全面”一档为25—30分，现为24分，24分属于“较全面”"),
        (("101", "写作水平", "", "3", 1), "没有“写作水平”这一项，有的是：布置自评、工作小组"),
        (("101", "分析问题", "全面", "27"), "请写明看的是第几次报送"),
    ):
        with pytest.raises(Refusal, match=says):
            judge(*arguments)
    judge("101", "分析问题", "全面", "26", 1)
    assert judge("101", "工作小组", "成立")["stands"].startswith("满分100分，得")

    word, excel = map(Path, write_appraisals.fn(2025, at(LATER)))
    assert [Path(path) for path in write_appraisals.fn(2025, at(LATER))] == [word, excel]
    tables = docx.Document(io.BytesIO(word.read_bytes())).tables
    assert [table.rows[-1].cells[0].text for table in tables] == ["合计", "合计（已评部分，总分未定）"]
    # A section of the table stands on one page with its label, where it fits on one.
    kept = [bool(row.cells[-1].paragraphs[0].paragraph_format.keep_with_next) for row in tables[0].rows]
    sections = [row.cells[0].text for row in tables[0].rows]
    assert kept == [here == after for here, after in zip(sections, [*sections[1:], ""], strict=True)]
    book = openpyxl.load_workbook(excel)
    assert book.sheetnames == ["总览", "101 清禾县教育局", "305 清禾县档案馆"]
    heads, first, second = list(book["总览"].iter_rows(min_row=3, max_row=5, values_only=True))
    assert (first[0], first[2], second[heads.index("总分")]) == (1, "清禾县教育局", "未定")
    column = list(book["101 清禾县教育局"]["E"])
    assert (
        sum(cell.value for cell in column if isinstance(cell.value, int | float))
        == first[heads.index("总分")]
    )
    assert any(str(cell.value).startswith("=IF(COUNT(E") for cell in column)
    listed = json.loads(run("list", "--json"))
    assert [(each["place"], each["complete"]) for each in listed] == [(1, True), (None, False)]


def test_a_later_version_voids_what_was_judged_by_it_visibly_and_what_it_was_not_stays(filed):
    judge("101", "分析问题", "全面", "27", 1)
    judge("101", "工作小组", "成立")
    judge("101", "单位全覆盖", "", "15")
    school = next((EXAMPLES / "filings/first/101001").glob("*.xlsx"))
    filed.put("101/补充材料.xlsx", school.read_bytes())
    filed.round("2026-05-10T09:00")
    now = stands(filed)["101"]
    assert (now["工作小组"].score, now["单位全覆盖"].score) == (5, 15)
    assert "系统计12分，以人工评定为准" in now["单位全覆盖"].evidence
    point = now["分析问题"]
    assert point.score is None and "评定的27分已失效" in point.evidence[0]
    with pytest.raises(Refusal, match="现在有效的是第2次报送，您看的是第1次"):
        judge("101", "分析问题", "全面", "27", 1)
    judge("101", "分析问题", "全面", "28", 2)
    assert stands(filed)["101"]["分析问题"].score == 28
    withdraw_judgement.fn(2025, "101", "单位全覆盖", "王五", "看错了单位", at(LATER))
    point = stands(filed)["101"]["单位全覆盖"]
    assert point.score == 12 and "王五撤销：看错了单位" in point.evidence[0]


def test_a_policy_without_a_table_says_so(bureau):
    bureau.open(unit("101", "某县教育局"))
    with pytest.raises(Refusal, match="通知尚未印发"):
        stands(bureau)
    bureau.issue()
    with pytest.raises(Refusal, match="没有自评工作考核评分表"):
        stands(bureau)
