"""`selfeval demo`, as a person starts it: a whole year with its figures, on the example county and on real filings."""

from __future__ import annotations

import json
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import pytest

from documents.personal_search import find_personal
from selfeval.redaction import STANDARD
from tests.conftest import SHARED


def _play(folder: Path, *arguments: str) -> tuple[dict, str]:
    done = subprocess.run(
        [sys.executable, "-m", "apps.cli", "demo", "--dir", str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=1200,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1]), done.stdout


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "county"
    outcome, printed = _play(folder)
    return outcome, printed


def test_the_example_county_ends_with_one_missing_one_late_one_returned(played):
    outcome, printed = played
    assert outcome["units"] == {
        "expected": 12, "received": 11, "late": 1, "returned": 1, "accepted": 10, "published": 10,
    }  # fmt: skip
    assert "清禾县水土保持工作站" in printed and "食堂菜单" in printed
    assert "清禾县教育局：满分100分，得" in printed and "35分待评定，总分未定" in printed


def test_every_kind_of_mail_went_out_and_each_step_once_per_address(played):
    outcome, _ = played
    assert set(outcome["mails"]) == {
        "notice", "receipt", "returned", "accepted", "reminder", "overdue", "escalation", "publication",
        "sent_back", "objection", "objection_answered", "examined", "examine_call", "late_list",
    }  # fmt: skip
    messages = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in Path(outcome["mailbox"]).glob("*.eml")
    ]
    assert len(messages) == sum(outcome["mails"].values())
    assert len({message["Message-ID"] for message in messages}) == len(messages)
    receipts = [m for m in messages if "已收到" in m["Subject"]]
    assert len(receipts) == outcome["mails"]["receipt"]
    assert sum("逾期" in m.get_body(("plain",)).get_content() for m in receipts) == 1
    returned = [m for m in messages if "退回修改" in m["Subject"]]
    names = [attachment.get_filename() for m in returned for attachment in m.iter_attachments()]
    assert len(names) == 2 and {name.rpartition("（批注）")[2] for name in names} == {".docx", ".xlsx"}


def test_the_site_shows_the_published_units_and_no_personal_data(played):
    outcome, _ = played
    site = Path(outcome["site"])
    rows = json.loads((site / "index.json").read_text(encoding="utf-8"))
    assert len(list((site / "units").glob("*.html"))) == outcome["units"]["published"]
    assert "清禾县水土保持工作站" in (site / "index.html").read_text(encoding="utf-8")
    assert list((site / "files").glob("*.docx"))
    assert find_personal(site, STANDARD) == []
    assert rows


def test_the_workbook_adds_up_what_passed_and_names_the_rest(played):
    outcome, _ = played
    book = openpyxl.load_workbook(outcome["workbook"])
    units = book["单位明细"]
    state = next(cell for row in units.iter_rows() for cell in row if cell.value == "状态")
    states = [units.cell(row, state.column).value for row in range(state.row + 1, units.max_row + 1)]
    assert states.count("未报送") == 1 and states.count("退回修改") == 1
    departments = " ".join(str(cell.value) for row in book["部门汇总"].iter_rows() for cell in row)
    assert "清禾县水土保持工作站" in departments and "SUMPRODUCT" in departments


def test_playing_again_replaces_the_folder_and_a_foreign_folder_is_left_alone(played, tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "apps.cli", "demo", "--dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 1 and "已有别的内容" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"


def test_the_real_filings_go_through_the_same_cycle(shared_filings, tmp_path):
    outcome, _ = _play(tmp_path / "real", "--filings", str(SHARED / "filings"))
    units = outcome["units"]
    stems = {path.stem for path in shared_filings.iterdir()}
    assert units["expected"] == units["received"] == len(stems) == 5
    assert units["returned"] + units["accepted"] == 5 and units["published"] == units["accepted"]
    assert outcome["mails"]["receipt"] == 5
