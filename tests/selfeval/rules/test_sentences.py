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
)
SOUND = (
    "年初批复3.62亿元，年中调增0.18亿元，调整后预算3.8亿元，实际支出3.61亿元，支出率95%。",
    "收到提案20件、建议30件，办结45件，办结率90%。",
    "收到提案20件、建议30件，已办结50件，办结率100%。",
    "应到位资金800万元，其中中央400万元、省级200万元、县级200万元，实际到位600万元，到位率75%。",
    "参训学员500人，其中村干部200人、合作社带头人100人，60岁以上占20%。",
    "税收增长较快，超8%；支出800万元，较上年增加20万元，占66%。",
    "因公出国费0万元，占0%；三公经费0万元，占0%。",
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
