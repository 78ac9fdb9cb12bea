"""Review, roll-up, papers and publication started twice at the same instant, each a process of its own: done once."""

from __future__ import annotations

from collections import Counter

import pytest

from db.copying import copy_database, without_writers
from db.models import Decision, Examination, OutboxRow, Publication, RollUp
from db.session import engine_for
from documents.site_folder import hashes_at
from flows.examine import Acceptance
from flows.papers import PapersWanted
from flows.publish import PublicationDecision, PublicationNow
from flows.redact import RedactionConfirmation
from tasks.examine import accept_units
from tests.tasks.at_once import two_that
from tests.tasks.conftest import Bureau, instant
from tests.tasks.flow_cases import YEAR, Case, arguments
from tests.tasks.killed import work
from tests.tasks.states import BUREAU, CLEAN, DEPARTMENT, SECTION, UNIT, bring


@pytest.fixture
def processes():
    with two_that(work) as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def judged(request, bureau, monkeypatch) -> Bureau:
    """The filings are judged; the rows of the one kind of database are those of the other."""
    bring(bureau, "judged")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        with without_writers(bureau.url) as source, engine_for(url).begin() as target:
            copy_database(source, target)
        monkeypatch.setenv("SELFEVAL_DATABASE_URL", url)
        bureau.url = url
    return bureau


def test_two_processes_at_the_same_instant_review_add_up_write_and_publish_once(judged, processes):
    def twice(name: str, when: str, given) -> list[str]:
        """Run the flow in both; the sentences of those that were refused."""
        case = Case(name, "judged", when, given)
        for process in processes:
            process.begin(*arguments(case))
        return [ended.said for ended in (process.result() for process in processes) if ended.failed]

    def rows(model, column: str, **only) -> Counter[str]:
        with judged.transaction() as session:
            return Counter(getattr(row, column) for row in session.query(model).filter_by(**only))

    def papers() -> list[str]:
        return sorted(
            path.name for path in (judged.home / "papers").iterdir() if "2025年度绩效自评" in path.name
        )

    # One accepts; the other finds it done, or is told that it is not its turn any more.
    assert (
        len(
            twice(
                "审核同意", "2026-04-02T09:00", Acceptance(year=2025, unit_codes=[CLEAN], person=DEPARTMENT)
            )
        )
        <= 1
    )
    assert rows(Examination, "person") == {DEPARTMENT: 1}
    for person, codes in ((SECTION, [UNIT, CLEAN]), (BUREAU, [UNIT, CLEAN])):
        accept_units.fn(2025, codes, None, person, "", instant("2026-04-03T09:00"))

    assert twice("汇总", "2026-04-15T18:00", YEAR) == []
    assert rows(RollUp, "number") == {1: 1}
    assert papers() == ["2025年度绩效自评汇总.xlsx"]
    assert twice("部门报告和扣分明细", "2026-05-20T09:00", PapersWanted(year=2025, department="203")) == []
    assert rows(RollUp, "number") == {1: 1}
    written = [path.name for path in (judged.home / "papers").rglob("*.docx") if "203" in path.name]
    assert len(written) == len(set(written)) >= 3

    assert twice("确认脱敏", "2026-06-01T09:00", RedactionConfirmation(year=2025, person="复核员")) == []
    assert (
        twice(
            "审批公开", "2026-06-01T09:01", PublicationDecision(year=2025, verdict="同意公开", person="局长")
        )
        == []
    )
    standing = rows(Decision, "subject", voided_at=None)
    assert set(standing.values()) == {1} and "publication" in standing
    refused = twice("公开结果", "2026-06-01T09:02", PublicationNow(year=2025))
    assert set(refused) <= {"另一次公开正在写网站，请等它结束后再试"} and len(refused) <= 1
    [(digest, count)] = rows(Publication, "fetched_hash").items()
    assert digest and count == 1 and len(hashes_at(judged.home / "site", ())) > 10
    assert set(rows(OutboxRow, "unit_code", kind="publication")) == {UNIT, CLEAN}
    assert set(rows(OutboxRow, "message_id").values()) == {1}
    assert not list((judged.home / "papers").glob(".*.part"))
