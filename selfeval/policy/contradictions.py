"""What a policy may not say, though every field of it could be read."""

from __future__ import annotations

from selfeval.appraisal.table import contradictions as appraisal_contradictions
from selfeval.levels import Level
from selfeval.policy.values import FULL_MARKS, ExaminationRule, Policy
from selfeval.redaction import KINDS, Redaction
from selfeval.report_outline import report_mistakes


def contradictions(policy: Policy) -> list[str]:
    """What cannot hold together in a policy, each as a Chinese sentence; empty when it can be used."""
    mistakes = []
    weights = policy.weights
    if weights.level1:
        total = weights.execution + sum(weights.level1.values())
        if total != FULL_MARKS:
            parts = " + ".join(str(part) for part in (weights.execution, *weights.level1.values()))
            mistakes.append(f"[weights] 执行率与各一级指标的分值应合计 100，现为 {parts} = {total}")
    for name, rows in (("grades", policy.grades), ("execution.steps", policy.execution.steps)):
        bounds = [row.minimum for row in rows]
        if bounds != sorted(set(bounds), reverse=True):
            mistakes.append(
                f"[{name}] 各档的 minimum 应从高到低且互不相同，现为 {'、'.join(map(str, bounds))}"
            )
    if not policy.filing.correction_days:
        mistakes.append("[filing] correction_days 应不小于 1：退回的单位至少要有 1 个工作日修改")
    for cap in policy.execution.caps:
        if not 0 < cap.below <= 1 or cap.maximum > FULL_MARKS:
            mistakes.append(
                f"[execution.caps] below 应大于 0 且不大于 1，maximum 应不大于 100，现为 {cap.below} 和 {cap.maximum}"
            )
    if policy.grades and policy.grades[-1].minimum != 0:
        mistakes.append(f"[grades] 最低一档应从 0 分起，现为 {policy.grades[-1].minimum}")
    for band in policy.qualitative:
        if not 0 <= band.minimum <= band.maximum <= 1:
            mistakes.append(
                f"[qualitative] “{band.label}”应满足 0 ≤ minimum ≤ maximum ≤ 1，现为 {band.minimum} 和 {band.maximum}"
            )
    if not 1 <= policy.reminders.department_from <= policy.reminders.bureau_from:
        mistakes.append(
            "[reminders] department_from 应不小于 1 且不大于 bureau_from，"
            f"现为 {policy.reminders.department_from} 和 {policy.reminders.bureau_from}"
        )
    if policy.quantitative.over_limit < 1:
        mistakes.append(f"[quantitative] over_limit 应不小于 1，现为 {policy.quantitative.over_limit}")
    mistakes += _examination_mistakes(policy.examination)
    if policy.recheck.share > 1:
        mistakes.append(f"[recheck] share 应不大于 1（一成写作 0.10），现为 {policy.recheck.share}")
    if (policy.publication.month_day is None) == (policy.publication.approval_plus_days is None):
        mistakes.append("[publication] month_day 与 approval_plus_days 应填且只填一项")
    mistakes += appraisal_contradictions(
        policy.appraisal,
        late_maximum=policy.lateness.points(1) and policy.lateness.maximum,
        report_sections=policy.report_sections,
        attachments=policy.attachments,
    )
    return mistakes + _redaction_mistakes(policy.redaction) + report_mistakes(policy.report)


def _examination_mistakes(rule: ExaminationRule) -> list[str]:
    mistakes = [
        f"[examination] levels 不认识“{level}”，可用的有：{'、'.join(Level)}"
        for level in rule.levels
        if level not in set(Level)
    ]
    if len(set(rule.levels)) < len(rule.levels):
        mistakes.append(f"[examination] levels 各层级只写一次，现为 {'、'.join(rule.levels)}")
    codes = [reason.code for reason in rule.reasons]
    if not codes or len(set(codes)) < len(codes):
        mistakes.append(f"[examination] reasons 应至少一条，编号互不相同，现为“{'、'.join(codes)}”")
    mistakes += [
        f"[examination] {name} 应不小于 1 个工作日，现为 0"
        for name in ("reply_days", "answer_days")
        if not getattr(rule, name)
    ]
    return mistakes


def _redaction_mistakes(redaction: Redaction) -> list[str]:
    mistakes = [
        f"[redaction] kinds 不认识“{kind}”，可用的有：{'、'.join(KINDS)}"
        for kind in redaction.kinds
        if kind not in KINDS
    ]
    both = [word for word in redaction.hide if word in redaction.keep]
    if both:
        mistakes.append(f"[redaction] “{'、'.join(both)}”既在 hide 又在 keep，应只列一处")
    short = [word for word in redaction.hide if len("".join(word.split())) < 2]
    if short:
        mistakes.append(f"[redaction] hide 的词应不少于两个字，否则处处被隐去，现有“{'、'.join(short)}”")
    signed = [label for label in redaction.labels if label.rstrip().endswith((":", "：", ")", "）"))]
    if signed:
        mistakes.append(f"[redaction] labels 只写栏目名称，不带冒号和“（签字）”，现有“{'、'.join(signed)}”")
    return mistakes
