"""Levels in order, who may decide, the table of examiners, the policy of levels."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.examination import (
    ExaminationRefused,
    Examiner,
    examiners_of,
    levels_for,
    name_of,
    named,
    open_level,
    reply_day,
    require_examiner,
    require_others,
    require_reasons,
)
from selfeval.examiners import differences, parse_examiners
from selfeval.levels import Level
from selfeval.policy import ExaminationRule, PolicyError, ReturnReason, load_policy, parse_policy
from selfeval.roster import RosterError
from selfeval.workdays import Workdays

ALL = tuple(level.value for level in Level)
RULE = ExaminationRule(ALL, 5, 5, (ReturnReason("S1", "数据不实"), ReturnReason("S2", "佐证材料不足")))
PEOPLE = (
    Examiner(Level.DEPARTMENT, "101", "", "张三", "z@x.example"),
    Examiner(Level.DEPARTMENT, "101", "", "李四", "l@x.example", deputy=True),
    Examiner(Level.SECTION, "101", "教科文股", "王五", "w@x.example"),
    Examiner(Level.SECTION, "203", "农业股", "赵六", "zl@x.example"),
    Examiner(Level.BUREAU, "", "", "钱七", "q@x.example"),
)


@given(st.permutations(list(Level)), st.sets(st.sampled_from(list(Level))))
def test_a_level_is_open_only_when_every_level_before_it_has_accepted(levels, accepted):
    opened = open_level(levels, accepted)
    if opened is None:
        assert set(levels) <= accepted
    else:
        assert opened not in accepted and set(levels[: levels.index(opened)]) <= accepted


def test_a_department_s_own_filing_skips_its_own_level_and_no_levels_means_none():
    assert levels_for(RULE, 2) == tuple(Level)
    assert levels_for(RULE, 1) == (Level.SECTION, Level.BUREAU)
    assert levels_for(load_policy("national-2020").examination, 2) == ()


def test_deputies_stand_behind_and_a_stranger_is_told_who_decides():
    assert named(examiners_of(PEOPLE, Level.DEPARTMENT, "101")) == "主管部门 张三、主管部门 李四（代理）"
    assert require_examiner(PEOPLE, tuple(Level), Level.DEPARTMENT, "101", "李四").deputy
    assert require_examiner(PEOPLE, tuple(Level), Level.BUREAU, "203", "钱七").email == "q@x.example"
    with pytest.raises(
        ExaminationRefused, match="王五是归口业务科室的审核人，现在应由主管部门审核（主管部门 张三"
    ):
        require_examiner(PEOPLE, tuple(Level), Level.DEPARTMENT, "101", "王五")
    with pytest.raises(
        ExaminationRefused, match="王五不是该单位的审核人，现在应由归口业务科室审核（农业股 赵六）"
    ):
        require_examiner(PEOPLE, tuple(Level), Level.SECTION, "203", "王五")


def test_who_prepared_or_decided_before_is_not_the_one_who_decides():
    require_others("张三", ["李四"], [(Level.DEPARTMENT, "王五")], Level.SECTION)
    with pytest.raises(ExaminationRefused, match="填报人或单位联系人"):
        require_others("张三", ["张三"], [], Level.SECTION)
    with pytest.raises(ExaminationRefused, match="已在主管部门审核过"):
        require_others("张三", [], [(Level.DEPARTMENT, "张三")], Level.SECTION)


def test_names_and_reasons_are_kept_in_one_form_or_refused():
    assert [name_of(text) for text in (" 张 三 ", "Anna  Li")] == ["张三", "Anna Li"]
    for wrong in ("", "张", "张%三", "a|b"):
        with pytest.raises(ExaminationRefused, match="请写明姓名"):
            name_of(wrong)
    assert require_reasons(RULE, ["S2", "S2"]) == ("S2",)
    for wrong in ([], ["S7"]):
        with pytest.raises(ExaminationRefused, match="S1 数据不实、S2 佐证材料不足"):
            require_reasons(RULE, wrong)


def test_a_reply_is_due_after_working_days_and_never_before_the_corrections():
    calendar = Workdays()
    # 1 to 5 May 2026 are days off, Saturday 9 May is worked.
    assert reply_day(calendar, date(2026, 4, 30), 3, date(2026, 4, 1)) == date(2026, 5, 8)
    assert reply_day(calendar, date(2026, 4, 30), 3, date(2026, 5, 15)) == date(2026, 5, 15)
    with pytest.raises(ExaminationRefused, match="不少于1个工作日"):
        reply_day(calendar, date(2026, 4, 30), 0, date(2026, 4, 1))


HEAD = ["层级", "主管部门编码", "科室", "姓名", "电子邮箱", "代理"]
DEPARTMENTS = {"101": "某县教育局", "203": "某县水利局"}


def test_the_table_of_examiners_is_read_row_by_row():
    rows = [
        ["某县审核人名单"],
        HEAD,
        ["主管部门", "101", "", "张 三", "z@x.example", ""],
        [""],
        ["财政局", "", "", "钱七", "q@x.example", "是"],
    ]
    made = parse_examiners(rows, DEPARTMENTS)
    assert made == (
        Examiner(Level.DEPARTMENT, "101", "", "张三", "z@x.example"),
        Examiner(Level.BUREAU, "", "", "钱七", "q@x.example", True),
    )
    changed = differences(made, made[:1])
    assert changed == ("去掉：财政局（全部部门）财政局 钱七（代理） q@x.example",)


def test_every_wrong_cell_of_the_table_is_named_with_its_row():
    rows = [
        HEAD,
        ["乡镇", "101", "", "张三", "z@x.example", ""],
        ["主管部门", "", "", "张三", "z@x.example", ""],
        ["归口业务科室", "999", "", "张三", "不是邮箱", "也许"],
        ["财政局", "", "", "钱", "q@x.example", ""],
    ]
    with pytest.raises(RosterError) as caught:
        parse_examiners(rows, DEPARTMENTS)
    text = str(caught.value)
    for said in (
        "第2行 层级：“乡镇”",
        "第3行 主管部门编码：空白，主管部门的审核人应写明",
        "第4行 主管部门编码：“999”，名单中没有",
        "第4行 电子邮箱",
        "第4行 代理",
        "第5行 姓名：“钱”",
    ):
        assert said in text
    with pytest.raises(RosterError, match="缺少这一列"):
        parse_examiners([["姓名"]], DEPARTMENTS)


def test_mistakes_of_a_policy_s_levels_are_told():
    head = 'name = "x"\ntitle = "x"\nsource = "x"\nversion = "1"\nextends = "national-2020"\n'
    text = '[examination]\nlevels = ["bureau", "bureau", "town"]\nreply_days = 0\nreasons = []\n'
    with pytest.raises(PolicyError) as caught:
        parse_policy(head + text, source_name="x.toml")
    said = str(caught.value)
    assert "不认识“town”" in said and "各层级只写一次" in said and "reply_days" in said and "至少一条" in said
    assert parse_policy(
        head + '[examination]\nlevels = ["section", "bureau"]\n', source_name="x.toml"
    ).examination.levels == ("section", "bureau")
