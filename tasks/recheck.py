"""Draw the units to re-check, keep what persons found, and show it beside the other scores."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, rechecks, rollups
from db.models import CycleRow
from selfeval.examination import name_of
from selfeval.figures import plain
from selfeval.recheck import Recheck
from selfeval.refusal import Refusal
from selfeval.summary import Summary
from tasks.office import clock, database, log


@task(name="抽取复核样本", cache_policy=NO_CACHE)
def draw_sample(year: int | None, person: str, seed: str, again: str, now: datetime | None) -> dict[str, Any]:
    """Draw by the policy's share and keep the sample with its seed; told again it stands.

    `seed` "" takes one by chance, which is kept; `again` is the reason of another draw ("" for the first).
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        rule = cycles.policy_of(row, cycles.value_of(row).policy).recheck
        standing = rechecks.standing_sample(session, row.id)
        if standing and not (seed or again):
            seed = standing.seed  # what stands is shown, never drawn anew
        rechecks.record_sample(
            session,
            row,
            rechecks.frame_of(cycles.obligations_of(session, row.id)),
            share=rule.share,
            minimum=rule.minimum,
            seed=seed or secrets.token_hex(8),
            person=name_of(person),
            at=clock(now),
            again=again.strip(),
        )
        shown = show(session, row)
    log.info("复核样本：%d家", len(shown["units"]))
    return shown


@task(name="登记复核得分", cache_policy=NO_CACHE)
def score_unit(
    year: int | None, code: str, score: str, reason: str, person: str, now: datetime | None
) -> dict[str, Any]:
    """Keep a person's re-check score of a sampled unit's version; the unit's line as it stands then."""
    try:
        points = Decimal(score)
    except InvalidOperation as error:
        raise Refusal(f"复核得分应为数字，现为“{score}”") from error
    with database() as session:
        row = cycles.cycle_of(session, year)
        rechecks.record_score(
            session,
            row,
            code,
            score=points,
            reason=reason.strip(),
            person=name_of(person),
            at=clock(now),
        )
        return next(unit for unit in show(session, row)["units"] if unit["code"] == code)


def show(session: Session, row: CycleRow) -> dict[str, Any]:
    """The standing sample with its units, each with the three scores; raises Refusal when none was drawn."""
    sample = rechecks.standing_sample(session, row.id)
    if sample is None:
        raise Refusal(
            f"{row.name}还没有抽取复核样本，请先“抽取复核样本”（命令 selfeval recheck draw --by 姓名）"
        )
    found = rechecks.rechecks(session, row.id)
    names = {item.unit_code: item for item in cycles.obligations_of(session, row.id)}
    summaries = rollups.accepted_summaries(session, row.id)
    return {
        "seed": sample.seed,
        "share": sample.share,
        "minimum": sample.minimum,
        "frame": len(sample.frame),
        "person": sample.person,
        "drawn_at": sample.drawn_at.isoformat(timespec="seconds"),
        "proved": rechecks.proves(session, sample),
        "voided": [
            {
                "seed": each.seed,
                "drawn_at": each.drawn_at.isoformat(timespec="seconds"),
                "why": each.void_reason,
            }
            for each in rechecks.samples(session, row.id)
            if each.voided_at
        ],
        "units": [
            {"code": code, "name": names[code].unit_name, "department": names[code].department_name}
            | _scores(each, summaries.get(code))
            for code, each in found.items()
        ],
    }


def _scores(recheck: Recheck, summary: dict[str, Any] | None) -> dict[str, Any]:
    known = Summary.from_json(summary) if summary else None
    return {
        "version": recheck.version or None,
        "reported_score": _plain(known and known.reported_score),
        "recomputed_score": _plain(known and known.recomputed_score),
        "recheck_score": _plain(recheck.score),
        "reason": recheck.reason or recheck.void,
        "person": recheck.person,
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
