"""The bulletin of results: its sections in order, each with its number."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.numerals import numeral
from selfeval.outcome import PASSED
from selfeval.paper_blocks import Block, Heading, Text, blank
from selfeval.results import faults, standing
from selfeval.results.data import ResultsData, few


def blocks(data: ResultsData) -> tuple[Block, ...]:
    """Opening, sections and closing. A section of which the system knows nothing is left out, not filled."""
    compared = faults.against_last_year(data.comparison) if data.comparison else ()
    sections = (
        ("总体情况", tuple(standing.overall(data))),
        ("等级和得分", tuple(standing.grades(data))),
        ("复核情况", tuple(standing.rechecks(data))),
        ("存在的主要问题", tuple(faults.problems(data))),
        ("逾期报送、未报送和未改正的单位", tuple(faults.lateness(data))),
        ("与上年度比较", tuple(compared)),
        ("下一步要求", tuple(_asked(data))),
    )
    known = [(title, content) for title, content in sections if content]
    return (
        Text(
            f"按照《{data.bureau}关于开展{data.year}年度预算绩效自评工作的通知》（{data.document_number}），"
            f"各预算单位开展了{data.year}年度预算绩效自评。现将自评结果通报如下。"
        ),
        *(
            block
            for number, (title, content) in enumerate(known, 1)
            for block in (Heading(1, f"{numeral(number)}、{title}"), *content)
        ),
        *((Text(f"数据来源：{data.source}。"),) if data.source else ()),
    )


def _asked(data: ResultsData) -> Iterator[Block]:
    """What follows from what is open, each with the day that only a person can set."""
    missing = [row[1] for row in data.status.missing.rows]
    if missing:
        yield Text(f"尚未报送的{len(missing)}家单位（{few(missing)}）应于{blank('日期')}前报送自评材料。")
    returned = [row[1] for row in data.status.returned.rows]
    if returned:
        yield Text(
            f"退回后尚未改正的{len(returned)}家单位（{few(returned)}）应于{blank('日期')}前改正后重新报送。"
        )
    doubts = [unit.name for unit in data.made.units if unit.state in PASSED and unit.warnings]
    if doubts:
        yield Text(
            f"审核通过但有疑点的{len(doubts)}家单位（{few(doubts)}）应逐条核实，并于{blank('日期')}前书面说明。"
        )
    if data.made.findings:
        names = list(dict.fromkeys(each.name for each in data.made.findings))
        yield Text(f"{few(names)}应会同所属单位核对不一致的数据，并于{blank('日期')}前更正。")
    yield Text(blank("自评结果的应用，例如与预算安排、政策调整、考核的关系，以及其他要求"))
