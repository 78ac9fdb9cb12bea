"""The fictional county: its files are those that its data makes, and only the planted mistakes are found."""

from __future__ import annotations

import copy
import io
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from documents.reading import read_file
from documents.roster import roster_rows
from examples import forms, make_examples
from selfeval.cycle_file import parse_cycle
from selfeval.filing import Filing, FormKind, Identity
from selfeval.findings import Severity
from selfeval.policy import parse_policy
from selfeval.roster import RosterUnit, parse_roster
from selfeval.rules import Expected, judge

EXAMPLES = Path(make_examples.__file__).parent
FILINGS = EXAMPLES / "filings"
FAULTY = {"101003", "203003"}


def files(where: str) -> list[Path]:
    return sorted(path for path in (FILINGS / where).rglob("*") if path.is_file())


@cache
def read(path: Path) -> Filing:
    return read_file(path.name, path.read_bytes())


@cache
def roster() -> dict[str, RosterUnit]:
    rows = roster_rows("roster.xlsx", (EXAMPLES / "roster.xlsx").read_bytes())
    return {unit.code: unit for unit in parse_roster(rows)}


@cache
def data_files() -> dict[str, dict]:
    return {path.stem: make_examples.load(path) for path in sorted((EXAMPLES / "county").glob("[0-9]*.toml"))}


def papers(code: str) -> forms.Papers:
    unit = roster()[code]
    department = roster()[unit.department_code or code].name
    return forms.compute(data_files()[code], {"name": unit.name}, department, make_examples.YEAR)


def code_of(path: Path) -> str:
    """The unit of a file: its folder, or its identity mark where it lies without one."""
    return path.parent.name if path.parent.parent.name != "filings" else read(path).identity.code


def belongs(path: Path) -> bool:
    return path.parent.parent.name != "filings" or read(path).identity is not None


def findings(path: Path, *severities: Severity) -> list[tuple[str, str | None, str | None]]:
    """Code, stated and expected of every finding of these severities."""
    policy = parse_policy(
        (EXAMPLES / "county-policy.toml").read_text(encoding="utf-8"), source_name="county-policy.toml"
    )
    code = code_of(path)
    found = judge(read(path), policy, Expected(roster()[code].name, code, make_examples.YEAR)).findings
    return sorted((f.code, f.stated, f.expected) for f in found if f.severity in severities)


FILED = [path for where in ("first", "late", "corrected") for path in files(where) if belongs(path)]
CLEAN = [path for path in FILED if path.parts[-3] == "corrected" or code_of(path) not in FAULTY]


def members(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_committed_files_are_those_that_the_data_makes():
    made = make_examples.build()
    committed = {
        path.relative_to(EXAMPLES).as_posix(): path.read_bytes()
        for path in [*EXAMPLES.glob("*.xlsx"), *FILINGS.rglob("*")]
        if path.is_file()
    }
    assert committed.keys() == made.keys()
    stale = [name for name in made if members(made[name]) != members(committed[name])]
    assert stale == [], "run: python -m examples.make_examples"


def test_the_files_are_small():
    assert sum(path.stat().st_size for path in FILINGS.rglob("*") if path.is_file()) < 1_000_000


def test_the_roster_names_three_departments_and_twelve_units_that_file():
    active = [unit for unit in roster().values() if unit.status == "active"]
    assert len(active) == 12
    assert sorted(unit.code for unit in active if unit.tier == 1) == ["101", "203", "305"]
    assert {unit.department_code for unit in active if unit.tier == 2} == {"101", "203"}
    assert all(contact.email.endswith(".example") for unit in roster().values() for contact in unit.contacts)


def test_the_cycle_and_its_policy_can_be_opened():
    cycle = parse_cycle((EXAMPLES / "cycle.toml").read_text(encoding="utf-8"))
    assert cycle.year == make_examples.YEAR
    policy = parse_policy((EXAMPLES / cycle.policy).read_text(encoding="utf-8"), source_name=cycle.policy)
    assert [(band.label, band.minimum) for band in policy.grades] == [
        ("优", 90),
        ("良", 80),
        ("中", 60),
        ("差", 0),
    ]


def test_every_active_unit_but_one_files_and_one_file_is_nobodys():
    first, late, corrected = (
        {code_of(p) for p in files(where) if belongs(p)} for where in ("first", "late", "corrected")
    )
    active = {unit.code for unit in roster().values() if unit.status == "active"}
    assert active - first - late == {"203004"}
    assert late == {"101004"} and corrected == {"101003"}
    assert not first & late
    nobodys = [path for path in files("first") if not belongs(path)]
    assert len(nobodys) == 1
    assert not any(form.kind.judged for form in read(nobodys[0]).forms)


def test_files_without_a_folder_carry_the_mark_of_their_unit_in_word_and_in_excel():
    marked = {path.suffix: read(path).identity for path in FILED if path.parent.parent.name == "filings"}
    assert marked == {".xlsx": Identity("101002", 2025), ".docx": Identity("203001", 2025)}


@pytest.mark.parametrize("path", FILED, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_every_form_reads_back_as_the_data_says(path):
    code = code_of(path)
    expected = papers(code)
    if path.parts[-3] != "corrected":
        expected = forms.with_slips(expected, data_files()[code].get("slips", ()))
    scored = [form for form in read(path).forms if form.kind in (FormKind.DEPARTMENT, FormKind.PROJECT)]
    if data_files()[code]["files"] == "both" and path.suffix == ".docx":
        assert scored == []
        assert any(form.kind is FormKind.REPORT for form in read(path).forms)
        return
    assert [form.project for form in scored] == [form.project for form in expected.forms]
    for got, wanted in zip(scored, expected.forms, strict=True):
        total = wanted.total.amounts
        assert [cell.number for cell in (got.total.initial_budget, got.total.adjusted_budget, got.total.executed)] == [
            total.initial, total.adjusted, total.executed,
        ]  # fmt: skip
        assert got.total.execution_rate.number == Decimal(wanted.total.rate.rstrip("%")) / 100
        assert got.reported_score.number == wanted.reported_score
        assert [
            (row.level1, row.level2, row.name, row.target.text, row.actual.text, row.weight.number, row.score.number, row.deviation_note.text)
            for row in got.indicators
        ] == [
            (row.level1, row.level2, row.name, row.target, row.actual, row.weight, row.score, row.note)
            for row in wanted.rows
        ]  # fmt: skip


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_a_filing_without_mistakes_raises_nothing(path):
    assert findings(path, Severity.ERROR, Severity.WARNING) == []


def test_the_special_school_gets_its_total_and_one_rate_wrong():
    (path,) = (path for path in files("first") if path.parent.name == "101003")
    whole, project = papers("101003").forms
    assert findings(path, Severity.ERROR, Severity.WARNING) == [
        ("B05", "98.04%", project.total.rate),
        ("D01", "96.5", forms.plain(whole.reported_score)),
    ]


def test_the_water_supply_station_gets_natures_a_score_and_a_reason_wrong():
    (path,) = (path for path in files("first") if path.parent.name == "203003")
    assert findings(path, Severity.ERROR) == [("B04", "571.31", "526.31"), ("D02", "13", "0 至 12")]
    assert findings(path, Severity.WARNING) == [("E01", "13.3", "在偏差原因栏写明扣分的原因和改进措施")]


def _broken(change) -> dict:
    data = copy.deepcopy(data_files()["101002"])
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.update(staff=[66, 68]), "在职人数超过编制"),
        (lambda data: data["department"]["indicators"][0].__setitem__(4, 9), "产出指标分值"),
        (lambda data: data["department"]["indicators"][0].__setitem__(3, "1406人"), "超出目标三成"),
        (lambda data: data["department"]["indicators"][0].__setitem__(3, "900人"), "偏差说明"),
        (lambda data: data["projects"][0].update(appropriation=[92, 92, 93]), "执行数超过全年预算数"),
        (lambda data: data["base"].update(reception=[1, 1, 2]), "超过预算"),
    ],
)
def test_data_that_contradict_themselves_make_no_filing(change, reason):
    with pytest.raises(forms.Inconsistent, match=reason):
        forms.compute(_broken(change), {"name": "清禾县双塘小学"}, "清禾县教育局", 2025)
