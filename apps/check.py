"""`selfeval check`: filings in, the document of the output contract out. No database, no server, no Prefect."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from documents.reading import MAX_BYTES, read_file
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.policy import Policy, load_policy, parse_policy, policy_names
from selfeval.refusal import in_words
from selfeval.result import check_document, check_entry
from selfeval.rules import judge

SOUND, FAULTY, UNREADABLE = 0, 1, 2


def check_files(files: tuple[Path, ...], policy: str) -> tuple[dict[str, Any], int]:
    """The check document of these files and the exit status that goes with it."""
    rules = policy_at(policy)
    filings = [read_path(path) for path in files]
    entries = [check_entry(filing, judge(filing, rules)) for filing in filings]
    if not all(entry["readable"] for entry in entries):
        status = UNREADABLE
    elif any(finding["severity"] == Severity.ERROR for entry in entries for finding in entry["findings"]):
        status = FAULTY
    else:
        status = SOUND
    return check_document(rules.name, entries), status


def policy_at(name: str) -> Policy:
    """A packaged policy by its name, or the bureau's own by the path of its file."""
    path = Path(name)
    if name not in policy_names() and path.is_file():
        return parse_policy(path.read_text(encoding="utf-8-sig"), source_name=path.name)
    return load_policy(name)


def read_path(path: Path) -> Filing:
    """A file as read; what cannot be opened says so."""
    try:
        with path.open("rb") as source:
            # One byte over the limit is enough for the reader to refuse the file as too large.
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"“{path.name or path}”打不开：{in_words(error)}"
        return Filing(file=path.name, sha256=hashlib.sha256(b"").hexdigest(), unreadable=reason)
    return read_file(path.name, data)
