"""The benchmark of growth in small: its contestants judge every unit, and its measures follow from their figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.databases import Place
from bench.scale import County, compete, county
from db import cycles, rollups
from db.board import unit_statuses
from db.session import transaction

FIGURES = {"wall", "processor", "idle_wall", "megabytes"}


class Paced(County):
    """A county whose contestants need known times: processor seconds for a unit, and half of them with two processes."""

    def run(self, kind: str, processes: int = 2) -> dict[str, float]:
        seconds = {"flows": 11, "plain": 10, "task_per_unit": 33, "poll": 0.1, "board": 0.5}[kind] * self.size
        figures = {"wall": seconds, "processor": seconds, "idle_wall": seconds / processes}
        return figures | {"megabytes": 100.0 + self.size} | ({"query": 0.25} if kind == "board" else {})

    def script(self) -> dict[str, float]:
        return dict.fromkeys(("wall", "processor", "idle_wall"), 110.0 * self.size)


def test_the_plain_loop_and_the_script_take_every_unit_of_the_county_that_was_made(sqlite_url, tmp_path):
    made = county(Place("sqlite", sqlite_url, tmp_path), 3)
    with transaction(made.url) as session:
        row = cycles.cycle_of(session, 2025)
        assert {each.state for each in unit_statuses(session, row.id)} == {"received"}

    figures = made.run("plain", 1)

    assert figures.keys() == FIGURES and all(value > 0 for value in figures.values())
    (copy,) = Path(made.url.removeprefix("sqlite:///")).parent.glob("plain_*.db")
    with transaction(f"sqlite:///{copy}") as session:
        row = cycles.cycle_of(session, 2025)
        states = [each.state for each in unit_statuses(session, row.id)]
        assert len(states) == 3 and set(states) <= {"accepted", "returned"}
        *_, whole = rollups.entries_of(session, rollups.latest(session, row.id), "totals")
        assert whole["expected"] == 3
    assert list(made.home.glob("plain_*/papers/*.xlsx"))
    script = made.script()
    assert script["forms"] >= 3 and len(list((made.home / "script").glob("*.docx"))) == 3


def test_the_measures_are_ratios_of_what_the_contestants_needed(tmp_path, capsys):
    found = compete([Paced("", size, tmp_path) for size in (10, 100)])

    goals = {
        "over_plain": 1.1,
        "two_process_speedup": 2,
        "speedup_over_script": 20,
        "speedup_over_task_per_unit": 6,
    }
    goals |= {"exponent": 1, "memory_growth": 200 / 110, "board_seconds": 50, "board_over_query": 200}
    assert {key: found[key] for key in goals} == pytest.approx(goals)
    assert found["units"] == 100 and found["idle_poll_processor_seconds"] == 10
    assert "task per unit" in capsys.readouterr().out
