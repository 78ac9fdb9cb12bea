"""What is known to be wrong, and right, in three real filings, beside what the rules raise.

The list of truth is worked out by hand and lies beside the project. An item counts as found when a rule
that answers for it raises a finding of its class.
"""

from __future__ import annotations

import json
import re

import pytest

from documents.reading import read_file
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.conftest import SHARED

# The rules that answer for an item.
ANSWERS = {
    "xiangxi-01": "X07",
    "xiangxi-02": "X21",
    "xiangxi-03": "X22",
    "xiangxi-04": "X21",
    "xiangxi-05": "X21",
    "xiangxi-07": "R01",
    "xiangxi-08": "X13",
    "xiangxi-11": "X08",
    "xiangxi-12": "G05",
    "xiangxi-13": "G04",
    "xiangxi-14": "G06",
    "xiangxi-15": "E01",
    "xiangxi-16": "C03",
    "xiangxi-17": "B09",
    "xiangxi-18": "C07",
    "xiangxi-19": "X01",
    "xiangxi-21": "X22",
    "xiangxi-22": "X23",
    "xiangxi-23": "R02",
    "xiangxi-24": "X22",
    "xiangxi-26": "A16",
    "xiangxi-27": "A14",
    "xiangxi-28": "A10",
    "xiangxi-29": "B08",
    "xiangxi-34": "X24",
    "xiangxi-35": "X02",
    "xiangxi-25": "R11",
    "xiangxi-31": "R11",
    "yueyang-01": "X20",
    "yueyang-02": "G03",
    "yueyang-03": "X20",
    "yueyang-04": "G07",
    "yueyang-05": "X05",
    "yueyang-08": "X03",
    "yueyang-09": "C04",
    "yueyang-10": "B08",
    "yueyang-11": "B08",
    "yueyang-12": "C05",
    "yueyang-13": "X25",
    "yueyang-16": "A14",
    "yueyang-19": "C06",
    "yueyang-14": "R11",
    "yueyang-15": "R13",
    "yueyang-17": "R15",
    "qiannan-01": "R01",
    "qiannan-02": "R06",
    "qiannan-03": "R08",
    "qiannan-04": "R07",
    "qiannan-07": "R09",
    "qiannan-08": "R10",
    "qiannan-09": "R05",
    "qiannan-05": "R14",
    "qiannan-06": "R12",
    "qiannan-10": "R15",
}
CLASSES = {"ERR": ("error",), "WARN": ("warning",), "FMT": ("notice",)}
LEAST = {"ERR": 1, "WARN": 0.9, "FMT": 0.7}
FILES = ("xiangxi-2022", "yueyang-2023", "qiannan-2022")


@pytest.fixture(scope="module")
def truth() -> list[dict]:
    path = SHARED / "reference" / "truth-seeds-public.json"
    if not path.is_file():
        pytest.skip("跳过：项目旁边没有 shared/reference")
    return json.loads(path.read_text(encoding="utf-8"))["findings"]


@pytest.fixture(scope="module")
def found(shared_filings) -> dict[str, tuple]:
    result = {}
    for name in FILES:
        path = shared_filings / f"{name}.docx"
        filing = read_file(path.name, path.read_bytes())
        result[path.name] = judge(filing, load_policy(name)).findings
    return result


def _raised(item: dict, findings) -> bool:
    code = ANSWERS.get(item["id"])
    return any(
        f.code == code and f.severity.value in CLASSES[item["class"]] and _is_about(item, f) for f in findings
    )


def _is_about(item: dict, finding) -> bool:
    """Whether a finding names a place of the item, or quotes a figure or words of it."""
    places = [place for place in item["docx"] if place.startswith("表")]
    if any(re.search(rf"{place}(?!\d)", finding.where) for place in places):
        return True
    told = " ".join((item["stated"] or "", *item["quotes"]))
    figures = {n for n in re.findall(r"\d[\d.,]*\d|\d", told) if len(n) > 1}
    said = set(re.findall(r"\d[\d.,]*\d|\d", f"{finding.message} {finding.stated}"))
    plain = {n.replace(",", "") for n in said}
    if figures & said or {n.replace(",", "") for n in figures} & plain:
        return True
    words = {told[i : i + 4] for i in range(len(told) - 3) if "\u4e00" <= told[i] <= "\u9fff"}
    return any(word in finding.message for word in words)


@pytest.mark.parametrize("kind", CLASSES)
def test_the_listed_items_of_each_class_are_raised(truth, found, kind):
    items = [item for item in truth if item["class"] == kind]
    missed = [item["id"] for item in items if not _raised(item, found[item["file"]])]
    share = 1 - len(missed) / len(items)
    assert share >= LEAST[kind], missed


def test_what_is_rounded_or_reconciles_is_no_error_and_no_warning(truth, found):
    for item in truth:
        if item["class"] not in ("RND", "INFO"):
            continue
        figures = {n for n in re.findall(r"\d[\d.,]*\d", item["stated"]) if len(n) > 3}
        for finding in found[item["file"]]:
            quoted = {n for n in figures if re.search(rf"(?<![\d.,]){re.escape(n)}(?!\d)", finding.message)}
            same = len(figures) > 1 and quoted == figures
            assert not (same and finding.severity in ("error", "warning")), (item["id"], finding.message)
