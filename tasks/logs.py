"""Logs without personal data, for people or, a line of JSON each, for programs.

A mail address, a telephone or an ID number may stand in any message and in any error of any library. So the
cleaning is done where records are made, for every logger and every place that they go to, the log view of
Prefect included. What is in a log can be mailed to whoever helps; who is meant says the unit code.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import datetime
from typing import Any

from selfeval.personal_numbers import LABELLED, narrow, numbers
from selfeval.refusal import Refusal
from selfeval.workdays import SHANGHAI

_RUN_FIELDS = ("flow_name", "flow_run_name", "flow_run_id", "task_run_name", "task_run_id")


def clean(text: str) -> str:
    """The text with 〔手机号〕, 〔电子邮箱〕 and so on in place of the numbers and addresses of persons."""
    plain, places = narrow(text)
    # Of two names for the same digits the one that says what they are.
    found = sorted(numbers(plain), key=lambda span: (span[0], span[2] == LABELLED))
    if not found:
        return text
    parts: list[str] = []
    done = 0
    for start, stop, kind in found:
        if start >= done:
            parts += [text[places[done] : places[start]], f"〔{kind}〕"]
        done = max(done, stop)
    return "".join([*parts, text[places[done] :]])


class CleanRecord(logging.LogRecord):
    """A log record whose message and traceback are clean, however it was made; a refusal has no traceback."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.exc_info and isinstance(self.exc_info[1], Refusal):
            # Its sentence is in the message; lines of program above it only hide it from whom it is for.
            self.exc_info = None
        if self.exc_info and self.exc_info[1] is not None:
            # A formatter takes the text that is there and does not write its own.
            self.exc_text = clean("".join(traceback.format_exception(*self.exc_info)).rstrip())

    def getMessage(self) -> str:
        return clean(super().getMessage())


class JsonLines(logging.Formatter):
    """One line of JSON per record: time (Asia/Shanghai), level, logger, message, and the run it belongs to."""

    def __init__(self, *_: Any):
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # A library may have made the record before `keep_logs_clean`.
            "message": clean(record.getMessage()),
        }
        line |= {name: str(getattr(record, name)) for name in _RUN_FIELDS if getattr(record, name, None)}
        if record.exc_text or record.exc_info:
            line["error"] = record.exc_text or clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def keep_logs_clean() -> None:
    """From now on this process makes clean records only."""
    logging.setLogRecordFactory(CleanRecord)
