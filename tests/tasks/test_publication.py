"""The publication against the law's clock: asked for, decided, fetched again by a real reader, watched, withdrawn."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
from contextlib import closing
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

import documents.site
import tasks.kept_content
import tasks.mend_site
import tasks.publish
import tasks.redacted
import tasks.withdraw
from db import cycles, publications
from db.board import unit_statuses
from documents.site_folder import hashes_at
from selfeval.cycle import Duty
from selfeval.refusal import Refusal
from tasks.board import board_markdown
from tasks.duty import set_duty
from tasks.legal_clock import record_accounts
from tasks.mend_site import mend_site
from tasks.prepare_publication import outlook, publish_when_due, queue_readiness
from tasks.publication_board import publication_board
from tasks.publish import decide_publication, write_publication
from tasks.redacted import confirm_redaction, list_redaction
from tasks.watch_site import look_again
from tasks.withdraw import restore_publication, withdraw_publication
from tests.forked import run
from tests.tasks.conftest import instant, unit

FILED, OTHER = "203002", "101001"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture
def address(bureau, monkeypatch):
    """The site behind a web server, as its readers find it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(bureau.home / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("SELFEVAL_SITE_ADDRESS", url)
    monkeypatch.setenv("SELFEVAL_ADMIN_EMAILS", "admin@bureau.example")
    yield url
    server.shutdown()
    server.server_close()


@pytest.fixture
def accepted(bureau, address):
    """Two units accepted, and what is hidden in their files looked at."""

    def make() -> None:
        bureau.filed("2026-04-01T10:00", FILED, OTHER)
        assert {each["code"] for each in list_redaction.fn(2025, None)} == {FILED, OTHER}

    bureau.bring("two accepted and redacted", make)
    return bureau


def approve(when: str, approved: bool = True) -> str:
    confirm_redaction.fn(2025, None, "复核员", "", instant(when))
    return decide_publication.fn(2025, approved, "局长", "", instant(when))


def publish(when: str) -> dict:
    return write_publication.fn(2025, instant(when))


def proven(bureau) -> list:
    with bureau.transaction() as session:
        return publications.proven_publications(session, 1)


def alarms(bureau) -> set[str]:
    return {step for kind, step in bureau.outbox(None) if kind == "publication_alarm"}


def test_lists_go_at_their_steps_once_and_a_missing_decision_is_an_alarm_every_working_day(accepted):
    def ask(when: str) -> dict[str, int]:
        return queue_readiness.fn(2025, instant(when))

    assert ask("2026-06-12T10:00") == {"readiness": 0, "alarm": 0}
    assert ask("2026-06-15T10:00") == {"readiness": 1, "alarm": 0}
    assert ask("2026-06-16T10:00") == {"readiness": 0, "alarm": 0}
    assert ask("2026-06-26T10:00") == {"readiness": 1, "alarm": 1}
    assert ask("2026-06-26T11:00") == {"readiness": 0, "alarm": 0}
    assert ask("2026-07-02T10:00") == {"readiness": 0, "alarm": 1}
    accepted.deliver("2026-07-02T10:01")
    first, *_, last = [m for m in accepted.mails() if m["To"].addresses[0].username == "admin"]
    said = first.get_body(("plain",)).get_content()
    assert "还有11个工作日" in first["Subject"] or "还有10个工作日" in first["Subject"]
    assert "6月30日前" in said and "公开结果还没有审批" in said and "selfeval publication approve" in said
    assert "2家的脱敏清单还没有确认" in said
    assert "未报送" in said  # the departments' missing units are named
    assert "没有有效的公开审批" in last["Subject"]
    assert "已超过期限2天" in last.get_body(("plain",)).get_content()
    approve("2026-07-02T10:02")
    assert ask("2026-07-03T10:00") == {"readiness": 0, "alarm": 0}


def test_what_is_approved_is_published_when_it_is_due_and_nothing_without_a_decision(accepted, address):
    assert publish_when_due.fn(2025, instant("2026-06-30T10:00")) == {}
    approve("2026-06-20T10:00")
    assert publish_when_due.fn(2025, instant("2026-06-29T10:00")) == {}
    assert publish_when_due.fn(2025, instant("2026-06-30T09:00"))["units"] == 2
    assert publish_when_due.fn(2025, instant("2026-06-30T09:30")) == {}
    [publication] = proven(accepted)
    assert publication.address == address
    assert publication.fetched_hash == publication.site_hash
    assert {code: late["days"] for code, late in publication.lateness.items()} == {"101": 0, "203": 0}


def test_the_clock_starts_with_the_approval_of_the_accounts_and_moves_with_it(bureau, address):
    bureau.open(unit("203", "某县水利局"), unit("203001", "某县灌区", "203"), unit("101", "某县教育局"))
    bureau.issue()

    def approved(code: str, day: date) -> dict[str, str]:
        return record_accounts.fn(2025, code, day, "某财预〔2026〕9号", "经办人", instant("2026-05-07T09:00"))

    def due() -> tuple[date, object]:
        with bureau.transaction() as session:
            state = outlook(session, cycles.cycle_of(session))
            return state.due, state.moment

    assert due() == (date(2026, 6, 30), instant("2026-06-30T09:00"))
    assert approved("203", date(2026, 5, 3)) == {
        "某县水利局": "2026-05-23（决算于2026-05-03批复，批复后20日内公开）"
    }
    assert due() == (date(2026, 5, 23), instant("2026-05-22T09:00"))  # a Saturday: on the Friday
    approved("203", date(2026, 5, 6))
    assert due() == (date(2026, 5, 26), instant("2026-05-26T09:00"))
    queue_readiness.fn(2025, instant("2026-05-12T10:00"))
    assert ("readiness", "P-10@2026-05-26") in bureau.outbox(None)
    with pytest.raises(Refusal, match="在今天"):
        approved("203", date(2026, 5, 9))
    with pytest.raises(Refusal, match="没有主管部门 203001"):
        approved("203001", date(2026, 5, 6))


def test_the_proof_says_how_late_it_came(accepted):
    approve("2026-07-03T09:00")
    publish("2026-07-03T10:00")
    [publication] = proven(accepted)
    assert {code: late["days"] for code, late in publication.lateness.items()} == {"101": 3, "203": 3}


def test_a_page_that_is_gone_or_changed_is_an_alarm_once_per_change_and_is_mended(accepted):
    approve("2026-06-01T09:00")
    publish("2026-06-01T09:01")
    assert look_again.fn(2025, instant("2026-06-02T07:00"))["pages"] == len(proven(accepted)[0].manifest)
    page = accepted.home / "site" / f"units/{FILED}.html"
    original = page.read_bytes()
    page.unlink()
    for hour in ("07", "13"):
        with pytest.raises(Refusal, match=rf"缺少（HTTP 404）：units/{FILED}\.html"):
            look_again.fn(2025, instant(f"2026-06-03T{hour}:00"))
    assert alarms(accepted) == {"W1.1"}
    page.write_bytes(b"defaced")
    with pytest.raises(Refusal, match="内容不一致"):
        look_again.fn(2025, instant("2026-06-04T07:00"))
    assert alarms(accepted) == {"W1.1", "W1.2"}
    assert mend_site.fn(2025, instant("2026-06-04T08:00"))["files_rewritten"] == 1
    assert page.read_bytes() == original
    look_again.fn(2025, instant("2026-06-04T13:00"))
    page.unlink()
    with pytest.raises(Refusal):
        look_again.fn(2025, instant("2026-06-05T07:00"))
    assert alarms(accepted) == {"W1.1", "W1.2", "W1.4"}
    assert [each.fetched_at for each in proven(accepted)] == [instant("2026-06-01T09:01")]


def test_the_board_tells_the_day_what_is_decided_what_is_proven_and_what_is_wrong(accepted):
    def section(when: str):
        with accepted.transaction() as session:
            return publication_board(session, cycles.cycle_of(session), instant(when))

    before = section("2026-06-25T09:00")
    assert before.alarms == ()
    assert before.sentences == (
        "最近的法定期限2026-06-30，到期公开的时间2026-06-30 09:00",
        "公开结果还没有审批",
        "2家的脱敏结果还没有由第二人确认",
        "还没有公开",
    )
    assert section("2026-06-26T09:00").alarms == ("公开结果没有有效的审批，须于2026-06-30前公开",)
    assert section("2026-07-01T09:00").alarms == ("公开结果没有有效的审批，已超过法定期限1天",)
    approve("2026-07-01T10:00")
    assert section("2026-07-01T10:01").alarms == ()
    publish("2026-07-01T10:02")
    (accepted.home / "site" / f"units/{FILED}.html").unlink()
    with pytest.raises(Refusal):
        look_again.fn(2025, instant("2026-07-02T07:00"))
    after = section("2026-07-02T09:00")
    assert after.alarms == ("公开网站有1处与公开时不一致（selfeval publication mend 恢复）",)
    assert (
        "局长已于2026-07-01 10:00同意公开" in after.sentences
        and "脱敏结果都已由第二人确认" in after.sentences
    )
    water = next(line for line in after.departments if line.readiness.code == "203")
    assert (water.confirmed, water.readiness.published, water.timeliness) == (1, 1, "超期1天")
    with accepted.transaction() as session:
        text = board_markdown("名", unit_statuses(session, 1), [], instant("2026-07-02T09:00"), (), after)
    assert "## 公开" in text and "**警报：公开网站有1处" in text and "超期1天" in text


def test_a_newer_program_shows_the_same_content_on_other_pages_and_the_approval_stands(accepted, monkeypatch):
    approved = approve("2026-06-01T09:00")
    publish("2026-06-01T09:01")
    [first] = proven(accepted)
    template = documents.site._template
    monkeypatch.setattr(documents.site, "_template", lambda *n, **v: template(*n, **v) + b"<!-- newer -->\n")
    assert publish("2026-06-02T09:00")["content_hash"] == approved
    [again] = proven(accepted)
    assert again.site_hash != first.site_hash and again.fetched_at == first.fetched_at
    look_again.fn(2025, instant("2026-06-02T13:00"))
    page = accepted.home / "site" / f"units/{FILED}.html"
    page.unlink()
    mend_site.fn(2025, instant("2026-06-03T09:00"))
    assert page.read_bytes().endswith(b"<!-- newer -->\n")


def test_an_address_that_does_not_answer_or_shows_something_else_is_no_publication(accepted, monkeypatch):
    approve("2026-06-01T09:00")
    monkeypatch.setenv("SELFEVAL_SITE_ADDRESS", "http://127.0.0.1:9")
    with pytest.raises(Refusal, match="取不到"):
        publish("2026-06-01T09:01")
    assert proven(accepted) == []


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ("import sys; print('传不上去'); sys.exit(3)", "以代码 3 结束.*传不上去"),
        ("import time; time.sleep(60)", "运行超过 1 秒"),
    ],
)
def test_a_command_of_the_bureau_that_fails_or_hangs_means_not_published(
    accepted, monkeypatch, command, trouble
):
    approve("2026-06-01T09:00")
    monkeypatch.setenv("SELFEVAL_SITE_COMMAND", f'{sys.executable} -c "{command}"')
    monkeypatch.setenv("SELFEVAL_SITE_COMMAND_TIMEOUT", "1")
    with pytest.raises(Refusal, match=trouble):
        publish("2026-06-01T09:01")
    assert proven(accepted) == []
    monkeypatch.setenv("SELFEVAL_SITE_COMMAND_TIMEOUT", "60")
    told = accepted.home / "told"
    script = f"import os, pathlib; pathlib.Path(r'{told}').write_text(os.environ['SELFEVAL_SITE'])"
    monkeypatch.setenv("SELFEVAL_SITE_COMMAND", f'{sys.executable} -c "{script}"')
    publish("2026-06-01T09:02")
    assert len(proven(accepted)) == 1 and told.read_text() == str(accepted.home / "site")


def test_a_withdrawn_page_says_so_at_once_and_its_correction_says_since_when(accepted):
    approve("2026-06-01T09:00")
    publish("2026-06-01T09:01")
    page = accepted.home / "site" / f"units/{FILED}.html"
    other = (accepted.home / "site" / f"units/{OTHER}.html").read_bytes()
    old_hash = proven(accepted)[0].manifest[f"units/{FILED}.html"]
    with pytest.raises(Refusal, match="没有预算编码 999"):
        withdraw_publication.fn(2025, "999", "局长", "附表填错", instant("2026-06-10T09:00"))
    withdraw_publication.fn(2025, FILED, "局长", "附表填错", instant("2026-06-10T09:00"))
    assert "已于2026年6月10日撤下。原因：附表填错" in page.read_text(encoding="utf-8")
    assert (accepted.home / "site" / f"units/{OTHER}.html").read_bytes() == other
    first, second = proven(accepted)
    assert first.manifest[f"units/{FILED}.html"] == old_hash and second.units == [OTHER]
    look_again.fn(2025, instant("2026-06-10T13:00"))
    withdraw_publication.fn(2025, FILED, "局长", "附表填错", instant("2026-06-10T09:05"))
    assert len(proven(accepted)) == 2
    with pytest.raises(Refusal, match="还没有审批"):
        publish("2026-06-10T10:00")
    # An approval alone does not bring it back; a version filed after the withdrawal does.
    approve("2026-06-11T09:00")
    publish("2026-06-11T09:01")
    assert "撤下" in page.read_text(encoding="utf-8")
    restore_publication.fn(2025, FILED, "局长", "核实无误", instant("2026-06-12T09:00"))
    approve("2026-06-12T09:01")
    publish("2026-06-12T09:02")
    assert "撤下" not in page.read_text(encoding="utf-8")


def killed_at(point: int) -> None:
    """Publish in this process, which ends by SIGKILL at the `point`-th commit or change of the disk."""
    count = 0

    def bomb(*_arguments) -> None:
        nonlocal count
        count += 1
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_disk(name: str, arguments: tuple) -> None:
        if name in ("os.rename", "os.symlink", "os.rmdir") and "site" in str(arguments[0]):
            bomb()

    event.listen(Engine, "commit", bomb)
    sys.addaudithook(on_disk)
    write_publication.fn(2025, instant("2026-06-01T09:01"))


def test_killed_at_any_point_a_second_run_ends_in_the_same_state_and_files(accepted, monkeypatch):
    monkeypatch.setenv("SELFEVAL_SITE_ADDRESS", str(accepted.home / "site"))
    approved = approve("2026-06-01T09:00")
    killed = []
    for point in range(1, 12):
        code = run(killed_at, point)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed.append(point)
    assert len(killed) >= 3
    assert publish("2026-06-01T09:02")["content_hash"] == approved
    [publication] = proven(accepted)
    assert publication.content_hash == approved and publication.fetched_hash == publication.site_hash
    site = accepted.home / "site"
    assert hashes_at(site, ()) == publication.manifest
    assert [path.name for path in (accepted.home / "site.versions").iterdir()] == [site.resolve().name]
    for code in (FILED, OTHER):
        assert [key for key in accepted.outbox(code) if key[0] == "publication"] == [("publication", "1")]


def test_without_an_approval_nothing_is_written_before_the_refusal(accepted):
    # Writing would come upon this first and refuse because of it.
    (accepted.home / "site").mkdir()
    (accepted.home / "site" / "其他.txt").write_text("x")
    with pytest.raises(Refusal, match="公开还没有审批，请先审批"):
        publish("2026-06-11T09:00")
    approve("2026-06-11T10:00", approved=False)
    with pytest.raises(Refusal, match="局长不同意公开"):
        publish("2026-06-11T11:00")
    approve("2026-06-11T12:00")
    with pytest.raises(Refusal, match="有其他内容"):
        publish("2026-06-11T13:00")


def meanwhile(monkeypatch, module, name: str, act) -> list[str]:
    """What is called there calls `act` before it begins; its calls."""
    calls, real = [], getattr(module, name)

    def watched(*arguments):
        calls.append(name)
        act()
        return real(*arguments)

    monkeypatch.setattr(module, name, watched)
    return calls


def test_others_write_while_pages_and_redacted_copies_are_made(accepted, monkeypatch):
    def another_writer() -> None:
        place = sqlite3.connect(accepted.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        with closing(place):
            place.execute("BEGIN IMMEDIATE")  # an error at once while anybody else has the pen
            place.execute("UPDATE outbox SET attempts = attempts")
            place.execute("COMMIT")

    copied = meanwhile(monkeypatch, tasks.redacted, "unit_hash", another_writer)
    rendered = meanwhile(monkeypatch, tasks.publish, "render_site", another_writer)
    withdrawn = meanwhile(monkeypatch, tasks.withdraw, "render_site", another_writer)
    mended = meanwhile(monkeypatch, tasks.mend_site, "render_site", another_writer)
    hashed = meanwhile(monkeypatch, tasks.kept_content, "content_hashes", another_writer)

    assert queue_readiness.fn(2025, instant("2026-06-15T10:00"))["readiness"] == 1
    approve("2026-06-16T10:00")
    assert len(list_redaction.fn(2025, None)) == 2
    publish("2026-06-16T11:00")
    mend_site.fn(2025, instant("2026-06-16T12:00"))
    withdraw_publication.fn(2025, FILED, "局长", "有误", instant("2026-06-16T13:00"))
    assert len(proven(accepted)) == 2
    assert (len(copied), len(rendered), len(withdrawn), len(mended), len(hashed)) == (4, 2, 1, 1, 1)


def test_what_changes_while_pages_are_made_is_seen_before_they_go_public(accepted, monkeypatch):
    approve("2026-06-16T10:00")

    def file_once() -> None:
        if len(rendered) == 1:
            accepted.file("first", "203005")
            accepted.round("2026-06-16T11:00")

    rendered = meanwhile(monkeypatch, tasks.publish, "render_site", file_once)
    with pytest.raises(Refusal, match="该审批已失效"):
        publish("2026-06-16T11:30")
    assert len(rendered) == 2 and proven(accepted) == []
    assert not (accepted.home / "site").exists()


def test_what_changes_every_time_is_neither_approved_nor_published(accepted, monkeypatch):
    approve("2026-06-16T10:00")

    def change() -> None:
        reason = f"第{len(rendered)}次改变"
        set_duty.fn(2025, "101003", Duty.EXEMPT, reason, "局长", None, instant("2026-06-16T11:00"))

    rendered = meanwhile(monkeypatch, tasks.publish, "render_site", change)
    with pytest.raises(Refusal, match="一直在变化"):
        publish("2026-06-16T11:30")
    with pytest.raises(Refusal, match="一直在变化"):
        decide_publication.fn(2025, True, "局长", "", instant("2026-06-16T12:00"))
    assert proven(accepted) == []
    assert not (accepted.home / "site").exists()
