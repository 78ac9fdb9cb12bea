"""A policy in words, for people who compare it with the document that it comes from, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from selfeval.appraisal.judgement import bands_text
from selfeval.appraisal.table import ABOUT_LABELS, BY_LABELS, Item
from selfeval.figures import plain
from selfeval.policy import Policy

# Dotted field → what it is called. Sections are the fields without a dot.
LABELS = {
    "name": "名称",
    "title": "标题",
    "source": "出处",
    "version": "版本",
    "weights": "分值",
    "weights.execution": "执行率",
    "weights.level1": "一级指标",
    "weights.levels": "与上列分值不同而合计 100 的",
    "execution": "执行率得分",
    "execution.denominator": "分母",
    "execution.over_100": "执行率超过 100%",
    "execution.places": "得分保留小数位数",
    "execution.steps": "分档得分",
    "execution.steps.minimum": "执行率不低于",
    "execution.steps.score": "得分",
    "execution.reason_below": "应说明原因的执行率低于",
    "execution.floor": "不得分的执行率低于",
    "execution.rounding": "得分取位",
    "execution.caps": "总分上限",
    "execution.caps.below": "执行率低于",
    "execution.caps.maximum": "总分最高",
    "cost_over": "成本指标超出目标",
    "quantitative": "定量指标",
    "quantitative.over_limit": "应说明的完成比例超过",
    "quantitative.over_penalty": "超出部分每 100 个百分点扣分值的",
    "qualitative": "定性指标分档",
    "qualitative.label": "档次",
    "qualitative.minimum": "得分比例不低于",
    "qualitative.maximum": "不高于",
    "grades": "等级",
    "grades.label": "等级",
    "grades.minimum": "总分不低于",
    "tolerance": "允许差额（每相加一次）",
    "tolerance.amount": "金额",
    "tolerance.rate": "比率",
    "tolerance.score": "得分",
    "review": "疑点的提示线",
    "review.adjustment_limit": "全年预算比年初预算增减超过",
    "review.low_execution": "产出满分而执行率低于",
    "review.dominant_weight": "单个三级指标的分值达到",
    "rollup": "汇总",
    "rollup.relative": "同类指标的相对值",
    "rollup.score": "部门平均得分",
    "rollup.spread": "未报单位的估计上下浮动",
    "filing": "报送",
    "filing.due_hour": "截止日的截止时刻",
    "filing.correction_days": "退回后至少给几个工作日修改",
    "lateness": "逾期扣分（自评工作考核）",
    "lateness.points_per_working_day": "每个工作日",
    "lateness.maximum": "最多",
    "reminders": "催报（工作日）",
    "reminders.before": "截止前",
    "reminders.after": "截止后",
    "reminders.then_every": "此后每隔",
    "reminders.hour": "发出时刻",
    "reminders.department_from": "通报主管部门自逾期",
    "reminders.bureau_from": "报财政局自逾期",
    "publication": "公开期限",
    "publication.month_day": "次年固定日期",
    "publication.approval_plus_days": "批复后天数",
    "attachments": "应附材料",
    "report_sections": "自评报告应有的部分",
    "signatures": "自评表应有的签章栏",
    "seals": "应有盖章处的材料",
    "redaction": "公开前隐去的个人信息",
    "redaction.labels": "其后是姓名的栏目",
    "redaction.kinds": "隐去的种类",
    "redaction.hide": "一律隐去的词",
    "redaction.keep": "不得隐去的词",
    "report": "部门自评报告",
    "report.attachments": "所附材料",
    "report.outline": "提纲",
    "report.outline.level": "级别",
    "report.outline.heading": "标题",
    "report.outline.content": "写入",
    "report.outline.ask": "待填写",
    "examination": "逐级审核",
    "examination.levels": "层级（按次序）",
    "examination.reply_days": "退回后几个工作日内答复",
    "examination.answer_days": "异议几个工作日内答复",
    "examination.reasons": "退回原因",
    "examination.reasons.code": "编号",
    "examination.reasons.label": "原因",
    "recheck": "复核（抽查）",
    "recheck.share": "占应报单位的比例",
    "recheck.minimum": "至少几家",
    "appraisal": "自评工作考核",
    "appraisal.title": "表名",
    "appraisal.items": "各项",
    "appraisal.items.name": "名称",
    "appraisal.items.level1": "一级指标",
    "appraisal.items.level2": "二级指标",
    "appraisal.items.points": "满分",
    "appraisal.items.standard": "评分标准",
    "appraisal.items.proof": "佐证材料",
    "appraisal.items.by": "计分办法",
    "appraisal.items.each": "每缺一项扣",
    "appraisal.items.parts": "应有的内容",
    "appraisal.items.rules": "有关的审核规则",
    "appraisal.items.about": "评定的对象",
    "appraisal.items.sections": "看自评报告的部分",
    "appraisal.items.bands": "分档",
    "appraisal.items.bands.label": "档次",
    "appraisal.items.bands.minimum": "不低于",
    "appraisal.items.bands.maximum": "不高于",
    "appraisal.items.other": "不在各档之内的",
}

_WORDS = {
    "adjusted": "全年（调整后）预算数",
    "initial": "年初预算数",
    "fixed": "作疑点",
    "usual": "只作提示",
    "cap": "按满分",
    "deduct_overshoot": "按超出比例扣减",
    "completion": "按完成比例折算",
    "half_up": "四舍五入",
    "down": "舍去尾数",
    "funds": "按资金加权",
    "equal": "各单位等权",
    "department": "主管部门",
    "section": "归口业务科室",
    "bureau": "财政局",
}
_SHARES = {
    "execution.steps.minimum",
    "execution.reason_below",
    "execution.floor",
    "execution.caps.below",
    "quantitative.over_limit",
    "quantitative.over_penalty",
    "qualitative.minimum",
    "qualitative.maximum",
    "tolerance.rate",
    "review.adjustment_limit",
    "review.low_execution",
    "rollup.spread",
    "recheck.share",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a policy: its dotted field, section and label in words, the value in words."""

    path: str
    section: str
    label: str
    value: str


def settings(policy: Policy) -> tuple[Setting, ...]:
    """Every value of a policy in the order of its definition."""
    return tuple(_settings(policy))


def policy_data(policy: Any) -> Any:
    """A policy, or a part of it, as plain data for JSON: decimals and hours are strings, None stays."""
    if _is_record(policy):
        return {name: policy_data(value) for name, value in policy._asdict().items()}
    if isinstance(policy, dict):
        return {key: policy_data(value) for key, value in policy.items()}
    if isinstance(policy, tuple):
        return [policy_data(value) for value in policy]
    if isinstance(policy, time):
        return f"{policy:%H:%M}"
    return plain(policy) if isinstance(policy, Decimal) else policy


def _settings(policy: Policy) -> Iterator[Setting]:
    for name, value in policy._asdict().items():
        section = LABELS[name]
        if _is_record(value):
            for inner, part in value._asdict().items():
                path = f"{name}.{inner}"
                yield Setting(path, section, LABELS[path], _words(path, part))
        else:
            yield Setting(name, section, section, _words(name, value))


def _is_record(value: Any) -> bool:
    """Whether a value is a part of a policy with named fields; such a part is a tuple, as lists are."""
    return hasattr(value, "_fields")


def _words(path: str, value: Any) -> str:
    if value is None or value in ((), {}):
        return "不设"
    if isinstance(value, dict):
        return "、".join(f"{key} {plain(points)}" for key, points in value.items())
    if path == "publication.month_day":
        return f"{value[0]}月{value[1]}日"
    if path == "appraisal.items":
        return "\n".join(_item(item) for item in value)
    if isinstance(value, tuple):
        if _is_record(value[0]):
            return "；".join(_row(path, item) for item in value)
        return "、".join(_WORDS.get(str(item), str(item)) for item in value)
    if isinstance(value, Decimal):
        return f"{plain(value * 100)}%" if path in _SHARES else plain(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return _WORDS.get(str(value), str(value))


def _row(path: str, row: Any) -> str:
    """One line of a table such as the grades: label first, then its figures."""
    named = [f"{path}.{field}" for field in row._fields]
    values = [_words(name, value) for name, value in zip(named, row, strict=True)]
    return " ".join(
        value if name.endswith(".label") else f"{LABELS[name]} {value}"
        for name, value in zip(named, values, strict=True)
    )


def _item(item: Item) -> str:
    """One item of the appraisal with everything that the policy says about it, the name first."""

    def said(field: str, value: str) -> str:
        return f"{LABELS[f'appraisal.items.{field}']}：{value}"

    parts = [f"{item.level1}—{item.level2}—{item.name}（{plain(item.points)}分）{item.standard}"]
    parts.append(said("by", BY_LABELS[item.by]))
    parts += [said("each", f"{plain(item.each)}分")] if item.each is not None else []
    parts += [said("parts", "、".join(item.parts))] if item.parts else []
    parts += [said("rules", "、".join(item.rules))] if item.rules else []
    parts += [said("about", ABOUT_LABELS[item.about])] if item.by == "person" else []
    parts += [said("sections", "、".join(item.sections))] if item.sections else []
    parts += [said("bands", bands_text(item))] if item.bands else []
    parts += [said("proof", item.proof)] if item.proof else []
    return "；".join(part.rstrip("；。") for part in parts)
