"""The log of `selfeval serve`: its own words, and every line of its server and worker, in files that rotate."""

from __future__ import annotations

import logging
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import click

from selfeval.workdays import SHANGHAI
from tasks.logs import CleanRecord, JsonLines, clean

_BYTES, _FILES = 10_000_000, 9
_TIME = "%Y-%m-%d %H:%M:%S"


class ServiceLog:
    """One writer for all processes, so that the files can be rotated under them."""

    def __init__(self, path: Path, as_json: bool):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._own = JsonLines() if as_json else _TextLines()
        self._file = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
        self._file.setFormatter(logging.Formatter("%(message)s"))

    def line(self, text: str) -> None:
        """A line of a child as it came; what names a person is taken out, should it not be yet."""
        if text:
            self._file.handle(_record(clean(text), logging.INFO))

    def say(self, text: str, level: int = logging.INFO) -> None:
        """A sentence for the person at the terminal and for the log."""
        click.echo(text, err=level >= logging.WARNING)
        self._file.handle(_record(self._own.format(_record(text, level)), level))

    def close(self) -> None:
        self._file.close()


class _TextLines(logging.Formatter):
    """As Prefect's lines, whatever zone the machine is in."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, SHANGHAI)
        return f"{at.strftime(_TIME)}.{at.microsecond // 1000:03d} | {record.levelname:<7} | {record.getMessage()}"


def child_environment(as_json: bool) -> dict[str, str]:
    """How Prefect in a child writes its lines, in the terms of its logging.yml."""
    if as_json:
        return {
            "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
            "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
            "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": "tasks.logs.JsonLines",
        }
    line = "%(asctime)s.%(msecs)03d | %(levelname)-7s | "
    return {
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
        "PREFECT_LOGGING_FORMATTERS_STANDARD_DATEFMT": _TIME,
        "PREFECT_LOGGING_FORMATTERS_STANDARD_FLOW_RUN_FMT": line + "运行“%(flow_run_name)s” - %(message)s",
        "PREFECT_LOGGING_FORMATTERS_STANDARD_TASK_RUN_FMT": line + "任务“%(task_run_name)s” - %(message)s",
    }


def _record(text: str, level: int) -> logging.LogRecord:
    return CleanRecord("selfeval.serve", level, "", 0, text, (), None)
