"""The points for arranging the work: the notice, who filed, when the department's report came."""

from __future__ import annotations

from datetime import datetime

from selfeval.appraisal.facts import DepartmentFacts
from selfeval.appraisal.marking import Awaits, Marked, asked, known, less
from selfeval.appraisal.table import Item
from selfeval.figures import plain
from selfeval.policy import Lateness
from selfeval.workdays import local


def notice(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    notice = facts.notice
    if notice is None:
        return asked("通知不是由本系统印发的")
    untold = [unit.status.name for unit in facts.owing if unit.status.code not in notice.told]
    day = local(notice.issued_at)
    said = f"{day:%Y年%m月%d日}由本系统印发（{notice.document_number}），发到本部门及所属单位"
    if untold:
        return asked(f"{said}，没有发到：{'、'.join(untold)}")
    return known(item.points, f"{said}共{len(facts.owing)}家")


def notice_parts(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    if facts.notice is None or not facts.notice.text:
        return asked("通知不是由本系统印发的")
    text = "".join(facts.notice.text.split())
    missing = [
        part.partition("|")[0] for part in item.parts if not any(word in text for word in part.split("|"))
    ]
    if not missing:
        return known(
            item.points, f"本系统所发通知（{facts.notice.document_number}）{len(item.parts)}项内容齐全"
        )
    return less(item, len(missing), f"本系统所发通知缺{len(missing)}项：{'、'.join(missing)}")


def filed(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    owing = facts.owing
    missing = [unit for unit in owing if unit.missing]
    running = [unit for unit in missing if facts.running(unit)]
    names = "、".join(unit.status.name for unit in missing)
    note = "报送名单以外的转移支付项目单位不在内" if "转移支付" in item.standard else ""
    if running:
        return (
            None,
            Awaits.TIME,
            (f"应报{len(owing)}家，尚未报送{len(missing)}家，还没有到截止时间：{names}",),
        )
    if not missing:
        return known(item.points, f"应报{len(owing)}家，都已开展自评并报送", *([note] if note else []))
    score, awaits, said = less(item, len(missing), f"应报{len(owing)}家，未报{len(missing)}家：{names}")
    return score, awaits, (*said, *([note] if note else []))


def late(item: Item, facts: DepartmentFacts, lateness: Lateness) -> Marked:
    own = facts.own
    if not own.owes:
        return asked(f"本级不需要报送：{own.status.exemption}")
    if facts.running(own):
        return None, Awaits.TIME, (f"截止时间{own.status.due[:16].replace('T', ' ')}，还没有到",)
    until = facts.asof if own.missing else datetime.fromisoformat(own.status.first_received_at or "")
    reckoning = facts.workdays.reckon(datetime.fromisoformat(own.status.due), until)
    lost = lateness.points(reckoning.days)
    if own.missing:
        said = f"截至{local(facts.asof):%Y年%m月%d日}尚未报送，已逾期{reckoning.days}个工作日"
    elif reckoning.days:
        said = f"{own.status.first_received_at[:16].replace('T', ' ')}报送，逾期{reckoning.days}个工作日"
    else:
        return known(item.points, f"{own.status.first_received_at[:16].replace('T', ' ')}报送，没有逾期")
    return known(item.points - lost, f"{said}（{reckoning}），扣{plain(lost)}分")
