"""Two results of one file side by side."""

from __future__ import annotations

from selfeval.difference import entry_difference, is_same


def finding(code: str, where: str, message: str = "甲") -> dict:
    return {
        "code": code,
        "form": "1",
        "where": where,
        "severity": "error",
        "stated": None,
        "expected": None,
        "message": message,
    }


def entry(score: str | None, *findings: dict) -> dict:
    row = {"where": "表1 第5行", "name": "修路", "recomputed_score": score}
    form = {
        "id": "1",
        "title": "项目支出绩效自评表",
        "project": "甲",
        "recomputed_score": score,
        "recomputed_grade": "优",
        "funding": [],
        "indicators": [row],
    }
    return {"file": "表.docx", "readable": True, "forms": [form], "findings": list(findings)}


def test_nothing_changes_between_equal_results():
    same = entry("10", finding("D01", "表1 第6行"))
    assert is_same(entry_difference(same, same))


def test_findings_of_one_rule_at_one_place_belong_together():
    here, there = "表1 第6行", "表1 第7行"
    first = entry("10", finding("D01", here), finding("D01", here, "乙"), finding("B01", there))
    second = entry("10", finding("D01", here), finding("D01", here, "丙"), finding("B02", there))
    change = entry_difference(first, second)
    assert change["findings"] == {
        "gone": [finding("B01", there)],
        "new": [finding("B02", there)],
        "changed": [[finding("D01", here, "乙"), finding("D01", here, "丙")]],
    }
    assert not change["forms"] and not is_same(change)


def test_a_score_that_can_no_longer_be_computed_is_a_change():
    change = entry_difference(entry("10"), entry(None))
    [form] = change["forms"]
    assert form["recomputed_score"] == ["10", None]
    assert form["rows"] == [{"where": "表1 第5行", "label": "修路", "recomputed_score": ["10", None]}]
