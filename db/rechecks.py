"""The sample of the re-check, drawn once and kept with its seed, and the scores that persons gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import audit, examinations, versions
from db.models import CycleRow, Obligation, RecheckSample, RecheckScore, RecheckUnit, Submission
from selfeval.figures import plain
from selfeval.recheck import Recheck, draw, require_score
from selfeval.refusal import Refusal


class RecheckConflict(Refusal):
    """What was asked does not fit the sample; the text says why in Chinese."""


def standing_sample(session: Session, cycle_id: int) -> RecheckSample | None:
    """The sample in force."""
    return session.scalar(
        select(RecheckSample).where(RecheckSample.cycle_id == cycle_id, RecheckSample.voided_at.is_(None))
    )


def samples(session: Session, cycle_id: int) -> list[RecheckSample]:
    """Every sample ever drawn in a cycle, in order."""
    query = select(RecheckSample).where(RecheckSample.cycle_id == cycle_id)
    return list(session.scalars(query.order_by(RecheckSample.id)))


def frame_of(obligations: Sequence[Obligation]) -> dict[str, str]:
    """What is drawn from: every unit that has to file, with its department.

    Those too that have not filed: nobody escapes the draw by being late.
    """
    return {each.unit_code: each.department_code for each in obligations if each.duty == "required"}


def record_sample(
    session: Session,
    row: CycleRow,
    frame: Mapping[str, str],
    *,
    share: Decimal,
    minimum: int,
    seed: str,
    person: str,
    at: datetime,
    again: str = "",
) -> RecheckSample:
    """Draw and keep a sample. A cycle has one: another draw needs the reason `again` and voids the first.

    The same draw told again stands once. Raises RecheckConflict.
    """
    if not person.strip() or not seed.strip():
        raise RecheckConflict("抽取复核样本应写明抽取人和种子")
    before = standing_sample(session, row.id)
    if before is not None and not again.strip():
        if (before.seed, before.frame, before.share) == (seed, dict(frame), plain(share)):
            return before
        raise RecheckConflict(
            f"{before.person}已于{before.drawn_at:%Y-%m-%d %H:%M}抽取复核样本（种子 {before.seed}），不再重抽；"
            "确须重抽的，请写明理由（--again 理由），原样本作废留痕"
        )
    drawn = draw(frame, share, minimum, seed)
    if not drawn:
        raise RecheckConflict(
            "没有应报单位可抽（通知印发后名单才固定），或政策规定的复核比例和最少家数都是 0"
        )
    if before is not None:
        before.voided_at, before.void_reason = at, f"{person}：{again}"
        _void_scores(session, row, before, f"样本重抽（{person}：{again}）", at)
        session.flush()
    sample = RecheckSample(
        cycle_id=row.id,
        seed=seed,
        share=plain(share),
        minimum=minimum,
        frame=dict(frame),
        person=person,
        drawn_at=at,
    )
    session.add(sample)
    session.flush()
    session.add_all(RecheckUnit(sample_id=sample.id, unit_code=code, cycle_id=row.id) for code in drawn)
    session.flush()
    details = {"seed": seed, "share": plain(share), "minimum": minimum, "units": list(drawn)}
    details |= {"frame": len(frame)} | ({"again": again} if before else {})
    where = f"cycle/{row.year}/recheck"
    audit.append(session, at=at, actor=person, action="recheck.drawn", subject=where, details=details)
    return sample


def units_of(session: Session, sample: RecheckSample) -> list[str]:
    """The codes of a sample, in order."""
    query = select(RecheckUnit.unit_code).where(RecheckUnit.sample_id == sample.id)
    return list(session.scalars(query.order_by(RecheckUnit.unit_code)))


def proves(session: Session, sample: RecheckSample) -> bool:
    """Whether drawing again from the stored frame with the stored seed gives the stored units."""
    again = draw(sample.frame, Decimal(sample.share), sample.minimum, sample.seed)
    return list(again) == units_of(session, sample)


def record_score(
    session: Session,
    row: CycleRow,
    unit_code: str,
    *,
    score: Decimal,
    reason: str,
    person: str,
    at: datetime,
) -> RecheckScore:
    """Keep what the re-check of a sampled unit's version gave; an earlier score of it is voided by it.

    Raises RecheckConflict for a unit that was not drawn or has nothing accepted to look at.
    """
    score = require_score(score)
    if not person.strip() or not reason.strip():
        raise RecheckConflict("复核应写明复核人和理由（与自评、复算得分为什么相同或不同）")
    sample = standing_sample(session, row.id)
    if sample is None:
        raise RecheckConflict("还没有抽取复核样本，请先“抽取复核样本”（命令 selfeval recheck draw）")
    unit = session.get(RecheckUnit, (sample.id, unit_code), with_for_update=True)
    if unit is None:
        raise RecheckConflict(
            f"单位 {unit_code} 不在复核样本中（样本：{'、'.join(units_of(session, sample))}）"
        )
    version = versions.judged_versions(session, row.id).get(unit_code)
    if version is None or version.state != "accepted":
        raise RecheckConflict(f"单位 {unit_code} 没有审核通过的报送，无从复核")
    if person in examinations.deciders(session, version.id):
        raise RecheckConflict(f"{person}审核过这份材料，应由另一人复核")
    hundredths, digest = int(score * 100), versions.content_hash(version)
    before = _standing_score(session, sample.id, unit_code)
    if before is not None:
        told = (before.hundredths, before.reason, before.person, before.content_hash)
        if told == (hundredths, reason, person, digest):
            return before
        versions.void(session, row, unit_code, before, reason=f"{person}重新复核", at=at, actor=person)
    made = RecheckScore(
        sample_id=sample.id,
        unit_code=unit_code,
        submission_id=version.id,
        hundredths=hundredths,
        reason=reason,
        person=person,
        content_hash=digest,
        decided_at=at,
    )
    session.add(made)
    session.flush()
    details = {"version": version.version, "score": plain(score), "reason": reason, "content_hash": digest}
    where = f"cycle/{row.year}/unit/{unit_code}"
    audit.append(session, at=at, actor=person, action="recheck.scored", subject=where, details=details)
    return made


def rechecks(session: Session, cycle_id: int) -> dict[str, Recheck]:
    """Every unit of the standing sample by its code; `score` None where none stands for its version as it is."""
    sample = standing_sample(session, cycle_id)
    if sample is None:
        return {}
    found = {code: Recheck(code) for code in units_of(session, sample)}
    query = select(RecheckScore).where(RecheckScore.sample_id == sample.id).order_by(RecheckScore.id)
    scores = list(session.scalars(query))
    if not scores:
        return found
    standing = {
        code: (version.version, versions.content_hash(version))
        for code, version in versions.judged_versions(session, cycle_id).items()
        if code in found
    }
    for each in scores:
        number, digest = standing.get(each.unit_code, (0, ""))
        if each.voided_at is None and each.content_hash == digest:
            score = (Decimal(each.hundredths) / 100).quantize(Decimal("0.01"))
            found[each.unit_code] = Recheck(each.unit_code, score, each.reason, each.person, number)
        else:
            why = each.void_reason or "复核后审核结果有变化"
            found[each.unit_code] = Recheck(each.unit_code, void=f"{each.person}的复核已失效：{why}")
    return found


def scores_of(
    session: Session, judged: Mapping[str, Submission], asof: datetime | None = None
) -> dict[str, Decimal]:
    """The re-check scores in points that stand for these versions (by unit code), or stood at `asof`."""
    ids = {version.id: (code, version) for code, version in judged.items()}
    query = select(RecheckScore).join(RecheckSample, RecheckSample.id == RecheckScore.sample_id)
    query = query.where(RecheckSample.cycle_id.in_({version.cycle_id for version in judged.values()}))
    if asof is None:
        query = query.where(RecheckScore.voided_at.is_(None))
    else:
        later = RecheckScore.voided_at.is_(None) | (RecheckScore.voided_at > asof)
        query = query.where(RecheckScore.decided_at <= asof, later)
    found = {}
    for each in session.scalars(query.order_by(RecheckScore.id)):
        code, version = ids.get(each.submission_id, ("", None))
        if version is not None and each.content_hash == versions.content_hash(version):
            found[code] = (Decimal(each.hundredths) / 100).quantize(Decimal("0.01"))
    return found


def _standing_score(session: Session, sample_id: int, unit_code: str) -> RecheckScore | None:
    return session.scalar(
        select(RecheckScore).where(
            RecheckScore.sample_id == sample_id,
            RecheckScore.unit_code == unit_code,
            RecheckScore.voided_at.is_(None),
        )
    )


def _void_scores(session: Session, row: CycleRow, sample: RecheckSample, reason: str, at: datetime) -> None:
    query = select(RecheckScore).where(RecheckScore.sample_id == sample.id, RecheckScore.voided_at.is_(None))
    for score in session.scalars(query):
        versions.void(session, row, score.unit_code, score, reason=reason, at=at)
