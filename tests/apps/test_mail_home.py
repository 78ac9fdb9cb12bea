"""A command that queues mails says where they stay while there is no server, and is silent when it queued none."""

from __future__ import annotations

import json

import openpyxl
import pytest
from click.testing import CliRunner

from apps.cli import main
from db.models import OutboxRow
from tests.apps.test_cli import EXAMPLES
from tests.tasks.conftest import bureau, bureau_url, county, kept_bureaus  # noqa: F401

UNIT = "203002"


@pytest.fixture
def run(bureau, county, monkeypatch):  # noqa: F811
    """The command line over the example county with its notice out, and no mail server any more."""

    def invoke(*arguments: object):
        monkeypatch.delenv("SELFEVAL_SMTP_HOST", raising=False)
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def test_arrivals_given_to_a_unit_have_a_receipt_that_stays_in_the_folder(run, bureau):  # noqa: F811
    bureau.put("不知道/说明.docx", b"first")
    bureau.put("也不知道/说明.docx", b"first")
    bureau.collect("2026-04-08T10:00")
    first, second = (each["id"] for each in json.loads(run("arrivals", "unmatched", "--json")))
    said = ("--unit", UNIT, "--reason", "来电确认", "--person", "经办人")
    assert "只写成 .eml" in run("arrivals", "assign", first, *said)
    assert ".eml" not in run("arrivals", "assign", second, *said)  # the same bytes: no receipt


def test_a_roster_with_a_corrected_address_sends_what_was_missed_to_the_folder(run, bureau, tmp_path):  # noqa: F811
    book = openpyxl.load_workbook(EXAMPLES / "roster.xlsx")
    file = tmp_path / "名单.xlsx"
    book.save(file)
    assert ".eml" not in run("roster", "import", file)
    with bureau.transaction() as session:
        missed = session.query(OutboxRow).filter_by(unit_code=UNIT, kind="notice").first()
        missed.state, missed.sent_at, missed.reply = "failed", None, "550 5.1.1 User unknown"
        address = missed.recipient
    bureau.deliver("2026-03-03T09:00")
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace(address, "corrected@units.example")
    book.save(file)
    text = run("roster", "import", file)
    assert "补发" in text and "只写成 .eml" in text
