"""What an administrator would write: every file opened with python-docx or openpyxl, a table with pandas.

    python -m bench.plain_script FOLDER RESULT.xlsx

It looks for the line 年度资金总额 and the total score in every table, compares executed with budget and adds up
by department; no findings by place, no mails, no record. Prints its processor and wall seconds, imports aside.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import docx
import openpyxl
import pandas


def rows_of(path: Path) -> list[list[list[str]]]:
    """Every table as rows of texts."""
    if path.suffix == ".docx":
        return [
            [[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(path).tables
        ]
    book = openpyxl.load_workbook(path, data_only=True)
    return [
        [[str(sheet.cell(row, column).value or "") for column in range(1, sheet.max_column + 1)]
         for row in range(1, sheet.max_row + 1)]
        for sheet in book
    ]  # fmt: skip


def number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def entries(path: Path) -> list[dict[str, object]]:
    found = []
    for table in rows_of(path):
        entry: dict[str, object] = {"unit": path.parent.name, "department": path.parent.name[:3]}
        for row in table:
            label = "".join(row).replace("\n", "")
            figures = [value for value in map(number, row) if value is not None]
            if "年度资金总额" in label and len(figures) >= 3:
                entry |= dict(zip(("budget", "adjusted", "executed"), figures, strict=False))
                entry["over"] = figures[2] > figures[1]
            if "总分" in label and figures:
                entry["score"] = figures[-1]
        if "executed" in entry:
            found.append(entry)
    return found


def main() -> None:
    folder, result = Path(sys.argv[1]), Path(sys.argv[2])
    begun, used = time.perf_counter(), time.process_time()
    units = pandas.DataFrame([each for path in sorted(folder.rglob("*.*")) for each in entries(path)])
    departments = units.groupby("department")[["budget", "adjusted", "executed"]].sum()
    with pandas.ExcelWriter(result) as book:
        units.to_excel(book, sheet_name="单位")
        departments.to_excel(book, sheet_name="部门")
    wall, spent = time.perf_counter() - begun, time.process_time() - used
    print(json.dumps({"wall": wall, "processor": spent, "idle_wall": spent, "forms": len(units)}))  # noqa: T201


if __name__ == "__main__":
    main()
