"""The public site of 100, 1,000 and 10,000 units in up to 200 departments, each size in a process of its own.

- `exponent`: how processor time grows with the number of units (goal 1.1: a unit costs what it cost before),
  from documents to a site that stands; `memory_exponent`: the same for what a process needs beyond a small site;
- `files_rewritten` of `files`: what a new result of one unit writes in the largest site.

Every unit has a filing of the example county, forms and report, with a name of its own to hide. Documents are made
when they are asked for, as they come from a database, and a temporary folder takes the site.
"""

from __future__ import annotations

import copy
import json
import math
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bench import measure
from documents.reading import read_file
from documents.site import render_site
from documents.site_folder import StagedSite, stage_site, switch_site
from selfeval.board import UnitStatus
from selfeval.policy import load_policy
from selfeval.publication import Publication, build_publication
from selfeval.result import check_document, check_entry
from selfeval.rules import judge

EXAMPLES = Path(__file__).parents[1] / "examples" / "filings" / "first"
SIZES, QUICK_SIZES = (100, 1_000, 10_000), (50, 300)
DEPARTMENTS = 200
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华魏陶姜"
GIVEN = "安柏晨丹恩帆歌涵佳恺岚敏宁沛琪然珊桐薇曦怡芷"


class County(Mapping[str, dict[str, Any]]):
    """Check documents by unit, made when read: one example filing, each with a person of its own."""

    def __init__(self, units: int, example: dict[str, Any]):
        self._units, self._example = units, json.dumps(example, ensure_ascii=False)
        self.changed: str | None = None

    def __getitem__(self, code: str) -> dict[str, Any]:
        number = int(code)
        document = json.loads(self._example)
        form = next(form for form in document["files"][0]["forms"] if form["indicators"])
        form["footer"] = [*form["footer"], f"填表人：{_person(number)}"]
        note = "另见更正后的说明。" if code == self.changed else ""
        form["indicators"][0]["deviation_note"] = f"由{_person(number)}负责，第{number}号单位。{note}"
        return document

    def __iter__(self) -> Iterator[str]:
        return (f"{number:06d}" for number in range(self._units))

    def __len__(self) -> int:
        return self._units


def _person(number: int) -> str:
    surname, rest = number % len(SURNAMES), number // len(SURNAMES)
    return SURNAMES[surname] + GIVEN[rest % len(GIVEN)] + GIVEN[rest // len(GIVEN) % len(GIVEN)]


def example() -> dict[str, Any]:
    policy = load_policy("national-2020")
    path = max(EXAMPLES.rglob("*材料.docx"), key=lambda path: path.stat().st_size)  # forms and a report
    filing = read_file(path.name, path.read_bytes())
    return check_document(policy.name, [check_entry(filing, judge(filing, policy))])


def publication(county: County) -> Publication:
    statuses = [
        UnitStatus(
            code=code, name=f"第{code}号单位", tier=2, department_code=f"d{int(code) % DEPARTMENTS:03d}",
            department_name=f"第{int(code) % DEPARTMENTS}部门", state="accepted", version=1, late_days=None,
            received_at=None,
        )
        for code in county
    ]  # fmt: skip
    return build_publication(
        bureau="示例财政局", year=2025, document_number="", as_of=date(2026, 6, 1), statuses=statuses,
        documents=county,
    )  # fmt: skip


def publish(county: County, folder: Path) -> StagedSite:
    staged = stage_site(render_site(publication(county)), folder)
    switch_site(staged)
    return staged


def size_of_process() -> float:
    """The most memory that this process has needed so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(units: int) -> dict[str, float]:
    """Seconds and MiB for a site of so many units, then what one new result rewrites."""
    document = example()
    with tempfile.TemporaryDirectory() as folder:
        publish(County(10, copy.deepcopy(document)), Path(folder) / "small")
        before, started = size_of_process(), time.process_time()
        county = County(units, document)
        first = publish(county, Path(folder) / "site")
        seconds, after = time.process_time() - started, size_of_process()
        county.changed = f"{units // 2:06d}"
        again = publish(county, Path(folder) / "site")
    return {
        "seconds": seconds,
        "mebibytes": max(after - before, 0.1),
        "files": len(first.hashes),
        "rewritten": len(again.rewritten),
    }


def exponent(values: dict[int, float]) -> float:
    """The slope between the smallest and the largest size, both in logarithms."""
    small, large = min(values), max(values)
    return math.log(values[large] / values[small]) / math.log(large / small)


def main() -> None:
    quick = measure.quick_wanted(__doc__)
    sizes = QUICK_SIZES if quick else SIZES
    found: dict[int, dict[str, float]] = {}
    context = multiprocessing.get_context("spawn")
    for units in sizes:
        with context.Pool(1) as pool:
            found[units] = pool.apply(measured, (units,))
    measure.table(
        [
            ("units", "ms per unit", "MiB more", "files", "rewritten"),
            *(
                (n, r["seconds"] / n * 1000, r["mebibytes"], r["files"], r["rewritten"])
                for n, r in found.items()
            ),
        ]
    )
    largest = found[max(sizes)]
    measure.write(
        "publish",
        {
            "units": max(sizes),
            "exponent": round(exponent({n: r["seconds"] for n, r in found.items()}), 2),
            "memory_exponent": round(exponent({n: r["mebibytes"] for n, r in found.items()}), 2),
            "milliseconds_per_unit": round(largest["seconds"] / max(sizes) * 1000, 1),
            "mebibytes": round(largest["mebibytes"], 1),
            "files": largest["files"],
            "files_rewritten": largest["rewritten"],
        },
    )


if __name__ == "__main__":
    main()
