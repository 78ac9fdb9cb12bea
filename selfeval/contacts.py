"""Which of the mails that a unit missed are still worth sending when its address has been corrected."""

from __future__ import annotations

from collections.abc import Sequence

# Only the newest of these says how things stand.
_CALLS = ("reminder", "overdue")
_DECISIONS = ("extension", "objection", "objection_answered")


def still_matters(missed: Sequence[tuple[str, str]], version: int, state: str | None) -> set[tuple[str, str]]:
    """Of missed mails (kind, step), oldest first, those that still tell the unit something.

    `version` and `state` are of its effective submission (0 and None: it filed nothing). The notice with
    the blank forms as long as something is owed; calls to file only the newest, while its cause stands;
    what concerns one version only while that version is effective; decisions always; lists only the newest.
    """
    owing = state in (None, "returned")
    newest = {("call" if kind in _CALLS else kind): (kind, step) for kind, step in missed}
    kept = set()
    for kind, step in missed:
        plain_step = step.partition("/")[0]
        if kind == "notice":
            fits = owing
        elif kind in _CALLS:
            wanted = state is None if step.startswith("T") else state == "returned"
            fits = wanted and newest["call"] == (kind, step)
        elif kind in ("receipt", "returned", "accepted", "sent_back", "examined"):
            fits = plain_step == f"v{version}"
        elif kind in (*_DECISIONS, "extension_request", "extension_dismissed", "amended", "publication"):
            fits = True
        else:
            fits = newest[kind] == (kind, step)
        if fits:
            kept.add((kind, step))
    return kept
