"""The real filings through reader and rules, beside the truth that was worked out by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal

import pytest

from documents.reading import read_file
from selfeval.filing import FormKind
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.result import check_entry
from selfeval.rules import judge
from tests.conftest import SHARED
from tests.selfeval.test_truth import ANSWERS

# Errors of the filings without a list of truth, proved by hand: in the one the stated rate is neither
# quotient and the total is not the sum of its scores, in the other the level scores make another total
# and personnel and operating cost do not make the basic expenditure that they are said to make.
PROVED = {"junshan-2024": {"B05", "D01"}, "huaihua-2023": {"D01", "R01"}}
# Rules over running text: the Excel file of a filing holds its tables only.
OF_TEXT = {"R01", "R02", "X20", "X21"}
_PLACE = re.compile(r"表(\d+) 第(\d+)行")


@pytest.fixture(scope="module")
def judged(shared_filings) -> dict:
    """Filing and judgement of every shared file by name, each by its own policy."""
    result = {}
    for path in sorted(shared_filings.iterdir()):
        filing = read_file(path.name, path.read_bytes())
        result[path.name] = filing, judge(filing, load_policy(path.stem))
    return result


@pytest.fixture(scope="module")
def truth() -> list[dict]:
    path = SHARED / "reference" / "truth-seeds-public.json"
    if not path.is_file():
        pytest.skip("跳过：项目旁边没有 shared/reference")
    return json.loads(path.read_text(encoding="utf-8"))["findings"]


def test_no_error_is_raised_beside_the_listed_and_the_proved_ones(judged, truth):
    errors = {entry["id"]: entry["file"] for entry in truth if entry["class"] == "ERR"}
    for name, (_, judgement) in judged.items():
        stem = name.rpartition(".")[0]
        allowed = PROVED.get(stem, set()) | {
            code for item, code in ANSWERS.items() if item in errors and errors[item].startswith(stem)
        }
        found = {finding.code for finding in judgement.findings if finding.severity is Severity.ERROR}
        assert found <= allowed, name


def test_every_deduction_of_a_met_target_is_found_once(judged, truth):
    listed = next(entry for entry in truth if entry["id"] == "xiangxi-15")
    count = int(re.search(r"共 (\d+) 行", json.dumps(listed, ensure_ascii=False))[1])
    for name in ("xiangxi-2022.docx", "xiangxi-2022.xlsx"):
        _, judgement = judged[name]
        places = [finding.where for finding in judgement.findings if finding.code == "E01"]
        assert len(places) == len(set(places)) == count


def test_the_tables_of_one_filing_are_judged_alike_in_word_and_excel(judged):
    for stem in ("xiangxi-2022", "yueyang-2023", "junshan-2024"):
        counts = [
            Counter(
                (finding.code, finding.severity)
                for finding in judged[f"{stem}.{ending}"][1].findings
                if finding.severity is Severity.ERROR and finding.code not in OF_TEXT
            )
            for ending in ("docx", "xlsx")
        ]
        assert counts[0] == counts[1]


def test_every_stated_total_of_a_table_is_compared_with_its_scores(judged):
    for filing, judgement in judged.values():
        for form in filing.forms:
            if form.kind in (FormKind.DEPARTMENT, FormKind.PROJECT):
                score = judgement.scores[form.id]
                assert score.summed is not None
                wrong = any(f.code == "D01" and f.form == form.id for f in judgement.findings)
                assert wrong == (score.summed != score.stated)


def test_the_example_of_the_contract_comes_out(judged):
    path = SHARED / "check-output.md"
    contract = json.loads(re.search(r"```json\n(.*?)\n```", path.read_text(encoding="utf-8"), re.S)[1])
    theirs = contract["files"][0]
    entry = check_entry(*judged[theirs["file"]])
    assert (entry["unit"], entry["year"], entry["readable"]) == (theirs["unit"], theirs["year"], True)
    ours, form = next(f for f in entry["forms"] if f["id"] == theirs["forms"][0]["id"]), theirs["forms"][0]
    for key in form.keys() - {"funding", "indicators"}:
        assert ours[key] == form[key], key
    # The row of the example's indicator is an illustration, every figure is the filing's.
    for part in ("funding", "indicators"):
        example = {key: value for key, value in form[part][0].items() if key != "where"}
        assert ours[part][0] | example == ours[part][0]
    assert theirs["findings"][0] in entry["findings"]


def test_an_overshoot_is_deducted_from_the_rate_and_the_cost_alike(judged):
    filing, judgement = judged["huaihua-2023.docx"]
    reports = [form for form in filing.forms if form.kind is FormKind.REPORT]
    assert len(reports) == 1
    score = judgement.scores[reports[0].id]
    stated = [
        line.score.number for line in reports[0].funding if line.score and line.score.number is not None
    ]
    recomputed = [again.score for again in score.funding if again.score is not None]
    assert stated == recomputed
    costs = [
        (row.score.number, again)
        for row, again in zip(reports[0].indicators, score.indicators, strict=True)
        if "成本" in row.level2
    ]
    assert [(number, again.basis) for number, again in costs] == [(costs[0][1].score, "policy")]
    assert score.summed != score.stated
    assert score.summed == Decimal(sum(row.score.number for row in reports[0].indicators)) + stated[0]
