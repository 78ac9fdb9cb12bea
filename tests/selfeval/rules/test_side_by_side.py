"""Figures that stand side by side in honest reports and need not agree, and the slips that are still said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfeval.filing import FundingRole, Position, Sentence
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import department_form, filing, project_form, with_line
from tests.selfeval.rules.text_samples import alone, report

POLICY = load_policy("national-2020")


def sentences(text: str):
    """A report of the sentences of a text alone."""
    return alone(*(f"{one}。" for one in text.split("。") if one))


def said(judged, code: str) -> list[str]:
    found = judge(judged, POLICY).findings
    return [f.message for f in found if f.code == code and f.severity in ("error", "warning")]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        # What is told of last year is the base of the growth.
        ("上年财政拨款支出800.00万元，同比增加60.00万元，增长7.50%。", "7.50%|8.11%", "R02"),
        ("去年接待游客4.00万人次，同比减少0.50万人次，下降12.50%。", "12.50%|11.11%", "R02"),
        # Couples are two each: the share is of what was counted right before it.
        ("住院分娩1500人；孕前检查1000对，检出高风险160人，占8%。", "", "R02"),
        ("住院分娩1500人；其中剖宫产600人，占40%。", "40%|45%", "R02"),
        # Growth over the year before and its reasons are no steps from the first budget to the last.
        (
            "财政拨款年初预算500.00万元，调整预算560.00万元。上年支出480.00万元，同比增加60.50万元。",
            "",
            "R01",
        ),
        ("年初预算500.00万元，比2023年480.00万元增加20.00万元。全年预算560.00万元。", "", "R01"),
        (
            "年初预算500.00万元，增加的主要原因是人员调资8.00万元、新增管护项目12.00万元。全年预算560.00万元。",
            "",
            "R01",
        ),
        (
            "年初预算500.00万元，全年预算560.00万元。未执行30.00万元，其中财政收回10.00万元。",
            "",
            "R01",
        ),
        ("年初预算500.00万元，年中追加60.00万元，全年预算560.00万元。", "560.00|580.00", "R01"),
        # The posts of one body of all.
        (
            "全部门编制总数620名，实有584人；其中局机关行政编制18名，实有17人，工勤编制2名，实有2人。",
            "",
            "R01",
        ),
        ("核定编制62名，其中行政编制18名、事业编制44名。", "62名|65名", "R01"),
        # What was brought forward and taken back is not there at the end.
        (
            "年初结转20.00万元，当年收入500.00万元，支出470.00万元，年末结转30.00万元，上年结转资金已由财政收回。",
            "，上年结转资金已由财政收回|",
            "R16",
        ),
        # A statistic of the whole place.
        (
            "林地面积150.4万亩，其中公益林80.2万亩，商品林70.2万亩，森林覆盖率61.7%。",
            "森林覆盖率|改造率",
            "R10",
        ),
        # What falls to one is told in 元.
        ("获奖励资金300.00万元。农村居民人均可支配收入18260元，增长7.4%。", "", "R07"),
        # Two results of two tasks, each in its turn.
        (
            "播种面积21.0万亩，产量8.8万吨，完成下达任务20万亩、8万吨的105%、110%。",
            "20万亩、8万吨的105%、110%|8万吨的105%",
            "R02",
        ),
        # What is taken right behind what is added has a verb of its own.
        (
            "年初预算500.00万元，年中追加80.00万元、追减20.00万元，调整预算560.00万元。",
            "560.00|600.00",
            "R01",
        ),
        # Nor are the parts of a growth over last year steps of the budget.
        (
            "支出比上年500.00万元减少15.00万元，其中基本支出增加3.00万元，项目支出减少18.00万元。"
            "年初预算500.00万元，年中追加80.00万元、追减20.00万元，调整预算560.00万元。",
            "",
            "R01",
        ),
        # The whole list is what was done.
        ("新建公厕6座、改造9座，完成目标12座的125%。", "125%|85%", "R02"),
        # What stands behind 占 tells of the whole.
        (
            "在岗护林员中60岁以上30人，占除240名临时护林员外在岗护林员120人的25%。",
            "占除240名临时护林员外在岗护林员120人的25%|占在岗护林员120人的26%",
            "R02",
        ),
        # The same rate of others, whose figures are not told.
        (
            "共调查500人，其中家长300人、教师200人；家长满意282人，满意度94%，教师满意度87.5%。",
            "",
            "R02",
        ),
        # The staff were asked beside those served.
        (
            "抽样调查家长300人，家长满意度94%，职工满意度87.5%。",
            "家长300人，家长满意度94%，|职工200人，",
            "R09",
        ),
    ],
)
def test_figures_side_by_side_are_held_together_only_where_the_words_do_so(right, wrong, code):
    assert said(sentences(right), code) == []
    if wrong:
        assert said(sentences(right.replace(*wrong.split("|"))), code)


def test_a_payment_in_yuan_beside_one_in_ten_thousands_is_still_said():
    assert said(sentences("获奖励资金300.00万元。支付设备款18260元。"), "R07")


@pytest.mark.parametrize(
    ("more", "accused"),
    [
        ("力争村民满意度达到95%，举办阅读活动66场。", False),
        ("计划整合分馆4个，举办阅读活动66场。", False),
        ("2026年拟新增书架40组，举办阅读活动66场。", False),
        ("计划整合分馆4个，实际举办阅读活动66场。", True),
        ("力争提高村民满意度，实际举办阅读活动66场。", True),
        ("各馆举办阅读活动66场。", True),
    ],
)
def test_what_is_hoped_for_is_no_result_however_far_it_stands_behind_the_word(more, accused):
    form = report()
    told = Sentence(more, Position("七、有关建议", 1, sentence=True))
    judged = filing(department_form(), replace(form, sentences=(*form.sentences, told)))
    assert bool(said(judged, "X21") + said(judged, "X22") + said(judged, "X34")) == accused


@pytest.mark.parametrize(
    ("words", "accused"),
    [
        ("预算调整率55%，主要是新增上级专项资金。", False),
        ("预算调整幅度较大，由于人员调资。", False),
        ("预算调整率55%。", True),
        ("严格执行预算调整程序，资金主要用于购书。", True),
    ],
)
def test_the_reason_behind_an_adjustment_rate_explains_the_adjustment(words, accused):
    form = project_form()
    for role in (FundingRole.TOTAL, FundingRole.APPROPRIATION):
        form = with_line(form, role, initial_budget="90.00")
    told = Sentence(words, Position("二、预算", 1, sentence=True))
    assert bool(said(filing(replace(form, sentences=(told,))), "B08")) == accused
