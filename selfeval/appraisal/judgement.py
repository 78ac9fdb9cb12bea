"""What a person says about an item: a score inside its band, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from selfeval.appraisal.table import Item
from selfeval.figures import plain
from selfeval.refusal import Refusal

_STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's score of an item. `band` is "" where the item has none; `basis_hash` names what was judged.

    lapsed: why it no longer holds, "" while it does.
    """

    item: str
    band: str
    score: Decimal
    person: str
    reason: str
    basis_hash: str
    decided_at: datetime
    lapsed: str = ""


def score_of(text: str) -> Decimal | None:
    """A score as a person writes it, None for nothing; raises Refusal for what is no number."""
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip().removesuffix("分"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Refusal(f"“{text}”不是分数，例如 16 或 16.5")
    return number


def judged(item: Item, band: str, score: Decimal | None) -> tuple[str, Decimal]:
    """The band and score that a person may give; a band worth one score needs no other.

    Raises Refusal, in a sentence that lists the bands, for a score outside the one that was named.
    """
    if not item.bands:
        if band:
            raise Refusal(f"“{item.name}”没有分档，只写得分（0—{plain(item.points)}分）")
        return "", _within(item, f"“{item.name}”", Decimal(0), item.points, score)
    if band and band == item.other:
        return band, _within(item, f"“{item.name}”", Decimal(0), item.points, score)
    chosen = next((each for each in item.bands if each.label == band), None)
    if chosen is None:
        named = f"没有“{band}”这一档" if band else "应写明属于哪一档"
        raise Refusal(f"“{item.name}”{named}，可用的有：{bands_text(item)}")
    if score is None and chosen.minimum == chosen.maximum:
        score = chosen.minimum
    where = f"“{item.name}”的“{chosen.label}”一档"
    return chosen.label, _within(item, where, chosen.minimum, chosen.maximum, score)


def bands_text(item: Item) -> str:
    """The bands of an item in one line, "" when it has none."""
    said = [f"{band.label} {band.range}" for band in item.bands]
    if item.other:
        said.append(f"{item.other} 0—{plain(item.points)}分（在理由里说明）")
    return "；".join(said)


def _within(item: Item, where: str, low: Decimal, high: Decimal, score: Decimal | None) -> Decimal:
    range_ = f"{plain(low)}—{plain(high)}分" if low != high else f"{plain(low)}分"
    if score is None:
        raise Refusal(f"{where}为{range_}，请写明得分")
    if not low <= score <= high:
        fits = next((each for each in item.bands if each.minimum <= score <= each.maximum), None)
        hint = f"，{plain(score)}分属于“{fits.label}”" if fits else ""
        raise Refusal(f"{where}为{range_}，现为{plain(score)}分{hint}")
    if score != score.quantize(_STEP):
        raise Refusal(f"{where}的得分至多两位小数，现为{plain(score)}")
    return score
