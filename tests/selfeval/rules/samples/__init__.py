"""For every rule filings that break it and, where it is not plain from the clean filing, that keep it.

`FAILING[code]`: (what is planted, the filing, severity of what must be found). The planted defect is
found by its rule and by no other error rule. `PASSING[code]`: what looks like a breach and is none.
"""

from __future__ import annotations

from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.policy import parse_policy
from tests.selfeval.rules import text_samples
from tests.selfeval.rules.samples import (
    a_identity,
    b_funds,
    c_indicators,
    d_scores,
    e_notes,
    g_base_data,
    x_between,
)

_HEAD = 'name = "here"\ntitle = "本地"\nsource = "本地"\nversion = "1"\nextends = "national-2020"\n'
# Rules that ask what the default policy leaves open.
POLICIES = {
    "A11": parse_policy(
        _HEAD + 'attachments = ["基础数据表", "整体支出绩效自评表", "自评报告"]\n', source_name="A11"
    ),
    "A18": parse_policy(_HEAD + 'report_sections = ["问题", "建议|改进措施|下一步"]\n', source_name="A18"),
    "A19": parse_policy(_HEAD + 'signatures = ["填表人|填报人", "负责人"]\n', source_name="A19"),
    "A20": parse_policy(_HEAD + 'seals = ["整体支出绩效自评表", "自评报告封面表"]\n', source_name="A20"),
    "D07": parse_policy(_HEAD + "[execution]\ncaps = [{ below = 0.98, maximum = 90 }]\n", source_name="D07"),
    "D08": parse_policy(_HEAD + "[quantitative]\nover_limit = 1.2\nover_penalty = 0.5\n", source_name="D08"),
}

_SECTIONS = (a_identity, b_funds, c_indicators, d_scores, e_notes, g_base_data, x_between, text_samples)
FAILING: dict[str, tuple[str, Filing, Severity]] = {
    code: sample for section in _SECTIONS for code, sample in section.FAILING.items()
}
PASSING: dict[str, tuple[tuple[str, Filing], ...]] = {
    code: sample for section in _SECTIONS for code, sample in section.PASSING.items()
}
