"""The table of points as policy data: what the packaged one holds, and every mistake explained."""

from __future__ import annotations

from decimal import Decimal

import pytest

from selfeval.appraisal.table import unknown_rules
from selfeval.policy import PolicyError, load_policy, parse_policy, policy_names
from selfeval.policy_words import settings
from selfeval.rules import registered

HEAD = 'name = "here"\ntitle = "本地政策"\nsource = "本地文件"\nversion = "1"\nextends = "yueyang-2023"\n[appraisal]\n'


def item(
    name: str = "反映问题", points: int = 100, by: str = "person", more: str = "", level1: str = "报告"
) -> str:
    return (
        f'[[appraisal.items]]\nname = "{name}"\nlevel1 = "{level1}"\nlevel2 = "质量"\npoints = {points}\n'
        f'standard = "评分标准"\nby = "{by}"\n{more}\n'
    )


def bands(*rows: tuple[str, int, int]) -> str:
    listed = ", ".join(f'{{ label = "{a}", minimum = {b}, maximum = {c} }}' for a, b, c in rows)
    return f"bands = [{listed}]"


def reasons(*items: str) -> str:
    with pytest.raises(PolicyError) as caught:
        parse_policy(HEAD + "".join(items), source_name="here.toml")
    return "\n".join(caught.value.reasons)


def test_the_table_of_yueyang_has_its_hundred_points_in_three_sections():
    table = load_policy("yueyang-2023").appraisal
    sections: dict[str, Decimal] = {}
    for each in table.items:
        sections[each.level1] = sections.get(each.level1, Decimal(0)) + each.points
    assert sections == {"布置工作": 10, "实施评价": 20, "自评报告": 70}
    assert [(b.label, b.range) for b in table.item("反映问题").bands][:2] == [
        ("全面", "20分"),
        ("较全面", "16—18分"),
    ]
    assert load_policy("junshan-2024").appraisal == table
    assert load_policy("national-2020").appraisal.items == ()


def test_the_packaged_tables_name_rules_that_exist():
    known = {rule.code for rule in registered()}
    assert not any(unknown_rules(load_policy(name).appraisal, known) for name in policy_names())
    assert (
        "“指标权重”的 rules 里没有编号为 C01 的规则"
        in unknown_rules(load_policy("yueyang-2023").appraisal, known - {"C01"})[0]
    )


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([item(points=90)], "各项的 points 应合计 100，现为 90 = 90"),
        ([item(points=50), item(points=50)], "有 2 项的 name 都是“反映问题”"),
        ([item(more=bands(("好", 80, 100), ("中", 60, 85)))], "“中”（60—85分）与“好”（80—100分）两档重叠"),
        ([item(more=bands(("好", 90, 110)))], "“好”一档应满足 0 ≤ minimum ≤ maximum ≤ 100，现为 90 和 110"),
        ([item(more=bands(("好", 60, 90)))], "最高一档应到满分 100 分"),
        ([item(more=bands(("好", 90, 100), ("好", 0, 80)))], "有 2 档都叫“好”"),
        ([item(more='other = "其他"')], "没有分档，不用写 other"),
        ([item(more="each = 2")], '的 by 为 "person"，不用写 each'),
        ([item(by="filed")], '的 by 为 "filed"，应写明 each'),
        ([item(by="share")], '的 by 为 "share"，应写明 rules'),
        ([item(by="notice_parts", more="each = 1")], "应写明 parts"),
        ([item(by="level3", more=bands(("好", 0, 100)))], '的 by 为 "level3"，不用写 bands'),
        ([item(by="clean", more='rules = ["c6"]')], "rules 应是规则编号，例如 C06，现有“c6”"),
        ([item(by="late", points=5), item("甲", 95)], "只有 5 分，[lateness] maximum 却最多扣 10 分"),
        ([item(by="guess")], "by 应为notice、notice_parts"),
        ([item(more='about = "weather"')], "about 应为work、report、tables 之一"),
        ([item(more="colour = 1")], "不认识的项目 [appraisal] [items] 第1行 colour"),
        ([item(more='bands = [{ minimum = 0, maximum = 100 }]')], "[items] 第1行 [bands] 第1行 label（文字）"),
        ([item("甲", 30), item("乙", 30, level1="组织"), item("丙", 40)], "“报告”分在几处"),
        ([item(points=0), item("甲")], "“反映问题”的 points 应大于 0"),
    ],
)  # fmt: skip
def test_every_mistake_in_a_table_is_explained(items, said):
    assert said in reasons(*items)


def test_a_table_that_asks_for_what_the_policy_does_not_rule_says_what_is_lacking():
    bare = HEAD.replace(
        "[appraisal]", "attachments = []\nreport_sections = []\n[lateness]\nmaximum = 0\n[appraisal]"
    )
    with pytest.raises(PolicyError) as caught:
        parse_policy(
            bare
            + item("甲", 30, "attachments", "each = 1")
            + item("乙", 30, "sections", "each = 1")
            + item("丙", 40, "late"),
            source_name="here.toml",
        )
    said = "\n".join(caught.value.reasons)
    assert "attachments 没有列出应附的材料" in said and "report_sections 没有列出" in said
    assert "[lateness] 没有规定逾期扣分" in said


def test_a_policy_in_words_tells_how_each_item_is_marked():
    (shown,) = [s for s in settings(load_policy("yueyang-2023")) if s.path == "appraisal.items"]
    lines = shown.value.split("\n")
    assert len(lines) == 14
    assert "计分办法：按逾期的工作日计分" in lines[4]
    assert "全面 20分；较全面 16—18分" in lines[12] and "其他情况 0—20分" in lines[12]
