"""The outline of a department's report as policy data: headings in order, what stands below each, what is asked."""

from __future__ import annotations

from typing import NamedTuple

from selfeval.policy_text import Reader

# What the system can write below a heading, by the word that a policy names it with.
CONTENTS = {
    "机构人员": "纳入自评的单位、编制和在职人数",
    "绩效目标": "各单位的年度绩效目标和完成情况",
    "收支情况": "年初预算、全年预算、全年执行数，按单位、按来源和性质",
    "基本支出": "基本支出和其中的人员、公用支出，政府采购",
    "三公经费": "三公经费与预算、与上年相比",
    "项目支出": "项目支出合计和逐个项目",
    "政府性基金": "政府性基金预算支出",
    "国有资本经营": "国有资本经营预算支出",
    "社会保险基金": "社会保险基金预算支出",
    "指标完成": "绩效指标的完成情况，未完成的逐项列出",
    "评价得分": "各单位的自评得分、复算得分和等级",
    "问题": "审核发现的疑点，供归纳问题时参考",
    "公开期限": "本周期规定的公开期限",
    "汇总口径": "计入几家、缺谁、覆盖多少、补齐后的范围、依据哪次报送",
}


class OutlineRow(NamedTuple):
    """A heading without its number: `level` 1 (一、) or 2 (（一）); `content` are words of CONTENTS, in order.

    `ask`: what a person must write below it, one marked place each.
    """

    level: int
    heading: str
    content: tuple[str, ...]
    ask: tuple[str, ...]


class Report(NamedTuple):
    """The report of a department: what is attached to it, and its outline."""

    attachments: tuple[str, ...]
    outline: tuple[OutlineRow, ...]


def read_report(reader: Reader) -> Report:
    """The [report] section of a policy file."""
    return Report(
        reader.texts("attachments"),
        tuple(
            OutlineRow(row.integer("level"), row.text("heading"), row.texts("content"), row.texts("ask"))
            for row in reader.rows("outline")
        ),
    )


def report_mistakes(report: Report) -> list[str]:
    """What is wrong with an outline, as Chinese sentences."""
    mistakes = []
    if not report.outline or report.outline[0].level != 1:
        mistakes.append("[report] outline 应从一个 level = 1 的标题开始")
    for row in report.outline:
        if row.level not in (1, 2):
            mistakes.append(f"[report.outline] “{row.heading}”的 level 应为 1 或 2，现为 {row.level}")
        unknown = [word for word in row.content if word not in CONTENTS]
        if unknown:
            mistakes.append(
                f"[report.outline] “{row.heading}”的 content 不认识“{'、'.join(unknown)}”，"
                f"可用的有：{'、'.join(CONTENTS)}"
            )
    return mistakes
