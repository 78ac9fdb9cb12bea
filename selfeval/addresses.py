"""What an e-mail address may look like: one rule for the roster and for the headers of a mail."""

from __future__ import annotations

from selfeval.pattern import Pattern

# Dot-atom local part and host name (RFC 5321 without quoted strings, literals and SMTPUTF8): what the
# mailboxes of bureaus and units look like, and what every server accepts.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = Pattern(rf"({ATOM}(?:\.{ATOM})*)@{LABEL}(?:\.{LABEL})*")


def is_address(text: str) -> bool:
    """Whether the text is one plain name@host."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and len(match[1]) <= 64 and len(text) <= 254
