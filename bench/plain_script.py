"""What an administrator would write with python-docx, openpyxl and pandas to get the same work done.

    python -m bench.plain_script INBOX RESULTS

Every form of every file is read and recomputed: rates, fund sums, sums of weights and scores, scores above their
weight; what a report says of the execution rate is held against the form. Each unit gets an opinion in Word with
every line, its score, what it lost and what is wrong; departments and the bureau are added up in a workbook.

The idioms are those of the libraries' own first pages (`row.cells`, `iter_rows(values_only=True)`,
`add_row().cells`), nothing is read twice, nothing waits. What selfeval does beyond it - some two hundred rules,
scores by policy, mails, comments in the unit's own file, a database that survives a crash - is not asked of it.
Prints its processor and wall seconds, imports aside.
"""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import docx
import openpyxl
import pandas

_RATE = re.compile(r"预算执行率[为达到]*\s*(\d+(?:\.\d+)?)\s*[%％]")
_PARTS = (
    ("按收入性质分", 4),
    ("按支出性质分", 2),
    ("年度资金总额", 3),
)  # a line and how many follow that make it up


@dataclass
class Form:
    """One form: its figures, its indicators (name, target, actual, weight, score), what is wrong with it."""

    title: str
    funds: list[tuple[str, list[float | None]]] = field(default_factory=list)
    lines: list[tuple[str, str, str, float, float]] = field(default_factory=list)
    total: float | None = None
    wrong: list[str] = field(default_factory=list)


def texts(value: object) -> str:
    return "" if value is None else str(value).strip()


def number(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    text = texts(value).replace(",", "")
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None


def tables_of(path: Path) -> tuple[list[tuple[str, list[list[object]]]], str]:
    """Every table or sheet as a title and rows, and the text around them."""
    if path.suffix == ".docx":
        document = docx.Document(path)
        tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
        said = "\n".join(paragraph.text for paragraph in document.paragraphs)
        return [(f"表{at}", rows) for at, rows in enumerate(tables, start=1)], said
    book = openpyxl.load_workbook(path, data_only=True)
    return [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book], ""


def form_of(title: str, rows: list[list[object]]) -> Form | None:
    """A form where a table has a line of funds and a total score."""
    form, columns = Form(title), None
    for row in rows:
        heads = [texts(value).replace("\n", "") for value in row]
        label = next((text for text in heads[1:] if text), "")
        if "三级指标" in heads:
            columns = [heads.index(name) for name in ("三级指标", "年度指标值", "实际完成值", "分值", "得分")]
        elif "总分" in heads:
            form.total = number(row[-2])
        elif columns:
            name, target, actual, weight, score = (row[column] for column in columns)
            if number(weight) is not None:
                form.lines.append(
                    (texts(name), texts(target), texts(actual), number(weight), number(score) or 0.0)
                )
        elif form.funds or label == "年度资金总额":
            form.funds.append((label, [number(value) for value in row[3:]]))
    return form if form.funds and form.total is not None else None


def check(form: Form) -> None:
    """Recompute whatever the form itself allows."""
    _, (_, adjusted, executed, weight, rate, score, *_) = form.funds[0]
    if adjusted and executed is not None:
        if executed > adjusted:
            form.wrong.append(f"全年执行数{executed}大于全年预算数{adjusted}")
        if rate is not None and abs(executed / adjusted - rate) > 0.0001:
            form.wrong.append(f"执行率应为{executed / adjusted:.2%}，填报{rate:.2%}")
        if weight and score is not None and abs(min(executed / adjusted, 1) * weight - score) > 0.011:
            form.wrong.append(f"执行率得分应为{executed / adjusted * weight:.2f}，填报{score}")
    for at, (label, values) in enumerate(form.funds):
        for head, count in _PARTS:
            parts = form.funds[at + 1 : at + 1 + count]
            if head in label and len(parts) == count and not any("按" in part for part, _ in parts):
                for column, whole in enumerate(values[:3]):
                    added = sum(part[column] or 0 for _, part in parts)
                    if whole is not None and abs(added - whole) > 0.011:
                        form.wrong.append(f"{label.strip()}：各项相加{added:.2f}，填报{whole}")
    for name, _, _, most, got in form.lines:
        if got > most:
            form.wrong.append(f"{name}：得分{got}大于分值{most}")
    weights = sum(line[3] for line in form.lines) + (weight or 0)
    scores = sum(line[4] for line in form.lines) + (score or 0)
    if abs(weights - 100) > 0.01:
        form.wrong.append(f"分值合计{weights:g}，应为100")
    if abs(scores - form.total) > 0.011:
        form.wrong.append(f"得分合计{scores:.2f}，填报总分{form.total}")


def compare(forms: list[Form], said: str) -> None:
    """The execution rate of the report beside those of the forms."""
    rates = [values[4] for form in forms for _, values in form.funds[:1] if values[4] is not None]
    for found in _RATE.findall(said):
        if rates and min(abs(float(found) / 100 - rate) for rate in rates) > 0.0001:
            forms[0].wrong.append(f"报告称预算执行率{found}%，与自评表不符")


def write_opinion(unit: str, forms: list[Form], path: Path) -> None:
    """The opinion of a unit: every line of every form, what it lost, what is wrong."""
    document = docx.Document()
    document.add_heading(f"{unit}绩效自评审核意见", 0)
    for form in forms:
        document.add_heading(f"{form.title}：总分{form.total}", level=1)
        table = document.add_table(rows=1, cols=6)
        table.style = "Table Grid"
        for cell, head in zip(
            table.rows[0].cells, ("指标", "指标值", "完成值", "分值", "得分", "扣分"), strict=True
        ):
            cell.text = head
        for line in form.lines:
            cells = table.add_row().cells
            for cell, value in zip(cells, (*line, line[3] - line[4]), strict=True):
                cell.text = value if isinstance(value, str) else f"{value:g}"
        for wrong in form.wrong or ["未发现问题"]:
            document.add_paragraph(wrong, style="List Bullet")
    document.save(path)


def work(inbox: Path, results: Path) -> int:
    """The number of forms judged."""
    results.mkdir(parents=True, exist_ok=True)
    units, lost, wrong = [], [], []
    for folder in sorted(each for each in inbox.iterdir() if each.is_dir()):
        forms, said = [], ""
        for path in sorted(folder.iterdir()):
            tables, text = tables_of(path)
            said += text
            forms += [form for title, rows in tables if (form := form_of(title, rows))]
        if not forms:
            continue
        for form in forms:
            check(form)
        compare(forms, said)
        write_opinion(folder.name, forms, results / f"{folder.name}.docx")
        for form in forms:
            whole = form.funds[0][1]
            units.append((folder.name, folder.name[:3], form.title, *whole[:3], form.total, len(form.wrong)))
            lost += [
                (folder.name, form.title, *line, line[3] - line[4])
                for line in form.lines
                if line[4] < line[3]
            ]
            wrong += [(folder.name, form.title, each) for each in form.wrong]
    head = ["单位", "部门", "表", "年初预算数", "全年预算数", "全年执行数", "总分", "问题"]
    table = pandas.DataFrame(units, columns=head)
    # The first form of a unit is on all its money; those of its projects repeat parts of it.
    departments = table.drop_duplicates("单位").groupby("部门")[head[3:6]].sum()
    departments["执行率"] = departments["全年执行数"] / departments["全年预算数"]
    departments["平均分"] = table.groupby("部门")["总分"].mean()
    with pandas.ExcelWriter(results / "汇总.xlsx") as book:
        departments.to_excel(book, sheet_name="部门")
        table.to_excel(book, sheet_name="单位", index=False)
        pandas.DataFrame(lost).to_excel(book, sheet_name="扣分", index=False)
        pandas.DataFrame(wrong).to_excel(book, sheet_name="问题", index=False)
    return len(units)


def main() -> None:
    begun, used = time.perf_counter(), time.process_time()
    forms = work(Path(sys.argv[1]), Path(sys.argv[2]))
    wall, spent = time.perf_counter() - begun, time.process_time() - used
    print(json.dumps({"wall": wall, "processor": spent, "idle_wall": spent, "forms": forms}))  # noqa: T201


if __name__ == "__main__":
    main()
