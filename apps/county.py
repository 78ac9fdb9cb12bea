"""What the demonstration plays with: the example county, or a folder of filings as one department each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from documents.reading import read_file
from documents.roster import roster_rows
from selfeval.cycle import Assignment, Cycle, Milestones
from selfeval.policy import policy_names
from selfeval.refusal import Refusal
from selfeval.roster import RosterContact, RosterUnit, parse_roster
from tasks.cycle_file import read_cycle_file

_DEFAULT_POLICY = "national-2020"
# The others are left to be judged, so that the demonstration shows open totals too.
_JUDGED = (
    ("101", "工作小组", "成立", ""),
    ("101", "分析问题", "全面", "26"),
)


@dataclass(frozen=True, slots=True)
class County:
    """A cycle with its roster and the files of each wave: (place below the inbox, original).

    `examiners` are the rows of the table of who examines; none where the policy asks for nobody.
    """

    cycle: Cycle
    policies: Mapping[str, str]
    roster: tuple[RosterUnit, ...]
    first: tuple[tuple[str, Path], ...]
    late: tuple[tuple[str, Path], ...] = field(default=())
    corrected: tuple[tuple[str, Path], ...] = field(default=())
    # What a person judges in the appraisal: department, item, band, score.
    judged: tuple[tuple[str, str, str, str], ...] = field(default=())
    examiners: tuple[tuple[str, ...], ...] = field(default=())


def example_county(folder: Path) -> County:
    """The fictional county of examples/."""
    cycle, policies = read_cycle_file(folder / "cycle.toml")
    roster, examiners = folder / "roster.xlsx", folder / "examiners.xlsx"
    return County(
        cycle=cycle,
        policies=policies,
        roster=parse_roster(roster_rows(roster.name, roster.read_bytes())),
        judged=_JUDGED,
        examiners=tuple(map(tuple, roster_rows(examiners.name, examiners.read_bytes()))),
        **{wave: tuple(_files(folder / "filings" / wave)) for wave in ("first", "late", "corrected")},
    )


def county_of_filings(folder: Path) -> County:
    """Every filing of a folder as a department of its own, under the policy that bears its name.

    Files of one filing share their name up to the ending (place-year.docx, place-year.xlsx).
    """
    groups: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix.lower() in (".docx", ".xlsx", ".xls"):
            groups.setdefault(path.stem, []).append(path)
    if not groups:
        raise Refusal(f"“{folder}”里没有 .docx、.xlsx 或 .xls 文件")
    roster, first, assignments = [], [], {}
    for number, (stem, paths) in enumerate(groups.items(), start=1):
        code = f"9{number:02d}"
        filings = [read_file(path.name, path.read_bytes()) for path in paths]
        name = next((filing.unit for filing in filings if filing.unit), stem)
        year = next((filing.year for filing in filings if filing.year), None)
        roster.append(
            RosterUnit(code, name, 1, None, "active", (RosterContact(f"unit{code}@filings.example"),))
        )
        first += [(f"{code}/{path.name}", path) for path in paths]
        policy = stem if stem in policy_names() else _DEFAULT_POLICY
        assignments[code] = Assignment(policy=policy, year=year)
    year = max(assignment.year or _year_of(groups) for assignment in assignments.values())
    cycle = Cycle(
        year=year,
        name=f"{year}年度预算绩效自评（真实材料演练）",
        bureau="演练财政局",
        document_number=f"演财绩〔{year + 1}〕1号",
        policy=_DEFAULT_POLICY,
        milestones=Milestones(
            date(year + 1, 3, 2),
            date(year + 1, 4, 10),
            date(year + 1, 4, 24),
            date(year + 1, 5, 15),
            date(year + 1, 6, 30),
        ),
        assignments=assignments,
    )
    return County(cycle=cycle, policies={}, roster=tuple(roster), first=tuple(first))


def _year_of(groups: Mapping[str, list[Path]]) -> int:
    years = [int(found[0]) for stem in groups if (found := re.search(r"20\d\d", stem))]
    if not years:
        raise Refusal("从材料和文件名中都看不出年度")
    return max(years)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def put(files: tuple[tuple[str, Path], ...], inbox: Path) -> None:
    """Copy files into the inbox as units would."""
    for place, original in files:
        target = inbox / place
        target.parent.mkdir(parents=True, exist_ok=True)
        # copy2 keeps the time of change, so the collector does not wait for the copy to settle.
        shutil.copy2(original, target)
