"""What a finding tells to do: it is read alone, in an e-mail or beside a cell, as 应为：….

Where a word is missing it asks for the word, where figures differ it never asks for what would be wrong.
"""

from __future__ import annotations

import pytest

from selfeval.rules import judge
from tests.selfeval.rules.test_catalogue import FAILING, owner, policy

ASKED = {
    "A08": "0 至 10",
    "A09": "实际达到的数值或完成情况",
    "B08": "在表内写明调整的原因",
    "B09": "写明产出由何种资金完成",
    "B10": "在表内写明执行率偏低的原因",
    "C02": "100",
    "C03": "在偏差原因栏写明超额的原因",
    "C04": "两栏用同一计量单位（目标的是册）",
    "C05": "实际达到的数值",
    "C06": "可衡量的数值或标准",
    "C07": "增设时效指标",
    "C09": "数量、比例或可查证的标准",
    "C11": "三级指标名称",
    "C12": "增设效益指标",
    "E02": "在偏差原因栏写明扣分的原因和改进措施",
    "E03": "写明未完成的原因和改进措施",
    "R05": "写明产出由何种资金形成",
    "R10": "写明分子和分母",
    "X25": "增设相应的指标",
}


@pytest.mark.parametrize("code", ASKED)
def test_a_finding_says_what_to_do(code):
    found = judge(FAILING[code][1], policy(code), owner(code)).findings
    assert next(finding.expected for finding in found if finding.code == code) == ASKED[code]
