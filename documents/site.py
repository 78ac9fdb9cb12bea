"""The public site: plain pages and data in a folder, the same bytes for the same results.

No request to another host, and nothing that needs the script of the index: it works from any web server,
from a folder on a disk and with scripts switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from documents import site_charts, site_data
from documents.personal_search import Found, personal_in, refusal_of
from documents.site_folder import SiteFile
from selfeval.figures import plain
from selfeval.pattern import Pattern
from selfeval.publication import Copy, Publication, UnitEntry
from selfeval.published_page import FundingRow, IndicatorRow
from selfeval.refusal import Refusal

_CODE = Pattern(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}")


def render_site(publication: Publication) -> Iterator[SiteFile]:
    """Every file of the site, one after the other: path and content.

    Raises Refusal before the first file when a code cannot be part of an address, and after the last one
    when files show personal data, with all of them.
    """
    for code in _codes(publication):
        if not _CODE.fullmatch(code):
            raise Refusal(f"预算编码“{code}”不能作为网页文件名，只能含字母、数字和连字符")
    wrong: list[Found] = []
    for path, content in _files(publication):
        wrong += personal_in(path, content, publication.rules, publication.hidden)
        yield path, content
    if wrong:
        raise Refusal(refusal_of(wrong))


def _codes(publication: Publication) -> Iterator[str]:
    for department in publication.departments:
        yield department.code
        yield from (unit.code for unit in (*department.units, *department.withdrawn))


def _files(publication: Publication) -> Iterator[SiteFile]:
    yield "index.html", _template("index.html", publication=publication)
    yield "data.html", _template("data.html", publication=publication)
    for name in ("style.css", "search.js"):
        yield name, _SOURCES.get_source(_ENVIRONMENT, name)[0].encode()
    yield from site_data.index_files(publication).items()
    for department in publication.departments:
        page = _template("department.html", publication=publication, department=department)
        yield department_page_of(department.code), page
        for gone in department.withdrawn:
            yield site_data.page_of(gone), _template("withdrawn.html", publication=publication, unit=gone)
        for unit in department.units:
            yield from _unit_files(publication, unit, publication.copies(unit))


def _unit_files(publication: Publication, unit: UnitEntry, copies: Iterable[Copy]) -> Iterator[SiteFile]:
    page = publication.page(unit)
    data = site_data.unit_files(unit, page)
    paths = []
    for number, copy in enumerate(copies, start=1):
        path = f"files/{unit.code}-{number}.{copy.ending}"
        paths.append((copy.title, copy.ending, path))
        yield path, copy.content
    values = {"unit": unit, "page": page, "data": data, "copies": paths}
    yield site_data.page_of(unit), _template("unit.html", publication=publication, **values)
    yield from data.items()


def department_page_of(code: str) -> str:
    """The path of a department's page within the site."""
    return f"departments/{code}.html"


def _filled(
    columns: Sequence[site_data.Column], rows: Sequence[FundingRow | IndicatorRow]
) -> list[site_data.Column]:
    """The columns in which any row says something: forms differ, and empty columns cost a phone its width."""
    return [column for column in columns if any(getattr(row, column.key) for row in rows)]


def _grades(units: Iterable[UnitEntry]) -> list[str]:
    """The grades that occur, the best first."""
    return [bar.label for bar in site_charts.grade_bars(list(units))]


def _chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _amount(value: Any) -> str:
    return f"{value:,f}"


def _template(name: str, **values: Any) -> bytes:
    return _ENVIRONMENT.get_template(name).render(values).encode()


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
    "amount": _amount,
    "by_level1": site_charts.by_level1,
    "chinese_date": _chinese_date,
    "filled": _filled,
    "grades": _grades,
    "plain": plain,
}
_ENVIRONMENT.globals |= {
    "COLUMNS": {
        "units": site_data.UNITS,
        "funding": (*site_data.FORM, site_data.AMOUNT_UNIT, *site_data.FUNDING),
        "indicators": (*site_data.FORM, *site_data.INDICATORS),
    },
    "FILLS": {"solid": "#14406b", "outline": "#fff", "stripes": "url(#stripes)", "dots": "url(#dots)"},
    "FUNDING": site_data.FUNDING[1:],
    "INDICATORS": site_data.INDICATORS[3:],
    "charts": site_charts,
    "data_paths": site_data.data_paths,
    "department_page_of": department_page_of,
    "page_of": site_data.page_of,
}
