"""`selfeval demo`, as a person starts it: a whole year with its figures, on the example county and on real filings."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import pytest

from documents.personal_search import find_personal
from selfeval.figures import plain
from selfeval.redaction import STANDARD
from tests.conftest import SHARED
from tests.documents.public_site import Page


def _play(folder: Path, *arguments: str, **environment: str) -> tuple[dict, str]:
    done = subprocess.run(
        [sys.executable, "-m", "apps.cli", "demo", "--dir", str(folder), *arguments],
        env=os.environ | environment,
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


def test_every_figure_of_the_site_is_that_of_the_workbook(played):
    outcome, _ = played
    site, book = Path(outcome["site"]), openpyxl.load_workbook(outcome["workbook"])

    def sheet(name: str) -> list[dict[str, object]]:
        head, *rows = book[name].iter_rows(min_row=3, values_only=True)
        heads = [cell and cell.replace("\n", "") for cell in head]
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def same(*values: object) -> list[Decimal | None]:
        return [None if value in (None, "", "—") else Decimal(str(value)) for value in values]

    units = {row["预算编码"]: row for row in sheet("单位明细")}
    data = json.loads((site / "index.json").read_text(encoding="utf-8"))
    public = {unit["code"]: unit for unit in data["units"] if unit["state"] == "已公开"}
    assert (
        len(public) == outcome["units"]["published"] == sum(row["计入汇总"] == "是" for row in units.values())
    )
    columns = {
        "reported_score": "自评总分", "recomputed_score": "复算得分", "recheck_score": "复核得分",
        "initial_budget": "年初预算数", "adjusted_budget": "全年预算数", "executed": "全年执行数",
    }  # fmt: skip
    for code, unit in public.items():
        row = units[code]
        assert same(*(unit[key] for key in columns)) == same(*(row[head] for head in columns.values())), code
        assert unit["grade"] == row["等级"]
        facts = "".join(Page((site / unit["page"]).read_bytes()).text.split())
        assert f"自评得分{plain(Decimal(unit['reported_score']))}分" in facts
        for key in ("initial_budget", "adjusted_budget", "executed"):
            assert f"{Decimal(unit[key]):,.2f}万元" in facts
    listed = csv.DictReader(io.StringIO((site / "index.csv").read_text(encoding="utf-8-sig")))
    assert [line["复算得分"] for line in listed] == [unit["recomputed_score"] or "" for unit in data["units"]]

    sums = {
        (row["部门编码"], row["项目"]): same(row["合计"], row["填报单位数"], row["计入单位数"])
        for row in sheet("部门各项")
    }
    lines = list(csv.DictReader(io.StringIO((site / "totals.csv").read_text(encoding="utf-8-sig"))))
    assert {
        (line["主管部门编码"], line["项目"]): same(line["合计"], line["填报单位数"], line["计入单位数"])
        for line in lines
    } == sums
    for department in data["departments"]:
        page = Page((site / f"departments/{department['code']}.html").read_bytes())
        shown = {row[0].partition("（")[0]: row[1:] for row in page.rows if len(row) == 3}
        for line in (
            each for each in department["totals"] if each["unit"] == "万元" and "（" not in each["label"]
        ):
            said = f"{Decimal(line['total']):,.2f}", f"{line['said']}/{department['counted']}"
            assert tuple(shown[line["label"]]) == said


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


def test_the_real_filings_go_through_the_same_cycle(played, shared_filings, tmp_path):
    # With Prefect's tables of the first demonstration: making them takes a server longer than the whole cycle.
    tables = tmp_path / "prefect.db"
    shutil.copyfile(Path(played[0]["mailbox"]).parent / "prefect" / "prefect.db", tables)
    kept = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{tables}"}
    outcome, _ = _play(tmp_path / "real", "--filings", str(SHARED / "filings"), **kept)
    units = outcome["units"]
    stems = {path.stem for path in shared_filings.iterdir()}
    assert units["expected"] == units["received"] == len(stems) == 5
    assert units["returned"] + units["accepted"] == 5 and units["published"] == units["accepted"]
    assert outcome["mails"]["receipt"] == 5
