"""The report text of a fictional filing: sections 一 to 九, every figure taken from the forms beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from examples.forms import Form, Papers, grade, plain, rate_text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `kind` decides how it looks."""

    kind: str
    text: str
    new_page: bool = False


def report(papers: Papers) -> list[Paragraph]:
    """Cover and text of the self-evaluation report."""
    return [*_cover(papers), *_body(papers), *_end(papers)]


def _cover(papers: Papers) -> Iterator[Paragraph]:
    yield Paragraph("cover", papers.name)
    yield Paragraph("title", f"{papers.year}年度部门整体支出绩效自评报告")
    yield Paragraph("field", f"部门（单位）名称（盖章）：{papers.name}")
    yield Paragraph("field", f"预算编码：{papers.code}")
    yield Paragraph("field", "评价方式：部门（单位）绩效自评")
    yield Paragraph("field", f"报告时间：{papers.filed.year}年{papers.filed.month}月")


def _body(papers: Papers) -> Iterator[Paragraph]:
    year, whole, told = papers.year, papers.forms[0], papers.report
    yield Paragraph("title", f"{papers.name}{year}年度部门整体支出绩效自评报告", new_page=True)

    yield Paragraph("heading", "一、部门基本情况")
    yield Paragraph("part", "（一）机构人员情况")
    yield Paragraph(
        "text",
        f"{papers.name}核定编制{papers.posts}人，{year}年末实际在职{papers.staff}人，"
        f"人员控制率{rate_text(Decimal(papers.staff) / papers.posts)}。",
    )
    yield Paragraph("part", "（二）主要职能")
    yield Paragraph("text", told["duties"])

    yield Paragraph("heading", "二、一般公共预算支出情况")
    yield Paragraph("part", "（一）基本支出情况")
    basic = papers.basic.executed
    yield Paragraph(
        "text",
        f"{year}年基本支出{basic:.2f}万元，其中人员经费{papers.personnel.executed:.2f}万元，"
        f"占基本支出{rate_text(papers.personnel.executed / basic)}；公用经费{papers.operating.executed:.2f}万元，"
        f"占基本支出{rate_text(papers.operating.executed / basic)}。",
    )
    publics = papers.publics[0]
    yield Paragraph(
        "text",
        f"“三公”经费预算{publics.budget:.2f}万元，支出{publics.final:.2f}万元，"
        f"比预算节约{publics.budget - publics.final:.2f}万元，比上年减少{publics.before - publics.final:.2f}万元。",
    )
    yield Paragraph("part", "（二）项目支出情况")
    parts = "；".join(f"{form.project}{form.total.amounts.executed:.2f}万元" for form in papers.forms[1:])
    yield Paragraph("text", f"{year}年项目支出{papers.projects[0].final:.2f}万元，其中：{parts}。")
    yield Paragraph("text", told["adjustment"])

    for number, budget in (("三", "政府性基金"), ("四", "国有资本经营"), ("五", "社会保险基金")):
        yield Paragraph("heading", f"{number}、{budget}预算支出情况")
        yield Paragraph("text", f"{year}年没有{budget}预算安排的支出。")

    yield Paragraph("heading", "六、部门整体支出绩效情况")
    total = whole.total.amounts
    yield Paragraph(
        "text",
        f"{year}年年初预算数{total.initial:.2f}万元，全年预算数{total.adjusted:.2f}万元，"
        f"全年执行数{total.executed:.2f}万元，执行率{whole.total.rate}，预算执行得{plain(whole.total.score)}分。",
    )
    yield from _results(whole)
    yield Paragraph(
        "text",
        f"综合评价得分为{plain(whole.reported_score)}分，等级为“{grade(whole.reported_score)}”。",
    )

    yield from _numbered("七、存在的问题及原因分析", told["problems"])
    yield from _numbered("八、下一步改进措施", told["measures"])
    yield Paragraph("heading", "九、绩效自评结果拟应用和公开情况")
    yield Paragraph(
        "text",
        f"自评结果作为编制{year + 2}年部门预算和调整项目支出的依据，按规定随部门决算公开，接受社会监督。",
    )


def _results(whole: Form) -> Iterator[Paragraph]:
    for part, level1 in (
        ("（一）产出情况", "产出指标"),
        ("（二）效益情况", "效益指标"),
        ("（三）满意度情况", "满意度指标"),
    ):
        rows = [row for row in whole.rows if row.level1 == level1 and row.level2 != "成本指标"]
        yield Paragraph("part", part)
        yield Paragraph(
            "text", "；".join(f"{row.name}{row.actual}，指标值为{row.target}" for row in rows) + "。"
        )
        for row in rows:
            if row.note:
                yield Paragraph("text", f"{row.name}没有达到指标值，{row.note}")


def _numbered(heading: str, sentences: Iterable[str]) -> Iterator[Paragraph]:
    yield Paragraph("heading", heading)
    for number, sentence in enumerate(sentences, start=1):
        yield Paragraph("text", f"{number}、{sentence}")


def _end(papers: Papers) -> Iterator[Paragraph]:
    yield Paragraph("text", "附件：1.部门整体支出绩效评价基础数据表")
    yield Paragraph("text", "2.部门整体支出绩效自评表")
    yield Paragraph("text", f"3.项目支出绩效自评表（共{len(papers.forms) - 1}张）")
    yield Paragraph("sign", papers.name)
    day = papers.filed
    yield Paragraph("sign", f"{day.year}年{day.month}月{day.day}日")
