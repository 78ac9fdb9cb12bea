"""The example county brought to the states from which flows begin; each is made once and copied from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from apps.county import example_county
from apps.demo import EXAMPLES
from db import cycles, requests, roster
from db.models import Evaluation, MailMessage, OutboxRow, Publication, Submission
from documents.roster import roster_rows
from selfeval.cycle_file import cycle_text
from tasks.close import close_cycle
from tasks.examine import accept_units, set_examiners
from tasks.objections import raise_objection
from tasks.open_cycle import store_cycle
from tasks.publish import decide_publication, write_publication
from tasks.recheck import draw_sample
from tasks.redacted import confirm_redaction
from tasks.rehearse import decide_plan
from tests.tasks.conftest import Bureau, instant

# The water department with a unit without doubts, and a school that the rules send back.
UNIT, CLEAN, SAMPLED, RETURNED = "203", "203005", "203002", "101003"
DEPARTMENT, SECTION, BUREAU = "沈见山", "宋临溪", "陆承舟"
SEED = "1"  # it draws SAMPLED


def _listed(bureau: Bureau) -> None:
    with bureau.transaction() as session:
        county = example_county(EXAMPLES)
        roster.save_roster(session, county.roster, at=instant("2026-02-01T09:00"), actor="管理员")


def _opened(bureau: Bureau) -> None:
    bring(bureau, "listed")
    county = example_county(EXAMPLES)
    store_cycle.fn(cycle_text(county.cycle), dict(county.policies), instant("2026-02-02T09:00"), "管理员")


def _planned(bureau: Bureau) -> None:
    bring(bureau, "opened")
    decide_plan.fn(2025, True, "局长", "", instant("2026-03-01T09:00"))


def _told(bureau: Bureau) -> None:
    """The notice waits in the outbox."""
    bring(bureau, "planned")
    bureau.issue()


def _issued(bureau: Bureau) -> None:
    bureau.open_examples(examined=True)


def _waiting(bureau: Bureau) -> None:
    """Two files of nobody (1, 2), a letter that asks for more time (1), a mail in doubt (1) and a sent one (2)."""
    bring(bureau, "issued")
    bureau.put("不知道/表.docx", b"form")
    bureau.put("不知道/报告.docx", b"report")
    bureau.collect("2026-04-02T10:00")
    when = instant("2026-04-02T10:00")
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        mail = MailMessage(
            cycle_id=row.id, mailbox="m", uidvalidity=1, uid=1, sha256=None, size=1, sender="a@u.example",
            subject="延期", reference="", note="", attempts=1, received_at=when,
        )  # fmt: skip
        session.add(mail)
        session.flush()
        requests.record(session, row, "101002", mail, day=date(2026, 4, 20), words="申请延期", at=when)
        doubtful = session.get_one(OutboxRow, 1)
        doubtful.state, doubtful.sent_at = "uncertain", None


def _closed(bureau: Bureau) -> None:
    bring(bureau, "issued")
    close_cycle.fn(2025, "局长", "今年到此为止", instant("2026-04-02T10:00"))


def _judged(bureau: Bureau) -> None:
    bring(bureau, "issued")
    for code in (UNIT, CLEAN, SAMPLED, RETURNED):
        bureau.file("first", code)
    assert bureau.round("2026-04-01T10:00") == {"accepted": 3, "returned": 1}
    rows = roster_rows("examiners.xlsx", (EXAMPLES / "examiners.xlsx").read_bytes())
    set_examiners.fn(2025, [list(row) for row in rows], "管理员", instant("2026-04-01T10:01"))


def _outdated(bureau: Bureau) -> None:
    """An earlier version of the rules had found something else at one unit."""
    bring(bureau, "judged")
    with bureau.transaction() as session:
        [found] = session.query(Evaluation).join(Submission).filter(Submission.unit_code == CLEAN)
        found.document = found.document | {
            "files": [each | {"former": ""} for each in found.document["files"]]
        }


def _objected(bureau: Bureau) -> None:
    bring(bureau, "judged")
    raise_objection.fn(2025, RETURNED, "规则读错了附表", "梁听松", instant("2026-04-02T09:00"))


def _drawn(bureau: Bureau) -> None:
    bring(bureau, "judged")
    drawn = draw_sample.fn(2025, "钱抽签", SEED, "", instant("2026-04-02T09:00"))
    assert SAMPLED in {unit["code"] for unit in drawn["units"]}


def _accepted(bureau: Bureau) -> None:
    bring(bureau, "judged")
    for person, codes in ((DEPARTMENT, [CLEAN]), (SECTION, [UNIT, CLEAN]), (BUREAU, [UNIT, CLEAN])):
        accept_units.fn(2025, codes, None, person, "", instant("2026-04-03T09:00"))


def _confirmed(bureau: Bureau) -> None:
    bring(bureau, "accepted")
    confirm_redaction.fn(2025, None, "复核员", "", instant("2026-06-01T09:00"))


def _approved(bureau: Bureau) -> None:
    bring(bureau, "confirmed")
    decide_publication.fn(2025, True, "局长", "", instant("2026-06-01T09:01"))


def _published(bureau: Bureau) -> None:
    bring(bureau, "approved")
    write_publication.fn(2025, instant("2026-06-01T09:02"))


def _altered(bureau: Bureau) -> None:
    """Somebody changed a page of the published site."""
    bring(bureau, "published")
    with bureau.transaction() as session:
        session.query(Publication).one().address = str(bureau.home / "site")
    (bureau.home / "site" / "units" / f"{CLEAN}.html").write_text("别的内容", encoding="utf-8")


STATES: dict[str, Callable[[Bureau], None]] = {
    "listed": _listed,
    "opened": _opened,
    "planned": _planned,
    "told": _told,
    "issued": _issued,
    "waiting": _waiting,
    "closed": _closed,
    "judged": _judged,
    "outdated": _outdated,
    "objected": _objected,
    "drawn": _drawn,
    "accepted": _accepted,
    "confirmed": _confirmed,
    "approved": _approved,
    "published": _published,
    "altered": _altered,
}


def bring(bureau: Bureau, state: str) -> None:
    """Bring a new bureau to one of the STATES."""
    bureau.bring(state, lambda: STATES[state](bureau))
