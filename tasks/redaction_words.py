"""Words that a bureau hides or keeps in one cycle, beside those of its policy: each a decision with person and reason."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions
from db.models import CycleRow
from selfeval.redaction import Redaction, word_mistake
from selfeval.refusal import Refusal
from tasks.office import clock, database

_ABOUT = "wording"
# The question of such a decision is whether the word may be public.
_VERDICTS = {"hide": "refused", "keep": "approved"}


def wording_subject(word: str) -> str:
    """What a decision on a word is a decision on."""
    return f"{_ABOUT}/{word}"


class Word(NamedTuple):
    """A word with what becomes of it ("hide", "keep"), who said so, why and when (None: the policy says so)."""

    word: str
    action: str
    person: str | None = None
    reason: str = ""
    decided_at: datetime | None = None


def redaction_of(session: Session, row: CycleRow, asof: datetime | None = None) -> Redaction:
    """The rules of a cycle: its policy's, with the words that were decided on (by `asof`)."""
    decided = _decided(session, row, asof)
    return _policy(row).with_words(
        (each.word for each in decided if each.action == "hide"),
        (each.word for each in decided if each.action == "keep"),
    )


@task(name="登记脱敏用词", cache_policy=NO_CACHE)
def decide_word(
    year: int | None, word: str, action: str, person: str, reason: str, now: datetime | None
) -> str:
    """Have a word hidden ("hide") or kept ("keep") in this cycle; an earlier decision on it ends. The word.

    What would be public changes with it: confirmations and an approval of other content lose their force.
    """
    if mistake := word_mistake(word):
        raise Refusal(f"脱敏用词{mistake}")
    if not reason.strip():
        raise Refusal("请写明隐去或保留这个词的原因")
    with database() as session:
        row = cycles.cycle_of(session, year)
        decisions.decide(
            session,
            row,
            wording_subject(word),
            verdict=_VERDICTS[action],
            person=person,
            reason=reason,
            content_hash=hashlib.sha256(word.encode()).hexdigest(),
            at=clock(now),
        )
        return word


@task(name="撤销脱敏用词", cache_policy=NO_CACHE)
def forget_word(year: int | None, word: str, person: str, reason: str, now: datetime | None) -> str:
    """Take the decision on a word back; the policy's word on it, if any, holds again. The word."""
    if not person.strip() or not reason.strip():
        raise Refusal("请写明撤销的人和原因")
    with database() as session:
        row = cycles.cycle_of(session, year)
        standing = decisions.standing(session, row.id, wording_subject(word))
        if standing is None:
            raise Refusal(f"没有登记过隐去或保留“{word}”（selfeval redaction words 列出全部）")
        decisions.void(session, row, standing, reason=reason, at=clock(now), actor=person)
        return word


@task(name="列出脱敏用词", cache_policy=NO_CACHE)
def list_words(year: int | None) -> list[Word]:
    """Every word that is hidden or kept in a cycle, those decided on for it first, and by whom."""
    with database() as session:
        row = cycles.cycle_of(session, year)
        decided = _decided(session, row, None)
        own, policy = {each.word for each in decided}, _policy(row)
        return decided + [
            Word(word, action)
            for action, words in (("hide", policy.hide), ("keep", policy.keep))
            for word in words
            if word not in own
        ]


def _policy(row: CycleRow) -> Redaction:
    return cycles.policy_of(row, cycles.value_of(row).policy).redaction


def _decided(session: Session, row: CycleRow, asof: datetime | None) -> list[Word]:
    actions = {verdict: action for action, verdict in _VERDICTS.items()}
    return [
        Word(
            each.subject.removeprefix(f"{_ABOUT}/"),
            actions[each.verdict],
            each.person,
            each.reason,
            each.decided_at,
        )
        for each in decisions.standing_under(session, row.id, _ABOUT, asof)
    ]
