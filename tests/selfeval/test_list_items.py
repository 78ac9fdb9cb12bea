"""Which numbered lines of a report are headings, and which are items of a list."""

from __future__ import annotations

import pytest

from selfeval.list_items import with_items


def shown(*sections: tuple[str, list[str]]) -> list[tuple[str, list[str]]]:
    made = with_items([(heading, [[text] for text in texts]) for heading, texts in sections])
    return [(heading, ["".join(sentences) for sentences in paragraphs]) for heading, paragraphs in made]


def test_items_between_sentences_of_the_same_list_are_no_headings():
    assert shown(
        ("（三）职能", ["1.负责登记造册。", "2.负责统计。"]),
        ("3.负责修缮工作", []),
        ("4.负责借阅工作", ["5.负责采购。"]),
        ("（四）人员", ["在编九人。"]),
    ) == [
        (
            "（三）职能",
            ["1.负责登记造册。", "2.负责统计。", "3.负责修缮工作", "4.负责借阅工作", "5.负责采购。"],
        ),
        ("（四）人员", ["在编九人。"]),
    ]


@pytest.mark.parametrize(
    "items",
    [
        ["1.收集文献", "2.举办活动"],
        ["（1）收集文献", "（2）举办活动"],
        ["①收集文献", "②举办活动"],
        ["收集文献工作", "举办活动工作", "修缮馆舍工作"],
    ],
)
def test_lines_that_follow_each_other_with_nothing_below_are_items(items):
    assert shown(("一、职能", []), *((item, []) for item in items), ("二、人员", ["九人。"])) == [
        ("一、职能", items),
        ("二、人员", ["九人。"]),
    ]


def test_the_lines_of_a_title_page_and_of_a_signature_are_no_headings():
    made = with_items(
        [
            ("附件1", []),
            ("云溪县图书馆", []),
            ("", [["现报告如下。"]]),
            ("云溪县 图书馆", []),
            ("二〇二六年三月九日", []),
        ],
        "云溪县图书馆",
    )
    assert made == [
        ("", [["附件1"], ["云溪县图书馆"]]),
        ("", [["现报告如下。"], ["云溪县 图书馆"], ["二〇二六年三月九日"]]),
    ]


@pytest.mark.parametrize(
    "sections",
    [
        [("一、概况", []), ("（一）职能", ["收集文献。"]), ("（二）人员", ["九人。"])],
        [("1.基本支出", ["全年略减。"]), ("2.项目支出", ["全年略增。"])],
        [("1.收入情况", []), ("2.支出情况", []), ("3.结余情况", ["没有结余。"])],  # their tables stand below
        [("一、目标表", []), ("二、数据表附后", []), ("三、附件", [])],
        [("二、成效", ["1.收集文献五千册。", "2.举办活动。"]), ("3.经验", ["值得推广。"])],
        [("云溪县图书馆", []), ("2025年度", []), ("一、概况", ["现报告如下。"])],
        [("1.馆藏", []), ("3.活动", [])],
    ],
)
def test_headings_with_text_or_tables_below_them_stay_headings(sections):
    assert shown(*sections) == sections
