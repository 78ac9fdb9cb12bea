"""Look at the published address again: a page that is gone or changed is an alarm, once per change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import audit, cycles, publications
from db.models import CycleRow, Publication
from db.session import alone
from notifications.lists import Entry
from notifications.publication import publication_alarm
from selfeval.refusal import Refusal
from tasks.mail import queue_office_mail
from tasks.office import clock, database, log, office_of
from tasks.settings import load_settings
from tasks.site_proof import Unreachable, compare, in_words

_MEND = "selfeval publication mend"


@task(name="复查公开网站", cache_policy=NO_CACHE)
def look_again(year: int | None, now: datetime | None) -> dict[str, str | int]:
    """Fetch every page of the published site again; pages looked at, {} when nothing is published.

    Raises Refusal when a page is gone or changed, each time; the alarm is mailed once per change.
    """
    at, settings = clock(now), load_settings()
    with alone(settings.database_url, "publication") as mine:
        with database() as session:
            row = cycles.cycle_of(session, year)
            publication = publications.proven_publication(session, row.id)
        if publication is None or not publication.manifest:
            return {}
        if not mine:
            log.info("网站正在改写，这次不复查")
            return {}
        try:
            wrong = compare(publication.address, publication.manifest)
            words = in_words(wrong)
        except Unreachable as error:
            # The reason may be put differently each time; that nothing answers is one state.
            wrong, words = {"": "取不到"}, str(error)
        with database() as session:
            _record(session, row, session.merge(publication), wrong, words, settings.admins, at)
    if wrong:
        raise Refusal(f"公开网站 {publication.address} 与公开时不一致：{words}")
    return {"pages": len(publication.manifest), "address": publication.address}


def _record(
    session: Session,
    row: CycleRow,
    publication: Publication,
    wrong: Mapping[str, str],
    words: str,
    admins: tuple[str, ...],
    at: datetime,
) -> None:
    before = publication.watch or {"wrong": {}, "changes": 0}
    changes = before["changes"] + (dict(wrong) != before["wrong"])
    publication.watch = {"at": at.isoformat(timespec="seconds"), "wrong": dict(wrong), "changes": changes}
    if changes == before["changes"]:
        return
    details = {"address": publication.address, "wrong": dict(wrong)}
    where = f"cycle/{row.year}/publication"
    audit.append(session, at=at, actor="复查", action="publication.watched", subject=where, details=details)
    if wrong and not admins:
        log.warning("没有设置 SELFEVAL_ADMIN_EMAILS，公开网站的警报没有发出")
    elif wrong:
        mail = publication_alarm(
            office_of(cycles.value_of(row)),
            year=row.year,
            title="的网页缺失或被改动" if "" not in wrong else "的网页打不开",
            sentence=f"复查公开地址 {publication.address}：{words}。",
            entries=[Entry("查明原因后重新写出网站并取回核对", "经审批的内容不变", _MEND)],
            at=at,
        )
        queue_office_mail(session, row, mail, admins, step=f"W{publication.id}.{changes}", at=at)
