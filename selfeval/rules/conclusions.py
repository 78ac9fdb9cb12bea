"""D: what a form says of itself in sentences (评价结论) against its own funds and total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from selfeval.execution import scored_line
from selfeval.figures import number, text
from selfeval.filing import Form, Position
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.rules.amounts import COLUMNS, quoted
from selfeval.rules.engine import Context, Problem, rule
from selfeval.rules.told import OTHER_SCORE, SCORE, of_a_project, of_another_line, rest
from selfeval.statements import Figure, Passage, figures, transposed


@rule("D10", Severity.ERROR, "自评表表式：自评得分、评价结论")
def conclusions_agree_with_their_form(form: Form, context: Context) -> Iterator[Problem]:
    """自评表评价结论写明的预算数、执行数和自评得分应与本表一致，自评得分在表中填写两处的应相同。"""
    yield from _twice(form)
    places = {remark.cell.at for remark in form.remarks}
    achieved = {got.at for _, got in form.goals}
    for passage in context.passages.of(form) if places else ():
        if passage.at in places and not passage.planned:
            yield from _money(form, passage, context)
            yield from _score(form, passage.at, passage.figures)
    for passage in context.passages.of(form) if achieved else ():
        if passage.at in achieved and not passage.planned:
            # What was spent on a part of the goals may be told there as well.
            for problem in _money(form, passage, context):
                sure = transposed(problem.stated or "", problem.expected or "")
                yield problem._replace(severity=None if sure else Severity.WARNING)
    for line in form.footer:
        if line.at != (form.reported_score and form.reported_score.at):
            yield from _score(form, line.at, figures(squash(line.text)))


def _twice(form: Form) -> Iterator[Problem]:
    """自评得分 in the head of the form and 总分 below its indicators, which may add up these alone."""
    head, below, line = number(form.head_score), number(form.reported_score), scored_line(form)
    beside = number(line.score) if line else None
    if head is None or below is None or head in (below, below + (beside or 0)):
        return
    yield Problem(
        (form.head_score.at, form.reported_score.at),
        text(form.head_score),
        text(form.reported_score),
        f"填报自评得分 {text(form.head_score)}，总分栏为 {text(form.reported_score)}",
    )


def _money(form: Form, passage: Passage, context: Context) -> Iterator[Problem]:
    tolerance = context.policy.tolerance.amount
    told = of_a_project(passage, passage.figures, form, form.year) if form.total else []
    wrong = [said for said in told if not said.agrees(form, tolerance)]
    for said in wrong:
        if of_another_line(said, form, tolerance):
            continue
        cell = said.cells[0]
        # Where one figure is the form's, the other is told of the same money; one alone may be of another scope.
        yield Problem(
            (said.at, cell.at),
            said.shown,
            text(cell),
            f"文字写明{COLUMNS[said.column]} {said.shown}，资金栏为 {quoted(cell, form)}",
            severity=None if len(wrong) < len(told) else Severity.WARNING,
        )


def _score(form: Form, at: Position, told: Iterable[Figure]) -> Iterator[Problem]:
    score = number(form.reported_score)
    for figure in told:
        if figure.unit != "分" or figure.depth or figure.rough or not SCORE.search(figure.words):
            continue
        if score is None or OTHER_SCORE.search(rest(figure.words, form)):
            continue
        if abs(score - figure.value) > figure.step / 2:
            yield Problem(
                (at, form.reported_score.at),
                figure.shown,
                text(form.reported_score),
                f"文字写明自评得分 {figure.shown}，本表总分为 {text(form.reported_score)}",
            )
