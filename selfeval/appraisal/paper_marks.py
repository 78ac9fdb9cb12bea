"""The points for the report, its attachments and the self-evaluation tables, and what a person is shown of them."""

from __future__ import annotations

from decimal import Decimal

from selfeval.appraisal.facts import DepartmentFacts, PaperFacts, TableFacts
from selfeval.appraisal.marking import Awaits, Marked, asked, known, less, told
from selfeval.appraisal.table import Item
from selfeval.figures import plain, points
from selfeval.policy import Lateness

_NAMED = 3


def sections(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    papers, waiting = _own_papers(facts)
    if waiting:
        return waiting
    if papers is None:
        return known(Decimal(0), "尚未报送，没有自评报告")
    if not papers.report:
        return _unread(papers) or known(Decimal(0), "报送的文件里没有自评报告正文")
    if not papers.headed:
        return asked("自评报告没有可以识别的标题，请看正文各部分是否齐全")
    missing = papers.missing_sections
    if not missing:
        return known(item.points, f"政策规定的部分都有：{'、'.join(papers.sections)}")
    return less(item, len(missing), f"自评报告缺{len(missing)}个部分（A18）：{'、'.join(missing)}")


def attachments(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    papers, waiting = _own_papers(facts)
    if waiting:
        return waiting
    if papers is None:
        return known(Decimal(0), "尚未报送，没有材料")
    missing, noted = papers.missing_attachments, told(papers.findings, item)
    if not missing:
        return known(item.points, f"政策规定的材料都有：{'、'.join(papers.attachments)}", *noted)
    unread = _unread(papers)
    if unread:
        return unread
    score, awaits, said = less(item, len(missing), f"缺{len(missing)}项材料（A11）：{'、'.join(missing)}")
    return score, awaits, (*said, *noted)


def share(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    tables, waiting = _tables(facts)
    if waiting:
        return waiting
    wrong = [(name, told(table.findings, item)) for name, table in tables]
    wrong = [(name, said) for name, said in wrong if said]
    if not wrong:
        return known(item.points, f"{len(tables)}张自评表都符合", *_absent(facts))
    score = points(item.points * (len(tables) - len(wrong)) / len(tables))
    sum_ = f"{plain(item.points)} × {len(tables) - len(wrong)} ÷ {len(tables)} = {plain(score)}"
    return known(
        score,
        f"{len(tables)}张自评表中{len(wrong)}张不符合，按比例计分：{sum_}",
        *(f"{name}：{'；'.join(said)}" for name, said in wrong),
        *_absent(facts),
    )


def level3(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    tables, waiting = _tables(facts)
    if waiting:
        return waiting
    rows = sum(table.rows for _, table in tables)
    blank = sum(len(table.undetailed) for _, table in tables)
    if not rows:
        return asked("自评表里没有读出指标")
    if not blank:
        return known(item.points, f"{len(tables)}张自评表的{rows}个指标都细化到三级指标", *_absent(facts))
    if blank == rows:
        return known(Decimal(0), f"{len(tables)}张自评表的{rows}个指标都没有三级指标名称", *_absent(facts))
    named = [f"{name}：{'、'.join(table.undetailed)}" for name, table in tables if table.undetailed]
    return asked(f"{rows}个指标中{rows - blank}个细化到三级指标，没有细化的：", *named, *_absent(facts))


def clean(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    tables, waiting = _tables(facts)
    if waiting:
        return waiting
    rows = sum(table.rows for _, table in tables)
    if not rows:
        return asked("自评表里没有读出指标")
    said = [(name, told(table.findings, item)) for name, table in tables]
    wrong = [f"{name}：{'；'.join(found)}" for name, found in said if found]
    if not wrong:
        return known(item.points, f"{len(tables)}张自评表的{rows}个指标都没有这方面的问题", *_absent(facts))
    return asked(f"{len(tables)}张自评表中{len(wrong)}张有这方面的问题：", *wrong, *_absent(facts))


def person(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    if item.about == "work":
        return asked()
    if item.about == "tables":
        tables, waiting = _tables(facts)
        if waiting:
            return waiting
        said = [(name, told(table.findings, item)) for name, table in tables]
        # A rule between forms speaks of no single table.
        whole = [found for unit in facts.owing if unit.papers for found in unit.papers.findings]
        single = {found for _, table in tables for found in table.findings}
        wrong = [f"{name}：{'；'.join(found)}" for name, found in said if found]
        wrong += told([found for found in whole if found not in single], item)
        return asked(f"{len(tables)}张自评表", *wrong, *_absent(facts))
    papers, waiting = _own_papers(facts)
    if waiting:
        return waiting
    if papers is None:
        return asked("尚未报送，没有自评报告")
    said = told(papers.findings, item)
    if not item.sections:
        return asked(*said)
    quotes = papers.quotes.get(item.name, ())
    if not quotes:
        return asked(
            "自评报告里没有标题含有" + "、".join(f"“{word}”" for word in item.sections) + "的部分", *said
        )
    length = sum(len(text) for _, text in quotes)
    return asked(f"见自评报告“{quotes[0][0]}”，共{length}字", *said)


def _own_papers(facts: DepartmentFacts) -> tuple[PaperFacts | None, Marked | None]:
    """The department's own papers (None: nothing filed in time), or what they wait for."""
    own = facts.own
    if not own.owes:
        return None, asked(f"本级不需要报送：{own.status.exemption}")
    if facts.running(own):
        return None, (None, Awaits.TIME, ("尚未报送，还没有到截止时间",))
    if own.unchecked:
        return None, (None, Awaits.CHECK, (f"第{own.status.version}次报送还没有审核",))
    return own.papers, None


def _tables(facts: DepartmentFacts) -> tuple[list[tuple[str, TableFacts]], Marked | None]:
    """Every self-evaluation table of the department and its units, named, or what they wait for."""
    running = [unit.status.name for unit in facts.owing if facts.running(unit)]
    if running:
        return [], (None, Awaits.TIME, (f"还没有到截止时间，尚未报送的有：{'、'.join(running)}",))
    unchecked = [unit.status.name for unit in facts.owing if unit.unchecked]
    if unchecked:
        return [], (None, Awaits.CHECK, (f"报送后还没有审核的有：{'、'.join(unchecked)}",))
    unread = [
        f"{unit.status.name}的“{file}”"
        for unit in facts.owing
        if unit.papers and not unit.papers.tables
        for file in unit.papers.unreadable
    ]
    if unread:
        return [], asked(f"无法读取：{'、'.join(unread)}")
    alone = len(facts.owing) == 1
    tables = [
        (table.name if alone else f"{unit.status.name}{table.name}", table)
        for unit in facts.owing
        if unit.papers
        for table in unit.papers.tables
    ]
    return tables, None if tables else known(Decimal(0), "没有报送自评表")


def _unread(papers: PaperFacts) -> Marked | None:
    """A person has to look where a file that could not be read may hold what seems to be missing."""
    if not papers.unreadable:
        return None
    return asked(f"无法读取：{'、'.join(papers.unreadable)}，请打开文件查看")


def _absent(facts: DepartmentFacts) -> list[str]:
    """Whose tables are in no figure; all of them are named where filing itself is marked."""
    missing = [unit.status.name for unit in facts.owing if unit.missing]
    if not missing:
        return []
    more = f"等{len(missing)}家" if len(missing) > _NAMED else ""
    return [f"未报送、没有计入的：{'、'.join(missing[:_NAMED])}{more}"]
