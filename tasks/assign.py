"""What a person decides about arrivals that wait: whose filing they are, or that they are none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import arrivals
from db.arrivals import ArrivalConflict
from db.models import Arrival, CycleRow, Obligation
from db.submissions import IncomingFile
from tasks.collect import receive
from tasks.office import clock, database


@task(name="来件归入单位", cache_policy=NO_CACHE)
def assign_arrivals(
    numbers: Sequence[int], unit_code: str, reason: str, person: str, now: datetime | None
) -> dict[str, int | str]:
    """Store arrivals together as the unit's next version, received when they came in, with its receipt.

    Raises Refusal, and changes nothing, for an arrival that does not wait, a whole mail, a unit that is not
    in the roster or owes nothing, and what came after the close.
    """
    at = clock(now)
    with database() as session:
        found = arrivals.deal_with(
            session,
            numbers,
            action="arrival.assigned",
            said=f"归入 {unit_code}（{reason}）",
            person=person,
            at=at,
        )
        if len({arrival.cycle_id for arrival in found}) != 1:
            raise ArrivalConflict("一次只能归入同一个周期的来件")
        for arrival in found:
            _require_file(arrival)
        row = session.get_one(CycleRow, found[0].cycle_id)
        obligation = session.get(Obligation, (row.id, unit_code))
        if obligation is None:
            raise ArrivalConflict(f"{row.year}年度的报送名单中没有预算编码 {unit_code}")
        files = [
            IncomingFile(a.channel, f"assigned:{a.id}", a.name, a.sha256, a.size, a.received_at, a.mail_id)
            for a in found
        ]
        taken = receive(session, row, obligation, files, at)
        if taken.set_aside:
            raise ArrivalConflict(f"不能归入{obligation.unit_name}：该单位不需要报送，或者来件晚于周期关闭")
        return {"unit": obligation.unit_name, "versions": taken.versions, "duplicates": taken.duplicates}


@task(name="来件办结", cache_policy=NO_CACHE)
def settle_arrivals(
    numbers: Sequence[int], reason: str, person: str, now: datetime | None
) -> list[dict[str, int | str]]:
    """Take arrivals that are no filings, or are dealt with, off the list; the originals stay in the archive.

    Raises Refusal, and changes nothing, for one that does not wait.
    """
    with database() as session:
        found = arrivals.deal_with(
            session, numbers, action="arrival.settled", said=reason, person=person, at=clock(now)
        )
        return [{"id": arrival.id, "name": arrival.name, "reason": reason} for arrival in found]


def _require_file(arrival: Arrival) -> None:
    if arrival.mail_id is not None and "#" not in arrival.source:
        raise ArrivalConflict(
            f"第 {arrival.id} 号是整封邮件，不能当作报送材料：请用 selfeval arrivals save 存出，"
            f"把其中的材料放入单位的报送文件夹"
        )
