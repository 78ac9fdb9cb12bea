"""R: what a narrative report must say: results of unspent money, reasons, units, score, satisfaction, rates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.figures import percent, plain
from selfeval.filing import Filing, Form, FormKind
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, filing_rule, rule, unit_rule
from selfeval.rules.ratios import explained
from selfeval.rules.told import project_scores
from selfeval.statements import MONEY, Figure, Passage

REPORT = "自评报告编写要求"
_BUDGET = Pattern("(?:全年|年度|调整后?|年初)(?:总)?预算")
_EXECUTED = Pattern("(?:全年|实际|累计|年度)?(?:预算)?执行数|实际支出|全年支出")
_REASON = Pattern("原因|由于|因为|主要是|结转|未支付|尚未")
_CAUSE = Pattern("原因|主要是|由于|因为|[,:]主?要?[系因]")
_LEFT_OVER = Pattern("结余|结转|剩余|尚余|节余|未执行|未支[付出]|未使用|未拨付")
_WHOLE_SUMS = Pattern("总投资|合同(?:总?价|金?额)|概算|预算|已支付|本年支付|当年支付|较|比")
_EACH = Pattern("(?:[人户亩年月日件次辆床]|生)均|平均|每|单价|(?<!高)标准")
_DONE = Pattern("完成|修复|建成|整治|开展|新增|培训|发放|治理|消除|恢复|改造")
_SATISFACTION = Pattern("满意度|满意率")
_STAFF = Pattern(
    r"(?:本单位|我局|我单位|机关)?(?:干部职工|职工|员工|工作人员|[一-龥]{2,6}人员)(?:对[^,;。]{0,20})?(?:的)?(?:满意度|满意率)"
)
_SERVED = Pattern(
    "服务|受益|群众|管理对象|参训|参会|受训|培训|企业|客户|办事|使用人员|离退休|困难|就业|流动|失业|获奖|残疾|监测对象"
)
# Who is asked beside the staff makes their answer one more.
_OTHERS_TOO = Pattern("(?:患者|病人|学生|家长|居民|村民|农户|群众|公众|企业|服务对象)[^,;。]{0,6}满意")
_SAMPLE = Pattern(
    r"问卷|样本|抽样|随机|(?:调查|访谈|走访|测评|回访|访问)[^,;。]{0,8}\d+(?:份|人|户|名|家)"
    r"|评价[^,;。\d]{0,4}\d[\d,.]*万?(?:条|次|人次|件)|对\d[\d,.]*万?(?:名|位|人|户|家)[^,;。]{0,20}(?:调查|访|测评)"
)
# Where the staff are those served.
_FOR_STAFF = Pattern("物业|后勤|食堂|办公|工会|福利|体检|宿舍")
_RATE = Pattern(r"(?:[一-龥]{2,8}率|度增加|覆盖度)[^,;。\d]{0,4}$")
_THREE_PUBLICS = Pattern(
    r"(三公[”\"]?经费|公务接待费|公务用车(?:购置|运行)[^,;:。\d]{0,8}费|因公出国(?:\(境\))?(?:费用?|经费))(?:年初|全年|年度|财政拨款)*预算(?:数|安排|金额)*(?:为|共)?$"
)
_QUOTES = Pattern('[”"]')
_SPENT_OF_IT = Pattern(r"[,;、](?:全年|年度|实际|本年)*(?:支出|决算|执行|使用)(?:数|支出|金额)*(?:为|共)?")
_EXCUSE = Pattern("原因|由于|因(?!公)|主要是|追加|调整|超")
_EXTENTS = ("亩", "公里", "平方米")
# 由54.2%提高到57.9% is told of two years.
_WHAT_IT_WAS = Pattern("[由从]")
_SELF_EVIDENT = Pattern(
    "执行率|完成率|到位率|支付率|满意率|合格率|达标率|控制率|参学率|优良率|及时率"
    # What is counted in plants, pieces, persons or cubic metres has no extent for its whole.
    "|成活率|保存率|发芽率|出苗率|回收率|知晓率|负荷率|收集率|参保率|入户率|优质率|使用率|利用率"
    # Of the land or the people of a whole place, which the statistics tell and no report does.
    "|(?:森林|绿化)覆盖率|城镇化率"
)


@filing_rule("R05", Severity.WARNING, REPORT)
def outputs_without_spending_are_explained(filing: Filing, context: Context) -> Iterator[Problem]:
    """执行数为零而列有产出的，应说明产出由何种资金形成。"""
    for section in context.once(_sections, context):
        for passage in section:
            spent = [f for f in passage.figures if f.unit == MONEY and _EXECUTED.search(f.words)]
            if not spent or spent[0].value:
                continue
            budget = [f for f in passage.figures if f.unit == MONEY and _BUDGET.search(f.words)]
            if not any(f.value for f in budget):
                continue
            outputs = [(f, p) for p in section for f in p.figures if _is_output(f)]
            if outputs:
                said = "、".join(f"{f.subject}{f.shown}" for f, _ in outputs[:5])
                yield Problem(
                    (passage.at, *dict.fromkeys(p.at for _, p in outputs)),
                    spent[0].shown,
                    "写明产出由何种资金形成",
                    f"全年预算数 {budget[0].shown}，全年执行数 {spent[0].shown}，却列出产出 {said}",
                    form=passage.form.id,
                )


@filing_rule("R06", Severity.WARNING, REPORT)
def the_reason_covers_what_was_not_spent(filing: Filing, context: Context) -> Iterator[Problem]:
    """未执行原因应覆盖全部未执行金额。"""
    for passage in context.passages.figured:
        if all(figure.unit != MONEY for figure in passage.figures):
            continue
        unspent = _budget_less_spending(passage) or _remainder(passage)
        if unspent is None:
            continue
        gap, formula, reason = unspent
        named = [
            f for f in passage.figures if f.start > reason and f.unit == MONEY and not f.rough and not f.depth
        ]
        covered = sum(f.value for f in named)
        if 0 < covered < gap and gap - covered > max(f.step for f in named):
            said = "、".join(f"{f.shown}" for f in named)
            yield Problem(
                passage.at,
                said,
                f"{plain(gap)}万元",
                f"{formula}，原因只说明 {said}，尚有 {plain(gap - covered)}万元没有说明",
                form=passage.form.id,
            )


class _Unspent(NamedTuple):
    """What was not spent in 万元, how the text tells it, and where its reason begins."""

    gap: Decimal
    formula: str
    reason: int


def _budget_less_spending(passage: Passage) -> _Unspent | None:
    reason = _REASON.search(passage.text)
    ahead = [f for f in passage.figures if reason and f.end <= reason.start() and f.unit == MONEY]
    budget = next((f for f in ahead if _BUDGET.search(f.words)), None)
    spent = next((f for f in ahead if _EXECUTED.search(f.words)), None)
    if budget is None or spent is None or spent.value >= budget.value:
        return None
    gap = budget.value - spent.value
    formula = f"全年预算数 {budget.shown} − 全年执行数 {spent.shown} = 未执行 {plain(gap)}万元"
    return _Unspent(gap, formula, reason.end())


def _remainder(passage: Passage) -> _Unspent | None:
    """年末结余80万元，主要原因是质保金50万元未到支付期: the figure right before the reason says what was left."""
    cause = _CAUSE.search(passage.text)
    ahead = [f for f in passage.figures if cause and f.end <= cause.start()]
    left = ahead[-1] if ahead else None
    if left is None or left.unit != MONEY or left.rough or not _LEFT_OVER.search(left.words):
        return None
    # Several remainders are explained together, and a contract is larger than what is left of it.
    several = len([f for f in ahead if _LEFT_OVER.search(f.words)]) > 1
    if several or _WHOLE_SUMS.search(passage.text, cause.end()):
        return None
    return _Unspent(left.value, f"{left.label or '结余'} {left.shown}", cause.end())


@filing_rule("R18", Severity.WARNING, "厉行节约要求：三公经费不超预算")
def told_three_publics_within_budget(filing: Filing, context: Context) -> Iterator[Problem]:
    """文字写明三公经费支出超过预算的，应说明原因。"""
    for passage in context.passages.distinct:
        if passage.form.kind is not FormKind.REPORT or passage.planned:
            continue
        for budget, spent in itertools.pairwise(f for f in passage.figures if f.unit == MONEY):
            start = max((f.end for f in passage.figures if f.end <= budget.start), default=0)
            named = _THREE_PUBLICS.search(passage.text, start, budget.start)
            if named is None or budget.rough or spent.rough or budget.depth or spent.depth:
                continue
            if not _SPENT_OF_IT.fullmatch(passage.text, budget.end, spent.start):
                continue
            behind = passage.text[spent.end :]
            if spent.value > budget.value and not _EXCUSE.search(behind):
                over, name = spent.value - budget.value, _QUOTES.sub("", named[1])
                yield Problem(
                    passage.at,
                    spent.shown,
                    f"不超过 {budget.shown}，或者说明原因",
                    f"{name}预算 {budget.shown}，支出 {spent.shown}，超过预算 {plain(over)}万元，没有说明原因",
                    form=passage.form.id,
                )


@filing_rule("R07", Severity.WARNING, REPORT)
def one_unit_of_money_in_a_section(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一部分的金额应使用同一单位，不应元与万元混用。"""
    for section in context.once(_sections, context):
        by_unit: dict[str, tuple[Figure, Passage]] = {}
        for passage in section:
            for figure in passage.figures:
                if figure.unit == MONEY and figure.value and not _of_one(figure, passage):
                    by_unit.setdefault(figure.suffix, (figure, passage))
        if {"元", "万元"} <= by_unit.keys() and by_unit["元"][0].value >= 1:
            (small, first), (large, second) = by_unit["元"], by_unit["万元"]
            yield Problem(
                tuple(dict.fromkeys((second.at, first.at))),
                small.shown,
                f"{plain(small.value)}万元",
                f"同一部分既用万元（{large.label} {large.shown}）又用元（{small.label} {small.shown}，"
                f"即 {plain(small.value)}万元）",
                form=first.form.id,
            )
            # One finding says it for the whole report.
            return


def _of_one(figure: Figure, passage: Passage) -> bool:
    """人均可支配收入17268元: what falls to one is told in 元 beside whatever totals."""
    return _EACH.search(figure.words) is not None or passage.text.startswith("/", figure.end)


@unit_rule("R08", Severity.WARNING, REPORT)
def a_report_states_its_result(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告应写明自评得分和等级。"""
    for form in filing.forms:
        if form.kind is not FormKind.REPORT:
            continue
        if any(passage.form is form for _, passage, _ in context.once(project_scores, context)):
            continue  # a report on several projects states the result of each
        scored = any(other.reported_score for other in filing.forms if other is not form)
        # A grade without its score, or nothing at all anywhere in the filing.
        if form.reported_score is None and (form.reported_grade or not scored):
            missing = "自评得分" if form.reported_grade else "自评得分和评价等级"
            beside = "" if scored else "，本件也没有填写得分的自评表"
            yield Problem(form.at, None, missing, f"自评报告没有写明{missing}{beside}", form=form.id)


@rule("R09", Severity.WARNING, "满意度应调查服务对象，并有样本")
def satisfaction_is_of_those_served(form: Form, context: Context) -> Iterator[Problem]:
    """满意度应调查服务对象或受益群众，并写明调查样本。"""
    if form.kind is not FormKind.REPORT:
        return
    asked = []
    for sentence in context.said(form):
        text = sentence.text
        # A statement of a result names the figure; what is asked of the future does not.
        if "%" not in text or not _SATISFACTION.search(text):
            continue
        asked.append(sentence)
        staff = _STAFF.search(text)
        if staff is None or _OTHERS_TOO.search(text):
            continue
        if not _SERVED.search(staff[0]) and not _FOR_STAFF.search(sentence.at.part + text):
            yield Problem(
                sentence.at,
                staff[0],
                "服务对象或受益群众",
                f"“{staff[0]}”的对象是工作人员，不是服务对象：{text}",
            )
    if len(asked) > 1 and not any(_SAMPLE.search(sentence.text) for sentence in form.sentences):
        yield Problem(
            tuple(sentence.at for sentence in asked),
            None,
            "调查方式和样本数",
            f"{len(asked)} 处写有满意度，全文没有调查方式和样本数",
        )


@filing_rule("R10", Severity.WARNING, REPORT)
def rates_can_be_recomputed(filing: Filing, context: Context) -> Iterator[Problem]:
    """比率应写明分子和分母。"""
    for section in context.once(_sections, context):
        for passage in section:
            here = [f for f in passage.figures if f.unit in _EXTENTS and f.subject]
            if len(here) < 2:
                continue
            extents = [
                f for p in section for f in p.figures if f.unit == here[0].unit and f.subject and not f.rough
            ]
            for figure in passage.figures:
                before = passage.text[: figure.start]
                words = re.split("[,;。:()]", before)[-1]
                rate = _RATE.search(words)
                if (
                    figure.unit != "%"
                    or figure.rough
                    or not rate
                    or _SELF_EVIDENT.search(words)
                    or figure.value in (0, 100)
                    or _WHAT_IT_WAS.search(words)
                ):
                    continue
                if _stated_by_an_indicator(words, figure, filing):
                    continue
                if "." not in figure.shown or explained(
                    figure, (f for f in passage.figures if f.unit != "%")
                ):
                    continue
                same = [
                    (a, b)
                    for a, b in itertools.permutations(extents, 2)
                    if a.unit == b.unit and 0 < a.value <= b.value
                ]
                tried = [(a, b, a.value / b.value * 100) for a, b in same]
                if len(tried) < 2 or any(
                    abs(value - figure.value) <= 2 * figure.step for _, _, value in tried
                ):
                    continue
                said = "；".join(
                    f"{a.subject}{a.shown} ÷ {b.subject}{b.shown} = {percent(v / 100)}"
                    for a, b, v in tried[:3]
                )
                yield Problem(
                    passage.at,
                    figure.shown,
                    "写明分子和分母",
                    f"{figure.label or words} {figure.shown} 没有写明分母，同一部分的数字算不出：{said}",
                    form=passage.form.id,
                )


def _stated_by_an_indicator(words: str, figure: Figure, filing: Filing) -> bool:
    """Whether the rate is an indicator's own result: what it is a rate of, the form says."""
    rows = (row for form in filing.forms for row in form.indicators if row.actual.number is not None)
    return any(
        len(name := squash(row.name)) > 2 and name in words and row.actual.number * 100 == figure.value
        for row in rows
    )


def _sections(context: Context) -> list[list[Passage]]:
    """The passages of a report section by section; headings of one name in a row are one section."""
    said = [p for p in context.passages if p.at.sentence and p.form.kind is FormKind.REPORT and not p.planned]
    return [list(group) for _, group in itertools.groupby(said, key=lambda passage: passage.at.part)]


def _is_output(figure: Figure) -> bool:
    return (
        figure.unit not in (MONEY, "%", "分", "年", "月", "日")
        and bool(figure.subject)
        and _DONE.search(figure.words) is not None
    )
