"""Lists and rates of which a neighbour belongs to something else: sound ones pass, wrong ones do not hide behind it."""

from __future__ import annotations

import pytest

from tests.selfeval.rules.test_sentences import accusations

SOUND = (
    # An average is no whole; the parts of a part are told inside it.
    (
        "项目总投资6600万元，亩均2200元。",
        "其中财政资金5800万元，含中央资金3900万元、省级资金1900万元；村集体自筹800万元。",
    ),
    # Behind a semicolon the whole has a rate of its own.
    (
        "高血压患者在管2000人，其中当年新发现150人；规范管理1400人，规范管理率70%；血压达标1200人，达标率60%。",
    ),
    # 其中 goes on about what was told before the sentence before.
    (
        "全年抽检5316批次，其中监督抽检4102批次、评价性抽检1214批次。",
        "检出不合格样品148批次。",
        "其中农产品2638批次，检出不合格97批次。",
    ),
    ("削减化学需氧量2034吨、氨氮241吨、总磷31.5吨。", "其中县城两厂削减化学需氧量1846吨、氨氮219吨。"),
    # One verb for the whole list.
    ("年初预算1846万元，年中追加补助资金100万元、人员经费16.5万元，全年预算1962.50万元。",),
    ("年初预算1846万元，年中调减补助资金100万元、人员经费16.5万元，全年预算1729.50万元。",),
    # What is no class of its own stands in the list of the classes as well.
    (
        "基本支出1546.27万元，其中：工资福利支出1100万元，商品和服务支出362.65万元，对个人和家庭的补助73.12万元，"
        "其他资本性支出10.5万元。",
    ),
    # Places told one by one are not the whole.
    (
        "领取补贴人数为4810人，实际享受县级补贴人数为3620人。",
        "青石镇申请补贴40万元，实际享受县级补贴人数为905人。",
        "白河镇申请补贴36万元，实际享受县级补贴人数为781人。",
    ),
    # What it was before is no part of what it became.
    (
        "年初预算1685.30万元，调整后1702.80万元，其中：基本支出由892.30万元调增至916.80万元，"
        "项目支出由793万元调减至786万元。",
        "全年执行1651.72万元，执行率97%。",
    ),
    # Two rates of one sentence: the figures are those of the first.
    ("收到任务173件，已全部启动核查，按期完成168件，按期完成率97.1%，另5件年底前办结，问题处置率100%。",),
    # A reward for reaching goals is paid as other things are.
    ("项目共支出128.5万元，其中村级运转44.1万元，组长报酬17.1万元，村务补助61.3万元，工作目标奖励6万元。",),
    # The head of a list is what was done of the plan.
    ("修复文物54件（套），其中金属器21件、陶瓷器25件、书画8件，完成计划60件（套）的90%。",),
)
WRONG = (
    (
        (
            "基本支出1546.27万元，其中：工资福利支出1100万元，商品和服务支出352.65万元，对个人和家庭的补助73.12万元，"
            "其他资本性支出10.5万元。",
        ),
        "R01",
        "10.5万元 = 1536.27万元",
    ),
    (
        (
            "项目总投资6600万元，亩均2200元。",
            "其中财政资金5800万元，含中央资金3900万元、省级资金1900万元；村集体自筹900万元。",
        ),
        "R01",
        "6700万元",
    ),
    (
        ("高血压患者在管2000人，其中当年新发现1150人、并发症1000人；规范管理1400人，规范管理率70%。",),
        "R01",
        "2150人",
    ),
    (
        ("年初预算1846万元，年中追加补助资金100万元、人员经费16.5万元，全年预算1972.50万元。",),
        "R01",
        "1962.5万元",
    ),
    (
        (
            "年初预算1685.30万元，调整后1702.80万元，其中：基本支出由892.30万元调增至916.80万元，"
            "项目支出由793万元调减至768万元。",
        ),
        "R01",
        "1684.8万元",
    ),
    (("年初预算1685.30万元，调整后1702.80万元。", "全年执行1651.72万元，执行率96%。"), "R02", "97.00%"),
    (
        ("收到任务173件，按期完成168件，按期完成率97.1%；收到投诉50件，处置45件，处置率100%。",),
        "R02",
        "90.00%",
    ),
    (("修复文物54件（套），其中金属器21件、书画8件，完成计划60件（套）的95%。",), "R02", "90.00%"),
)


@pytest.mark.parametrize("sentences", SOUND)
def test_what_belongs_to_something_else_is_not_added_up(sentences):
    assert accusations(*sentences) == []


@pytest.mark.parametrize(("sentences", "code", "right"), WRONG)
def test_a_figure_that_is_wrong_beside_it_is_still_found(sentences, code, right):
    assert any(found[0] == code and right in found[2] for found in accusations(*sentences))
