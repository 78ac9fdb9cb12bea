"""The public site: plain pages and data in a folder, the same bytes for the same results.

No request to another host, and nothing that needs the script of the index: it works from any web server,
from a folder on a disk and with scripts switched off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from documents import site_charts, site_data
from documents.personal_search import Found, personal_in, refusal_of
from documents.site_folder import SiteFile
from selfeval.figures import chinese_date, decimals, money, plain
from selfeval.pattern import Pattern
from selfeval.public_totals import PublicSum, PublicTotals
from selfeval.publication import Copy, DepartmentSection, Publication, UnitEntry, Unpublished
from selfeval.published_page import FundingRow, IndicatorRow
from selfeval.redaction import names_stand_in
from selfeval.refusal import Refusal
from selfeval.rollup.measures import MONEY

_CODE = Pattern(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}")
_SHOWN = (".html", ".css", ".js")
_OF_UNIT = Pattern(
    r"units/(?P<data>.+?)(?:-funding\.csv|-indicators\.csv|\.json)|files/(?P<copied>.+)-[0-9]+\.(?:docx|xlsx)"
)


def render_site(publication: Publication) -> Iterator[SiteFile]:
    """Every file of the site, one after the other: path and content.

    Raises Refusal before the first file when a code cannot be part of an address, and after the last one
    when files show personal data, with all of them.
    """
    _check_codes(publication)
    wrong: list[Found] = []
    for path, content, text in _files(publication):
        if text is None or names_stand_in(f"{path}\n{text}", publication.hidden):
            wrong += personal_in(path, content, publication.rules, publication.hidden)
        yield path, content
    if wrong:
        raise Refusal(refusal_of(wrong))


def content_files(publication: Publication) -> Iterator[SiteFile]:
    """What a person decides on: the files of the site that hold the results, without the pages that show them."""
    _check_codes(publication)
    yield from site_data.index_files(publication).items()
    for unit in publication.units:
        yield from unit_content_files(publication, unit)


def unit_content_files(publication: Publication, unit: UnitEntry) -> Iterator[SiteFile]:
    """Those of `content_files` that hold the results of one unit."""
    yield from site_data.unit_files(unit, publication.page(unit)).items()
    yield from ((path, copy.content) for path, copy in _copies(publication, unit))


def content_part(hashes: Mapping[str, str]) -> dict[str, str]:
    """Of the files of a whole site by path those of `content_files`."""
    return {path: digest for path, digest in hashes.items() if not path.endswith(_SHOWN)}


def unit_part(hashes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Of the files of a site by path those that hold the content of a unit, by its code."""
    found: dict[str, dict[str, str]] = {}
    for path, digest in content_part(hashes).items():
        if match := _OF_UNIT.fullmatch(path):
            found.setdefault(match["data"] or match["copied"], {})[path] = digest
    return found


def _check_codes(publication: Publication) -> None:
    for code in _codes(publication):
        if not _CODE.fullmatch(code):
            raise Refusal(f"预算编码“{code}”不能作为网页文件名，只能含字母、数字和连字符")


def _codes(publication: Publication) -> Iterator[str]:
    for department in publication.departments:
        yield department.code
        yield from (unit.code for unit in (*department.units, *department.withdrawn))


def _files(publication: Publication) -> Iterator[tuple[str, bytes, str | None]]:
    """Path and content of every file, and its text when it was searched before."""
    yield "index.html", _template("index.html", publication=publication), None
    yield "data.html", _template("data.html", publication=publication), None
    for name in ("style.css", "search.js"):
        yield name, _SOURCES.get_source(_ENVIRONMENT, name)[0].encode(), None
    for path, content in site_data.index_files(publication).items():
        yield path, content, None
    for department in publication.departments:
        page = _template("department.html", publication=publication, department=department)
        yield department_page_of(department.code), page, None
        for gone in department.withdrawn:
            page = _template("withdrawn.html", publication=publication, unit=gone)
            yield site_data.page_of(gone), page, None
        for unit in department.units:
            yield from _unit_files(publication, unit)


def _unit_files(publication: Publication, unit: UnitEntry) -> Iterator[tuple[str, bytes, str | None]]:
    page = publication.page(unit)
    data = site_data.unit_files(unit, page)
    listed = []
    for path, copy in _copies(publication, unit):
        listed.append((copy.title, copy.ending, path))
        yield path, copy.content, copy.text
    values = {"unit": unit, "page": page, "data": data, "copies": listed}
    yield site_data.page_of(unit), _template("unit.html", publication=publication, **values), None
    for path, content in data.items():
        yield path, content, None


def _copies(publication: Publication, unit: UnitEntry) -> Iterator[tuple[str, Copy]]:
    for number, copy in enumerate(publication.copies(unit), start=1):
        yield f"files/{unit.code}-{number}.{copy.ending}", copy


def department_page_of(code: str) -> str:
    """The path of a department's page within the site."""
    return f"departments/{code}.html"


def _filled(
    columns: Sequence[site_data.Column], rows: Sequence[FundingRow | IndicatorRow]
) -> list[site_data.Column]:
    """The columns in which any row says something: forms differ, and empty columns cost a phone its width."""
    return [column for column in columns if any(getattr(row, column.key) for row in rows)]


def _caption(department: DepartmentSection) -> str:
    """Who of a department is public; what there is none of is not counted."""
    counts = (
        ("公开", department.units),
        ("未公开", department.unpublished),
        ("已撤下", department.withdrawn),
    )
    said = "，".join(f"{word}{len(units)}个" for word, units in counts if units)
    return f"{department.name}及所属单位：{said}"


def _reasons(units: Iterable[Unpublished]) -> str:
    """Why units are not public, the most frequent reason first: 未报送2个，免报1个."""
    return "，".join(
        f"{state}{count}个" for state, count in Counter(unit.state for unit in units).most_common()
    )


def _grades(units: Iterable[UnitEntry]) -> list[str]:
    """The grades that occur, the best first."""
    return [bar.label for bar in site_charts.grade_bars(list(units))]


def _score(value: Decimal | None) -> str:
    """Two decimals, that a column can be compared; what was filed with more is not rounded."""
    if value is None:
        return "—"
    text = plain(value)
    return text if decimals(text) > 2 else f"{value:.2f}"


def _total(each: PublicSum) -> str:
    """Money as every table of the site shows it; people and areas as they are."""
    return money(each.total) if each.measure.unit == MONEY else f"{each.total.normalize():,f}"


def _by_group(totals: PublicTotals) -> list[tuple[str, list[PublicSum]]]:
    return [(group, list(sums)) for group, sums in groupby(totals.sums, key=lambda each: each.measure.group)]


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
    "money": money,
    "by_group": _by_group,
    "by_level1": site_charts.by_level1,
    "chinese_date": chinese_date,
    "rate_said": site_data.rate_said,
    "filled": _filled,
    "grades": _grades,
    "plain": plain,
    "reasons": _reasons,
    "score": _score,
    "total": _total,
}
_ENVIRONMENT.globals |= {
    "COLUMNS": {
        "units": site_data.UNITS,
        "totals": site_data.TOTALS,
        "funding": (*site_data.FORM, site_data.AMOUNT_UNIT, *site_data.FUNDING),
        "indicators": (*site_data.FORM, *site_data.INDICATORS),
    },
    "FILLS": {"solid": "#14406b", "outline": "#fff", "stripes": "url(#stripes)", "dots": "url(#dots)"},
    "FUNDING": site_data.FUNDING[1:],
    "INDICATORS": site_data.INDICATORS[3:],
    "caption_of": _caption,
    "charts": site_charts,
    "correction_words": site_data.correction_words,
    "withdrawal_words": site_data.withdrawal_words,
    "data_paths": site_data.data_paths,
    "department_page_of": department_page_of,
    "page_of": site_data.page_of,
}
