"""The public site: plain pages and data in a folder, the same bytes for the same results.

No script, no request to another host: it works from any web server and from a folder on a disk.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from selfeval.figures import plain
from selfeval.pattern import Pattern
from selfeval.publication import DepartmentSection, FundingRow, IndicatorRow, Publication, UnitPage
from selfeval.redaction import leftovers
from selfeval.refusal import Refusal

_CODE = Pattern(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}")
_TAG = Pattern(r"<[^>]*>")
_MARK = "index.json"  # a folder without it was not written here and is not replaced


def render_site(publication: Publication) -> dict[str, bytes]:
    """Every file of the site by its path, in order of the paths.

    Raises Refusal when a page would show personal data or a unit's code cannot be part of an address.
    """
    pages = {"index.html": _template("index.html", publication=publication)}
    for unit in publication.units:
        if not _CODE.fullmatch(unit.code):
            raise Refusal(f"预算编码“{unit.code}”不能作为网页文件名，只能含字母、数字和连字符")
        pages[page_of(unit)] = _template("unit.html", publication=publication, unit=unit)
    _refuse_personal_data(pages)
    files = {path: text.encode() for path, text in pages.items()}
    files["style.css"] = _SOURCES.get_source(_ENVIRONMENT, "style.css")[0].encode()
    files["index.json"] = _as_json(publication)
    files["index.csv"] = _as_csv(publication)
    return dict(sorted(files.items()))


def page_of(unit: UnitPage) -> str:
    """The path of a unit's page within the site."""
    return f"units/{unit.code}.html"


def manifest(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of every file by path: what verify_site() compares with."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}


def site_hash(hashes: Mapping[str, str]) -> str:
    """One hash for a whole site: what is decided on, and what the read-back has to give again."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def write_site(publication: Publication, folder: Path) -> tuple[str, ...]:
    """Write the site and switch it in; the paths written, relative to `folder`.

    The new site is complete beside the old one before two renames exchange them (a rename over a
    folder does not exist on Windows). After a crash between the two the next call puts the old one
    back first. Raises Refusal when the folder holds something else than a site.
    """
    files = render_site(publication)
    folder = folder.absolute()
    fresh, former = (folder.with_name(f"{folder.name}.{state}") for state in ("new", "old"))
    if former.exists() and not folder.exists():
        former.rename(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise Refusal(f"文件夹 {folder} 里有其他内容，不能用作公开网站的文件夹")
    for leftover in (fresh, former):
        if leftover.exists():
            shutil.rmtree(leftover)
    for path, content in files.items():
        target = fresh / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if folder.exists():
        folder.rename(former)
    fresh.rename(folder)
    if former.exists():
        shutil.rmtree(former)
    return tuple(files)


def verify_site(folder: Path, expected: Mapping[str, str]) -> str:
    """Read the folder back and return its site hash.

    Raises Refusal that names every missing, changed and additional file when it is not as expected.
    """
    found = manifest(
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
    )
    wrong = [
        f"{reason}：{'、'.join(sorted(paths))}"
        for reason, paths in (
            ("缺少", expected.keys() - found.keys()),
            ("多出", found.keys() - expected.keys()),
            (
                "内容不一致",
                {path for path in expected.keys() & found.keys() if expected[path] != found[path]},
            ),
        )
        if paths
    ]
    if wrong:
        raise Refusal(f"公开网站 {folder} 读回核对不符：{'；'.join(wrong)}")
    return site_hash(found)


def _refuse_personal_data(pages: Mapping[str, str]) -> None:
    wrong = [
        f"{path}（{'，'.join(found)}）"
        for path, text in pages.items()
        if (found := leftovers(_TAG.sub("\n", text)))
    ]
    if wrong:
        raise Refusal(f"网页中仍有个人信息，不能公开：{'；'.join(wrong)}")


def _rows(publication: Publication) -> list[dict[str, Any]]:
    """One row per unit of the roster, published or not."""
    rows = []
    for department in publication.departments:
        rows += [_published_row(department, unit) for unit in department.units]
        rows += [
            {
                "code": unit.code,
                "name": unit.name,
                "department": department.name,
                "state": unit.state,
                "reported_score": None,
                "recomputed_score": None,
                "grade": None,
                "page": None,
            }
            for unit in department.unpublished
        ]
    return rows


def _published_row(department: DepartmentSection, unit: UnitPage) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "department": department.name,
        "state": "已公开",
        "reported_score": None if unit.reported_score is None else plain(unit.reported_score),
        "recomputed_score": None if unit.recomputed_score is None else plain(unit.recomputed_score),
        "grade": unit.grade,
        "page": page_of(unit),
    }


def _as_json(publication: Publication) -> bytes:
    data = {
        "bureau": publication.bureau,
        "year": publication.year,
        "document_number": publication.document_number,
        "as_of": publication.as_of.isoformat(),
        "units": _rows(publication),
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


_COLUMNS = {
    "code": "预算编码",
    "name": "单位名称",
    "department": "主管部门",
    "state": "状态",
    "reported_score": "自评得分",
    "recomputed_score": "复算得分",
    "grade": "等级",
    "page": "网页",
}


def _as_csv(publication: Publication) -> bytes:
    """For spreadsheets: Excel recognises UTF-8 by the mark at its start."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS.values())
    writer.writerows(["" if row[key] is None else row[key] for key in _COLUMNS] for row in _rows(publication))
    return text.getvalue().encode("utf-8-sig")


def _by_level1(rows: tuple[IndicatorRow, ...]) -> list[tuple[str, list[IndicatorRow]]]:
    return [(level1, list(group)) for level1, group in groupby(rows, key=lambda row: row.level1)]


def _filled(columns: Mapping[str, str], rows: Sequence[FundingRow | IndicatorRow]) -> dict[str, str]:
    """The columns in which any row says something: forms differ, and empty columns cost a phone its width."""
    return {key: label for key, label in columns.items() if any(getattr(row, key) for row in rows)}


def _chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _template(name: str, **values: Any) -> str:
    return _ENVIRONMENT.get_template(name).render(values)


_FUNDING_COLUMNS = {
    "initial_budget": "年初预算数",
    "adjusted_budget": "全年预算数",
    "executed": "全年执行数",
    "amount": "金额",
    "weight": "分值",
    "execution_rate": "执行率",
    "score": "得分",
    "recomputed_score": "复算得分",
}
_INDICATOR_COLUMNS = {
    "target": "年度指标值",
    "actual": "实际完成值",
    "weight": "分值",
    "score": "得分",
    "recomputed_score": "复算得分",
    "deviation_note": "偏差原因分析及改进措施",
}

_SOURCES = PackageLoader("documents", "templates/site")
_ENVIRONMENT = Environment(
    loader=_SOURCES,
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters |= {
    "by_level1": _by_level1,
    "chinese_date": _chinese_date,
    "plain": plain,
    "filled": _filled,
}
_ENVIRONMENT.globals |= {"FUNDING": _FUNDING_COLUMNS, "INDICATORS": _INDICATOR_COLUMNS, "page_of": page_of}
