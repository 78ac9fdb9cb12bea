"""The identity mark of a blank form: which unit and year it was issued for.

The mark is written into document properties and printed small in the page footer. A person can copy
the footer line, so the mark is an address and no proof: it carries a check character against slips only.
"""

from __future__ import annotations

from selfeval.filing import Identity
from selfeval.pattern import Pattern

PROPERTY = "selfeval"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUVWXY"  # GB 17710 style: no I, O, S, Z
_MARK = Pattern(r"ZP-(\d{4})-([0-9A-Za-z]{1,32})-([0-9A-Z])", needs="P")


def mark(identity: Identity) -> str:
    """The printed mark, for example ZP-2025-801001-K."""
    return f"ZP-{identity.year}-{identity.code}-{_check(identity)}"


def find(text: str) -> Identity | None:
    """The first valid mark in a text, None when there is none or its check character is wrong."""
    for match in _MARK.finditer(text):
        identity = Identity(code=match[2], year=int(match[1]))
        if _check(identity) == match[3]:
            return identity
    return None


def _check(identity: Identity) -> str:
    total = 0
    for character in f"{identity.year}{identity.code.upper()}":
        total = (total * 2 + int(character, 36)) % 31
    return _ALPHABET[total]
