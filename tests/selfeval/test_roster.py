"""Roster lists: every wrong row is named with its column and reason."""

from __future__ import annotations

import pytest

from selfeval.roster import RosterError, differences, parse_roster

HEAD = ["预算编码", "单位名称", "预算级次", "主管部门编码", "联系人", "电子邮箱", "联系电话", "状态", "备注"]
SCHOOLS = ["101", "某县教育局", "一级", "", "张某", "jy@bureau.example", "0700-0000001", "正常", ""]
SCHOOL = ["101001", "某县第一中学", "二级", "101", "李某", "yz@school.example", "", "", ""]


def _changed(row, **cells):
    return [cells.get(label, value) for label, value in zip(HEAD, row, strict=True)]


def test_a_title_above_and_a_second_contact_are_understood():
    second = _changed(SCHOOL, 电子邮箱="bgs@school.example", 联系人="王某")
    units = parse_roster([["单位名单"], HEAD, SCHOOLS, SCHOOL, [""] * 9, second])
    assert [(u.code, u.tier, u.department_code) for u in units] == [("101", 1, None), ("101001", 2, "101")]
    assert [c.email for c in units[1].contacts] == ["yz@school.example", "bgs@school.example"]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"预算编码": "101-1"}, "预算编码", "1至32位"),
        ({"单位名称": ""}, "单位名称", "2至100个字"),
        ({"预算级次": "三级"}, "预算级次", "一级"),
        ({"主管部门编码": ""}, "主管部门编码", "应填主管部门"),
        ({"主管部门编码": "999"}, "主管部门编码", "没有这个主管部门"),
        ({"电子邮箱": "yz＠school.example"}, "电子邮箱", "不是有效的邮箱地址"),
        ({"电子邮箱": "a@b.example\r\nBcc: c@d.example"}, "电子邮箱", "换行"),
        ({"状态": "停用"}, "状态", "正常"),
        ({"状态": "免报"}, "备注", "写明原因"),
        ({"单位名称": "某县教育局"}, "单位名称", "同名"),
    ],
)
def test_each_wrong_cell_is_named_with_row_column_and_reason(cells, column, reason):
    with pytest.raises(RosterError) as caught:
        parse_roster([HEAD, SCHOOLS, _changed(SCHOOL, **cells)])
    found = [problem for problem in caught.value.problems if problem.column == column]
    assert found and found[0].row == 3 and reason in found[0].reason


def test_all_wrong_rows_are_reported_together_and_a_missing_column_by_name():
    with pytest.raises(RosterError) as caught:
        parse_roster([HEAD, _changed(SCHOOLS, 预算级次="?"), _changed(SCHOOL, 电子邮箱="x")])
    assert [problem.row for problem in caught.value.problems if problem.column != "主管部门编码"] == [2, 3]
    with pytest.raises(RosterError, match="电子邮箱：空白，缺少这一列"):
        parse_roster([[label for label in HEAD if label != "电子邮箱"], SCHOOLS])
    with pytest.raises(RosterError, match="没有任何单位"):
        parse_roster([HEAD])


def test_a_unit_is_marked_secret_by_yes_and_everything_but_yes_no_and_blank_is_refused():
    head = [*HEAD, "涉密"]
    units = parse_roster([head, [*SCHOOLS, "否"], [*SCHOOL, "是"]])
    assert [(unit.code, unit.secret) for unit in units] == [("101", False), ("101001", True)]
    assert not any(unit.secret for unit in parse_roster([HEAD, SCHOOLS, SCHOOL]))
    [change] = differences(parse_roster([HEAD, SCHOOLS, SCHOOL]), units)
    assert (change.code, change.text) == ("101001", "涉密由“否”改为“是”")
    with pytest.raises(RosterError, match="第3行 涉密：“保密”，应为“是”或“否”"):
        parse_roster([head, [*SCHOOLS, ""], [*SCHOOL, "保密"]])
    second = [*_changed(SCHOOL, 电子邮箱="bgs@school.example"), "否"]
    with pytest.raises(RosterError, match="涉密：“否”，与第3行同一编码"):
        parse_roster([head, [*SCHOOLS, ""], [*SCHOOL, "是"], second])
