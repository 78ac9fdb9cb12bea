"""The deduction statement of a unit (扣分明细) in Word: both scores of every line side by side, on A4 across."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from documents.official import Official
from selfeval.deduction_statement import FormStatement
from selfeval.figures import plain
from selfeval.paper_blocks import Heading

_TITLE = 18.0
_SIZE = 9.0


def deduction_document(
    *,
    unit_name: str,
    unit_code: str,
    year: int,
    version: int,
    bureau: str,
    judged_by: str,
    forms: Sequence[FormStatement],
) -> bytes:
    """The statement as .docx bytes; `judged_by` names the policy and the rules that recomputed the scores."""
    title = f"{unit_name}{year}年度绩效自评扣分明细"
    paper = Official(title, bureau, landscape=True)
    paper.title(title, size=_TITLE)
    paper.note(f"预算编码：{unit_code}　　第{version}次报送　　复算依据：{judged_by}")
    paper.note(
        "复算得分按政策由填报的数据算出；政策没有规定计算办法的，写“沿用自评”。对复算有异议的，请凭依据与我局联系。"
    )
    for number, form in enumerate(forms, start=1):
        paper.blocks([Heading(3, f"{number}．{form.name}：{_scores(form)}")])
        paper.grid(form.grid, size=_SIZE)
    return paper.content()


def _scores(form: FormStatement) -> str:
    parts = [
        f"自评{_points(form.stated, form.stated_grade, '未填总分')}",
        f"复算{_points(form.due, form.due_grade, '不能算出')}",
        f"扣分{form.lost}项" if form.lost else "没有扣分",
    ]
    return "，".join(parts)


def _points(score: Decimal | None, grade: str | None, unknown: str) -> str:
    return unknown if score is None else f"{plain(score)}分{f'（{grade}）' if grade else ''}"
