"""An objection is recognised in the sender's own words, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from selfeval.letter import Enclosure
from selfeval.objecting import is_support, objecting

OURS = "【预算绩效自评】2025年度自评材料退回修改：第1次报送有2项错误"


@pytest.mark.parametrize(
    "text",
    [
        "我单位对退回提出异议：执行数含上年结转，附件二有对账单。",
        "关于C05，我们不认可该判定，满意度样本见附件。",
        "您好\n退回有误，表内两数分别是年初和调整后预算。",
        "请求复核：规则错误，我单位没有政府性基金。",
        "审核意见不合理，请财政局重新研究。",
    ],
)
def test_an_objection_is_kept_in_its_own_words(text):
    assert objecting(f"回复：{OURS}", text, ours=[OURS]) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "已按要求改正，请查收。",
        "对退回意见没有异议，附件是改正后的自评表。",
        "单位内部公示期间无异议。",
        "撤回昨天提出的异议，请以新报的为准。",
        "请问可以提出异议吗？",
        "不服务于本项目的支出已经剔除。",
        "同意审核意见。",
        "",
    ],
)
def test_who_raises_none_is_not_taken_to_object(text):
    assert objecting(f"回复：{OURS}", text, ours=[OURS]) == ""


def test_the_subject_counts_only_when_it_is_the_senders_own():
    told = "【预算绩效自评】2025年度退回修改的异议已登记，等待财政局答复"
    assert objecting(f"Re: {told}", "谢谢", ours=[told]) == ""
    assert objecting("关于退回修改的异议", "", ours=[told]) == "关于退回修改的异议"


def test_statements_and_pictures_support_and_forms_do_not():
    names = {
        "异议说明.docx": True,
        "佐证材料.xlsx": True,
        "对账单.jpg": True,
        "整体支出绩效自评表.xlsx": False,
    }
    assert {name: is_support(Enclosure(name, b"")) for name in names} == names
