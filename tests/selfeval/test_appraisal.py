"""The appraisal marks what is known, with evidence, and asks for the rest: no total looks final before it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.appraisal.facts import Found, papers_of
from selfeval.appraisal.judgement import Judgement, judged, score_of
from selfeval.appraisal.result import basis_hash, ranked
from selfeval.refusal import Refusal
from tests.selfeval.appraisal_cases import (
    POLICY,
    at,
    department,
    evidence,
    papers,
    scores,
    table,
    taken,
    unit,
)

SOUND = unit(own=papers())
ASKED = {"工作小组": 2, "核心指标": 3, "指标相关": 2, "反映问题": 20, "提出建议": 15}


def word(facts, item: str, score: int, **changed) -> Judgement:
    """A person's word on an item as it stands."""
    point = next(p for p in taken(facts).points if p.item.name == item)
    given = dict(
        item=item, band="", score=Decimal(score), person="张三", reason="看过材料",
        basis_hash=basis_hash(point.item, point.mark), decided_at=at("2024-06-01T10:00"),
    )  # fmt: skip
    return Judgement(**given | changed)


def test_a_sound_department_gets_every_point_that_needs_no_person_and_the_others_are_asked_for():
    made = taken(department(SOUND))
    assert {name for name, score in scores(made).items() if score == "person"} == set(ASKED)
    assert made.score == Decimal(58)
    assert made.sentence == "100分中已评58分，其中得58分；另有42分待评定，总分未定"
    assert not made.complete


def test_units_that_did_not_file_are_named_and_cost_a_point_each():
    missing = [unit(f"101{n:03}", f"某市第{n}中学", filed=None) for n in (1, 2)]
    exempt = unit("101003", "某市新设学校", filed=None, state="exempt")
    made = taken(department(SOUND, *missing, exempt))
    assert scores(made)["单位自查"] == 8
    assert "应报3家，未报2家：某市第1中学、某市第2中学，扣2分" in evidence(made, "单位自查")
    many = [unit(f"101{n:03}", f"某市第{n}中学", filed=None) for n in range(12)]
    assert scores(taken(department(SOUND, *many)))["单位自查"] == 0


def test_working_days_late_cost_a_point_each_with_the_calculation_and_never_more_than_the_item():
    late = taken(department(unit(filed="2024-05-14T09:00+08:00", own=papers())))
    assert scores(late)["按时报送"] == 7
    # The Sunday between does not count; 11 May 2024 was a working Saturday of the holiday order.
    assert "逾期3个工作日（计5月11日、5月13日至14日" in evidence(late, "按时报送")
    assert "扣3分" in evidence(late, "按时报送")
    very_late = taken(department(unit(filed="2024-06-20T09:00+08:00", own=papers()), asof="2024-07-01T09:00"))
    assert scores(very_late)["按时报送"] == 0


def test_before_the_due_instant_nothing_is_held_against_a_unit_and_nothing_can_be_marked():
    early = taken(department(unit(filed=None), asof="2024-05-10T17:30"))
    waits = {name for name, score in scores(early).items() if score == "time"}
    assert {"单位自查", "按时报送", "正文完整", "附件完整", "指标权重", "反映问题"} <= waits
    assert "未到截止" in early.sentence
    after = taken(department(unit(filed=None), asof="2024-05-13T09:00"))
    assert scores(after)["单位自查"] == 9 and scores(after)["正文完整"] == 0
    assert "截至2024年05月13日尚未报送" in evidence(after, "按时报送")


def test_a_filing_that_is_not_checked_yet_waits_for_the_check():
    made = taken(department(unit()))
    assert scores(made)["正文完整"] == scores(made)["三级指标"] == scores(made)["反映问题"] == "check"
    assert scores(made)["按时报送"] == 10


def test_missing_sections_and_attachments_are_named_and_cost_two_points_each():
    own = papers(missing_sections=("问题",), missing_attachments=("基础数据表", "整体表", "项目表", "附表"))
    made = taken(department(unit(own=own)))
    assert scores(made)["正文完整"] == 6 and "问题" in evidence(made, "正文完整")
    assert scores(made)["附件完整"] == 0 and "扣7分" in evidence(made, "附件完整")


def test_a_department_that_need_not_file_itself_is_marked_by_its_units_and_a_person_decides_on_its_report():
    made = taken(department(unit(filed=None, state="exempt"), unit("101001", "某市一中", own=papers())))
    assert (scores(made)["单位自查"], scores(made)["指标权重"]) == (10, 5)
    assert scores(made)["按时报送"] == scores(made)["正文完整"] == "person"
    assert "本级不需要报送" in evidence(made, "按时报送")


def test_what_an_unreadable_file_may_hold_is_never_counted_as_missing():
    own = papers(unreadable=("扫描件.pdf",), report=False, missing_attachments=("基础数据表",), tables=())
    made = scores(taken(department(unit(own=own))))
    assert made["正文完整"] == made["附件完整"] == made["指标权重"] == "person"


def test_weights_are_marked_by_the_share_of_tables_that_comply():
    wrong = table("项目支出绩效自评表（校舍维修）", 5, (), Found("C02", "合计 110，应为100"))
    made = taken(department(unit(own=papers(tables=(table(), table("项目一"), wrong)))))
    assert scores(made)["指标权重"] == Decimal("3.33")
    assert "5 × 2 ÷ 3 = 3.33" in evidence(made, "指标权重") and "校舍维修" in evidence(made, "指标权重")


@pytest.mark.parametrize(
    ("undetailed", "score"), [((), 5), (("数量指标（表2 第9行）",), "person"), (tuple("abcdefghij"), 0)]
)
def test_level_three_detail_is_full_or_none_and_a_person_decides_between(undetailed, score):
    made = taken(department(unit(own=papers(tables=(table(undetailed=undetailed),)))))
    assert scores(made)["三级指标"] == score


def test_vague_targets_ask_a_person_with_the_findings_beside_it():
    vague = table("部门整体支出绩效自评表", 10, (), Found("C09", "2 个指标的年度指标值没有可衡量的标准" * 9))
    made = taken(department(unit(own=papers(tables=(vague,)))))
    assert scores(made)["指标可衡量"] == "person"
    assert "C09 2 个指标" in evidence(made, "指标可衡量") and "……" in evidence(made, "指标可衡量")


def test_a_notice_that_this_system_did_not_send_is_asked_for_and_one_that_lacks_a_part_loses_a_point():
    assert scores(taken(department(SOUND, told="")))["印发通知"] == "person"
    partly = taken(department(SOUND, unit("101001", "某市一中", own=papers()), told="101"))
    assert scores(partly)["印发通知"] == "person" and "没有发到：某市一中" in evidence(partly, "印发通知")
    short = taken(department(SOUND, text="根据有关规定 自评范围 自评内容 有关要求"))
    assert scores(short)["通知内容"] == 4 and "缺2项：程序、附件" in evidence(short, "通知内容")


def test_judged_points_make_the_total_final_with_person_time_and_reason():
    facts = department(SOUND)
    words = [word(facts, item, full) for item, full in ASKED.items()]
    made = taken(facts, *words)
    assert made.complete and made.sentence == "满分100分，得100分"
    assert "张三2024年06月01日评定20分：看过材料" in evidence(made, "反映问题")


def test_a_later_version_voids_what_was_judged_by_the_filing_and_says_so():
    facts = department(SOUND)
    words = [word(facts, item, full) for item, full in ASKED.items()]
    refiled = department(unit(own=papers(version=2, content="b" * 64)))
    made = taken(refiled, *words)
    assert scores(made)["反映问题"] == scores(made)["核心指标"] == "person"
    assert "张三2024年06月01日评定的20分已失效（所依据的报送或情况有变化），请重新评定" in evidence(
        made, "反映问题"
    )
    # What was not judged by the filing stays.
    assert scores(made)["工作小组"] == 2


def test_a_unit_that_files_again_voids_what_was_judged_by_the_tables_and_not_what_was_by_the_report():
    school = unit("101001", "某市一中", own=papers())
    facts = department(SOUND, school)
    words = [word(facts, "核心指标", 3), word(facts, "反映问题", 20)]
    again = department(SOUND, unit("101001", "某市一中", own=papers(version=2, content="b" * 64)))
    made = scores(taken(again, *words))
    assert (made["核心指标"], made["反映问题"]) == ("person", 20)


def test_a_person_may_correct_what_the_system_marked_and_both_scores_stand():
    facts = department(SOUND)
    made = taken(facts, word(facts, "单位自查", 9, reason="有一个转移支付项目单位没有自查"))
    assert scores(made)["单位自查"] == 9
    assert "系统计10分，以人工评定为准" in evidence(made, "单位自查")


@pytest.mark.parametrize(
    ("item", "band", "score", "says"),
    [
        ("反映问题", "较全面", "19", "“较全面”一档为16—18分，现为19分"),
        ("反映问题", "全面", "17", "17分属于“较全面”"),
        ("反映问题", "很好", "20", "没有“很好”这一档，可用的有：全面 20分；较全面 16—18分"),
        ("反映问题", "", "17", "应写明属于哪一档"),
        ("反映问题", "较全面", "", "请写明得分"),
        ("反映问题", "其他情况", "21", "为0—20分，现为21分"),
        ("反映问题", "较全面", "16.005", "至多两位小数"),
        ("核心指标", "好", "3", "没有分档，只写得分（0—3分）"),
        ("核心指标", "", "3.5", "为0—3分，现为3.5分"),
    ],
)
def test_a_score_outside_its_band_is_refused_with_a_sentence(item, band, score, says):
    with pytest.raises(Refusal, match=says):
        judged(POLICY.appraisal.item(item), band, score_of(score))


def test_a_band_worth_one_score_needs_no_other_and_any_score_needs_a_reason_beside_the_bands():
    assert judged(POLICY.appraisal.item("反映问题"), "全面", None) == ("全面", Decimal(20))
    assert judged(POLICY.appraisal.item("反映问题"), "其他情况", Decimal(5)) == ("其他情况", Decimal(5))
    with pytest.raises(Refusal, match="“十六”不是分数"):
        score_of("十六")


@given(st.decimals(0, 20, places=2), st.sampled_from(POLICY.appraisal.item("反映问题").bands))
def test_a_score_is_taken_exactly_when_it_lies_in_the_band(score, band):
    try:
        taken_as = judged(POLICY.appraisal.item("反映问题"), band.label, score)
    except Refusal:
        assert not band.minimum <= score <= band.maximum
    else:
        assert taken_as == (band.label, score) and band.minimum <= score <= band.maximum


def test_only_finished_departments_have_a_place_and_equal_scores_share_it():
    facts = department(SOUND)
    whole = taken(facts, *(word(facts, item, full) for item, full in ASKED.items()))
    same, best = replace(whole, code="102"), replace(whole, code="100", points=whole.points)
    less = taken(facts, *(word(facts, item, 0) for item in ASKED))
    opened = taken(facts)
    places = [(place, each.code) for place, each in ranked([opened, less, same, best])]
    assert places == [(1, "100"), (1, "102"), (3, "101"), (None, "101")]


def test_a_table_that_came_in_word_and_in_excel_is_one_table_and_report_sections_are_quoted_with_those_below():
    def form(kind: str, number: int, **changed) -> dict:
        row = {
            "name": "培训人次",
            "level1": "产出指标",
            "level2": "数量指标",
            "weight": "10",
            "where": "表1 第9行",
        }
        return {"id": str(number), "kind": kind, "project": None, "indicators": [row], "headings": [],
                "sentences": []} | changed  # fmt: skip

    report = form(
        "report", 2, indicators=[],
        headings=["六、绩效情况", "七、存在的问题", "（一）预算编制", "八、改进措施"],
        sentences=[{"section": s, "text": f"{s}。"} for s in ("六、绩效情况", "（一）预算编制", "八、改进措施")],
    )  # fmt: skip
    missed = {"code": "A18", "message": "没有", "form": "2", "expected": "问题、建议或改进措施"}
    weight = {"code": "C02", "message": "合计 110", "form": "1", "expected": "100"}
    files = [
        {"file": "a.docx", "sha256": "1", "readable": True, "forms": [form("department_form", 1), report], "findings": [missed]},
        {"file": "a.xlsx", "sha256": "2", "readable": True, "forms": [form("department_form", 1)], "findings": [weight]},
    ]  # fmt: skip
    facts = papers_of({"files": files}, 3, POLICY)
    (only,) = facts.tables
    assert (only.rows, only.undetailed, [found.code for found in only.findings]) == (1, (), ["C02"])
    assert facts.sections == ("问题", "建议或改进措施或下一步")
    assert facts.missing_sections == ("问题", "建议或改进措施")
    assert facts.missing_attachments == POLICY.attachments[:1] + POLICY.attachments[2:3]
    # 正文完整 marks the report; where no line does, it is one of the papers that have to be there.
    lines = tuple(item for item in POLICY.appraisal.items if item.by != "sections")
    plain = POLICY._replace(appraisal=POLICY.appraisal._replace(items=lines))
    assert papers_of({"files": files}, 3, plain).attachments == POLICY.attachments
    alone = [{**files[1], "findings": []}]
    assert (
        papers_of({"files": alone}, 3, plain).missing_attachments[-1] == POLICY.attachments[-1] == "自评报告"
    )
    assert [head for head, _ in facts.quotes["反映问题"]] == ["（一）预算编制"]
    assert [head for head, _ in facts.quotes["提出建议"]] == ["八、改进措施"]
