"""Who prepared a filing, as far as the papers and the roster say: nobody examines what they prepared. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from selfeval.publication import names_in
from selfeval.redaction import Redaction

_LABELS = ("填表人", "填报人", "制表人", "编制人", "经办人", "联系人")


def preparers(document: Mapping[str, Any], contacts: Iterable[str], rules: Redaction) -> tuple[str, ...]:
    """Names beside the labels of those who fill forms in, and the unit's contacts, in order."""
    named = names_in(document, rules._replace(labels=_LABELS))
    return tuple(sorted(named | {"".join(name.split()) for name in contacts if name.strip()}))
