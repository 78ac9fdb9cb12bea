"""Sentences of invented reports: figures that cannot both hold, and sound ones that tempt to an accusation."""

from __future__ import annotations

import pytest

from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.rules.text_samples import alone

POLICY = load_policy("national-2020")
ERROR, WARNING = "error", "warning"

WRONG = (
    # A round percentage is made by many a pair of figures by chance.
    ("年初批复3.62亿元，年中调增0.18亿元，调整后预算3.8亿元，实际支出3.61亿元，支出率90%。", "R02", "95.00%"),
    (
        "应到位资金800万元，其中中央400万元、省级200万元、县级200万元，实际到位600万元，到位率100%。",
        "R02",
        "75.00%",
    ),
    (
        "全年预算数500万元，其中财政拨款300万元，其他资金200万元；全年执行数250万元，其中财政拨款150万元，"
        "其他资金100万元，执行率60%。",
        "R02",
        "50.00%",
    ),
    ("收到提案20件、建议30件，办结45件，办结率100%。", "R02", "90.00%"),
    ("新建蔬菜大棚年初目标400座，实际完成420座，超目标20座，超8%。", "R02", "5.00%"),
    # Yields: 吨, 公斤 and 斤 over 亩 and 公顷.
    ("水稻种植面积2.4万亩，总产量1.2万吨，平均亩产450公斤。", "R16", "500公斤"),
    ("小麦播种面积1万公顷，总产6.75万吨，单产7650公斤/公顷。", "R16", "6750公斤"),
    ("小麦播种面积15万亩，总产6.75万吨，单产960斤/亩。", "R16", "900斤"),
    ("油菜种植面积8000亩，平均亩产165公斤，总产1230吨。", "R16", "154公斤"),
    ("储备粮食1000吨（合20万斤）。", "R16", "200万斤"),
    # Averages and remainders of which both figures stand in the sentence.
    ("举办培训班12期，培训860人次，支出培训费4.30万元，人均60元。", "R16", "50元"),
    ("公务用车保有量4辆，运行维护费12万元，车均3.2万元。", "R16", "3万元"),
    ("为120户困难家庭发放补助60万元，户均6000元。", "R16", "5000元"),
    ("项目到位资金500万元，实际支出462万元，剩余28万元。", "R16", "38万元"),
    ("政府采购预算100万元，实际采购90万元，节约8万元。", "R16", "10万元"),
)
SOUND = (
    "年初批复3.62亿元，年中调增0.18亿元，调整后预算3.8亿元，实际支出3.61亿元，支出率95%。",
    "收到提案20件、建议30件，办结45件，办结率90%。",
    "收到提案20件、建议30件，已办结50件，办结率100%。",
    "应到位资金800万元，其中中央400万元、省级200万元、县级200万元，实际到位600万元，到位率75%。",
    "参训学员500人，其中村干部200人、合作社带头人100人，60岁以上占20%。",
    "税收增长较快，超8%；支出800万元，较上年增加20万元，占66%。",
    "因公出国费0万元，占0%；三公经费0万元，占0%。",
    "水稻种植面积2.4万亩，总产量1.2万吨，平均亩产500公斤。",
    "小麦播种面积1万公顷，总产6.75万吨，亩均产量450公斤。",
    "小麦播种面积1万公顷，总产6.75万吨，单产6750公斤。",
    "粮食播种面积36.5万亩，粮食总产15.33万吨，其中水稻亩产520公斤。",
    "建设高标准农田2万亩，全县粮食总产15.33万吨，亩产420公斤。",
    "项目区种植面积8000亩，油菜平均亩产165公斤，全县油菜总产2.1万吨。",
    "收购粮食500吨（50万公斤），补贴100万元（200元/吨）。",
    "现有职工120人，人员经费1500万元，人均公用经费2.1万元。",
    "接待游客12万人次，实现旅游收入3600万元，人均消费300元。",
    "农村低保对象3200户5600人，发放低保金2016万元，人均月补差300元。",
    "本年收入1200万元，支出1180万元，年末结余70万元。",
    "下达资金120万元，支出108万元，收回5万元，结余7万元。",
    "预算120万元，其中设备80万元、耗材40万元，支出108万元，设备结余12万元。",
)


def accusations(*texts: str) -> list[tuple[str, str, str]]:
    found = judge(alone(*texts), POLICY).findings
    return [
        (f.code, f.severity.value, f"{f.message} {f.expected}")
        for f in found
        if f.severity.value in (ERROR, WARNING) and f.code not in ("R08", "R09")
    ]


@pytest.mark.parametrize(("text", "code", "right"), WRONG)
def test_a_wrong_figure_is_an_error_that_names_the_right_one(text, code, right):
    ((found, severity, said),) = accusations(text)
    assert (found, severity) == (code, ERROR)
    assert right in said


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_sentence_is_let_pass(text):
    assert accusations(text) == []
