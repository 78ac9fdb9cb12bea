"""Re-check (复核): which units are looked at once more, drawn so that anybody can draw the same ones again. Pure.

Source: 财预〔2020〕10号 asks finance departments to spot-check self-evaluations and leaves share and method to
the place. Nothing random is asked of the machine: the seed is kept, and hashes of it decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from selfeval.figures import plain
from selfeval.policy import FULL_MARKS
from selfeval.refusal import Refusal

_HASHES = 2**256


class Recheck(NamedTuple):
    """A sampled unit and what the re-check of its version gave; `score` is in points, None until it was done.

    `void`: an earlier re-check lost its version; why in Chinese, "" where there is none.
    """

    unit_code: str
    score: Decimal | None = None
    reason: str = ""
    person: str = ""
    version: int = 0
    void: str = ""


def sample_size(units: int, share: Decimal, minimum: int) -> int:
    """How many of so many units are drawn: the share rounded up, at least the minimum, never more than there are."""
    wanted = int((units * share).to_integral_value(ROUND_CEILING))
    return min(units, max(wanted, minimum))


def draw(frame: Mapping[str, str], share: Decimal, minimum: int, seed: str) -> tuple[str, ...]:
    """The codes drawn from `frame` (unit → department), in order; the same seed and frame give the same ones.

    Departments stand one behind the other in an order of chance, inside each its units likewise; every
    n-th is taken from a start by chance. So each department has its share of the sample, rounded down or
    up, and every unit the same chance, also one that is its department's only one.
    """
    size = sample_size(len(frame), share, minimum)
    if not size:
        return ()
    line = sorted(frame, key=lambda code: (_chance(seed, "部门", frame[code]), _chance(seed, "单位", code)))
    start = Fraction(_chance(seed, "起点", ""), _HASHES)
    return tuple(sorted(line[int((start + place) * len(line) / size)] for place in range(size)))


def _chance(seed: str, what: str, of: str) -> int:
    """A number below 2**256 that only the seed decides; of a name, so that no order of a table matters."""
    return int(hashlib.sha256(f"{seed}/{what}/{of}".encode()).hexdigest(), 16)


def require_score(score: Decimal) -> Decimal:
    """A re-check score with two decimals; raises Refusal for what is no score."""
    if not score.is_finite() or not 0 <= score <= FULL_MARKS:
        raise Refusal(f"复核得分应在 0 至 {plain(FULL_MARKS)} 分之间，现为 {score}")
    rounded = score.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded != score:
        raise Refusal(f"复核得分至多两位小数，现为 {score}")
    return rounded
