from __future__ import annotations

import json
import re

import pytest

from selfeval.policy import load_policy
from selfeval.result import check_document, check_entry
from selfeval.rules import Expected, judge
from tests.conftest import SHARED
from tests.selfeval.build import CODE, UNIT, YEAR, department_form, filing, with_cell, with_line
from tests.selfeval.rules.samples import FAILING

POLICY = load_policy("national-2020")


def entry_of(sample):
    return check_entry(sample, judge(sample, POLICY, Expected(UNIT, CODE, YEAR)))


@pytest.fixture(scope="module")
def contract() -> dict:
    """The example document of the contract, as it is written there."""
    path = SHARED / "check-output.md"
    if not path.is_file():
        pytest.skip("跳过：项目旁边没有 shared/check-output.md")
    return json.loads(re.search(r"```json\n(.*?)\n```", path.read_text(encoding="utf-8"), re.S)[1])


def test_every_key_of_the_contract_is_there(contract):
    document = check_document("national-2020", [entry_of(FAILING["D01"][1])])
    assert contract.keys() <= document.keys()
    theirs, ours = contract["files"][0], document["files"][0]
    assert theirs.keys() <= ours.keys()
    assert theirs["forms"][0].keys() <= ours["forms"][0].keys()
    for part in ("funding", "indicators"):
        assert theirs["forms"][0][part][0].keys() <= ours["forms"][0][part][0].keys()
    assert theirs["findings"][0].keys() == ours["findings"][0].keys()


def test_the_document_is_json_without_floats():
    document = check_document("national-2020", [entry_of(filing())])

    def no_floats(value: str):
        raise AssertionError(f"a float got into the document: {value}")

    assert json.loads(json.dumps(document, ensure_ascii=False), parse_float=no_floats) == document


def test_stated_values_keep_their_zeros_and_recomputed_ones_have_none():
    form = entry_of(filing())["forms"][0]
    total = form["funding"][0]
    assert (total["initial_budget"], total["execution_rate"]) == ("812.40", "97.30%")
    assert (total["score"], total["recomputed_score"], total["basis"]) == ("9.73", "9.73", "policy")
    assert form["indicators"][0]["recomputed_score"] == "10"
    assert form["indicators"][0]["deviation_note"] is None
    assert (form["reported_score"], form["summed_score"], form["recomputed_score"]) == ("99.23",) * 3


def test_blank_cells_are_null():
    sample = filing(with_line(department_form(), department_form().funding[0].role, initial_budget=""))
    assert entry_of(sample)["forms"][0]["funding"][0]["initial_budget"] is None


def test_an_unreadable_file_has_an_entry_with_one_finding():
    entry = entry_of(FAILING["A01"][1])
    assert (entry["readable"], entry["forms"]) == (False, [])
    assert [finding["code"] for finding in entry["findings"]] == ["A01"]


def test_a_finding_names_code_place_and_both_figures():
    entry = entry_of(filing(with_cell(department_form(), "reported_score", "99.73")))
    (finding,) = entry["findings"]
    assert (finding["code"], finding["severity"], finding["form"]) == ("D01", "error", "1")
    assert (finding["stated"], finding["expected"]) == ("99.73", "99.23")
    assert finding["message"] == "填报总分 99.73，执行率得分 9.73 与 8 个指标得分 89.5 合计 99.23"
