"""Templates to text: every mail is a pair <kind>.txt and <kind>.html with the same content.

An undefined name fails the rendering, never the reader; what comes from units is escaped in HTML and
kept on its line in text.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from notifications.message import Email
from selfeval.figures import plain
from selfeval.workdays import local

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_WEEKDAYS = "一二三四五六日"


def render(kind: str, subject: str, context: dict[str, Any]) -> Email:
    """The mail of one kind from its template pair.

    Raises jinja2.UndefinedError for a name that the context lacks and ValueError for a subject or an
    instant that may not be sent.
    """
    return Email(
        kind=kind,
        subject=subject,
        text=_ENVIRONMENT.get_template(f"{kind}.txt").render(context, subject=subject),
        html=_ENVIRONMENT.get_template(f"{kind}.html").render(context, subject=subject),
    )


def moment(instant: datetime) -> str:
    """2026年5月8日（星期五）17时30分, Asia/Shanghai."""
    here = local(instant)
    return f"{here.year}年{_day(here)}（星期{_WEEKDAYS[here.weekday()]}）{_clock(here)}"


def short_moment(instant: datetime) -> str:
    """5月8日17时30分, Asia/Shanghai: for subjects."""
    here = local(instant)
    return f"{_day(here)}{_clock(here)}"


def day(when: date) -> str:
    """5月8日; of an instant its day in Asia/Shanghai."""
    return _day(local(when) if isinstance(when, datetime) else when)


def _day(here: date) -> str:
    return f"{here.month}月{here.day}日"


def _clock(here: datetime) -> str:
    minutes = f"{here.minute:02d}分" if here.minute else ""
    return f"{here.hour}时{minutes}"


def formerly(original: datetime | None) -> str:
    """What a due date stood at before an extension or a late return moved it; nothing for one that stands."""
    return f"（已顺延，原截止时间为{moment(original)}）" if original else ""


def stamp(instant: datetime) -> str:
    """2026-05-08 17:30:05 for proofs of receipt, where seconds count."""
    return f"{local(instant):%Y-%m-%d %H:%M:%S}（北京时间）"


def size(octets: int) -> str:
    """A file size as file managers show it."""
    if octets < 1024:
        return f"{octets} 字节"
    for unit, step in (("KB", 1024), ("MB", 1024**2)):
        if octets < step * 1024:
            return f"{octets / step:.1f} {unit}"
    return f"{octets / 1024**3:.1f} GB"


def _one_line(value: Any) -> Any:
    """Line breaks in names and cells would look like lines of our own in the text part."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _CONTROLS.sub(" ", value)
    return value


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("notifications", "templates"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_one_line,
    )
    environment.filters |= {
        "moment": moment,
        "day": day,
        "formerly": formerly,
        "stamp": stamp,
        "score": plain,
        "size": size,
    }
    return environment


_ENVIRONMENT = _environment()
