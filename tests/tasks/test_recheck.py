"""The re-check of the example county by command: drawn once, proved, scored by a person, void after a new version."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import openpyxl
from click.testing import CliRunner

from apps.cli import main
from db import cycles
from flows.recheck import RecheckResult, SampleDraw
from tasks.public_content import content_of
from tests.tasks.conftest import instant

UNIT = "203002"


def recheck(*arguments: str):
    result = CliRunner().invoke(main, ["recheck", *arguments, "--json"])
    return json.loads(result.output) if result.exit_code == 0 else result.output


def test_a_sample_is_drawn_once_scored_and_shows_three_scores(bureau, county):
    assert "还没有抽取复核样本" in recheck("list")
    drawn = recheck("draw", "--by", "钱抽签", "--seed", "第7号球")
    assert drawn["proved"] and drawn["frame"] == 12 and len(drawn["units"]) == 2
    assert recheck("draw", "--by", "另一人")["units"] == drawn["units"]
    assert "不再重抽" in recheck("draw", "--by", "钱抽签", "--seed", "第8号球")
    code = drawn["units"][0]["code"]
    other = next(unit.code for unit in county.roster if unit.code not in {u["code"] for u in drawn["units"]})
    assert "不在复核样本中" in recheck("score", other, "88", "--by", "孙复核", "--reason", "相符")
    assert "没有审核通过" in recheck("score", code, "88", "--by", "孙复核", "--reason", "相符")
    again = recheck("draw", "--by", "钱抽签", "--seed", "第9号球", "--again", "名单补登了一家")
    assert len(again["voided"]) == 1 and "名单补登了一家" in again["voided"][0]["why"]
    assert "种子 第9号球" in CliRunner().invoke(main, ["recheck", "list"]).output


def test_a_score_stands_beside_the_others_until_the_unit_files_again(bureau, county):
    assert [unit["code"] for unit in recheck("draw", "--by", "钱抽签", "--seed", "1")["units"]] == [
        UNIT,
        "305",
    ]
    bureau.file("first", UNIT)
    bureau.round("2026-04-01T10:00")
    given = recheck("score", UNIT, "88.5", "--by", "孙复核", "--reason", "佐证材料缺两份")
    assert (given["recheck_score"], given["version"], given["person"]) == ("88.5", 1, "孙复核")
    assert given["reported_score"] and given["recomputed_score"]

    def public(asof=None):
        with bureau.transaction() as session:
            units = content_of(session, cycles.cycle_of(session), asof).units
            return {unit.code: unit.recheck_score for unit in units}

    assert (public(), public(instant("2026-04-01T11:00"))) == ({UNIT: Decimal("88.50")}, {UNIT: None})
    name = next(unit.name for unit in county.roster if unit.code == UNIT)
    [paper] = (bureau.inbox / UNIT).iterdir()
    bureau.put(f"{UNIT}/{paper.name}", other_bytes(paper.read_bytes()))
    bureau.round("2026-04-02T10:00")
    [unit] = [each for each in recheck("list")["units"] if each["code"] == UNIT]
    assert unit["name"] == name and unit["recheck_score"] is None and "已失效" in unit["reason"]
    assert public() == {UNIT: None}


def other_bytes(workbook: bytes) -> bytes:
    """The same workbook as another file: saved again."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    book.properties.title = "再报"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_forms_speak_chinese_and_refuse_what_is_no_score():
    for form in (SampleDraw, RecheckResult):
        schema = form.model_json_schema()
        assert all("\u4e00" <= field["title"][0] <= "\u9fff" for field in schema["properties"].values())
    assert RecheckResult.model_json_schema()["properties"]["score"]["pattern"]
