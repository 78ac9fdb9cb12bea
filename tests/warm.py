"""What is imported or reckoned only when it is used, done beforehand for processes that are forked (tests/forked.py)."""

from __future__ import annotations

from datetime import date
from importlib import import_module

from selfeval.workdays import Workdays
from tests.tasks.flow_cases import ENTRYPOINTS

for _module in (
    *(entrypoint.rpartition(".")[0] for entrypoint in ENTRYPOINTS.values()),
    "documents.display",
    "documents.redacted_clean",
    "documents.redacted_excel",
    "documents.redacted_word",
    "documents.results_bulletin",
    "documents.workbook",
    "fsspec.implementations.local",
    "openpyxl.packaging.extended",
    "pandas",
    "rich._emoji_codes",
):
    import_module(_module)
for _year in (2025, 2026):
    Workdays().is_working_day(date(_year, 3, 2))
