from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from documents.site import manifest, render_site, site_hash, verify_site, write_site
from selfeval.refusal import Refusal
from tests.selfeval import build
from tests.selfeval.test_publication import document, published, status


def county(**changes):
    """Two departments: a unit with both tables, one with a report alone, one missing, one returned."""
    statuses = [
        status("305", "accepted", tier=1, name="云溪县文化和旅游局"),
        status("305001", "published", name="云溪县图书馆"),
        status("305002", "missing", name="云溪县文化馆"),
        status("101", "returned", tier=1, department="101", name="云溪县林业局"),
    ]
    return published(statuses, {"305": document(build.project_form()), "305001": document()}, **changes)


class Page(HTMLParser):
    """Tags with their attributes, cell texts by row, and the text of a page."""

    VOID = ("meta", "link", "br")

    def __init__(self, content: bytes):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(content.decode())
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def test_the_index_lists_every_unit_with_its_scores_or_with_the_state_it_is_in():
    page = Page(render_site(county())["index.html"])
    assert ["云溪县图书馆", "99.23", "99.23", "优"] in [[c.strip() for c in row] for row in page.rows]
    assert ["云溪县文化和旅游局", "—", "—", "未评定"] in page.rows
    assert ["云溪县文化馆", "未公开（未报送）"] in page.rows
    assert ["云溪县林业局", "未公开（退回修改）"] in page.rows
    assert "公开2个单位的自评结果，2个单位未公开" in page.text


def test_a_unit_page_shows_every_cell_of_its_tables():
    page = Page(render_site(county())["units/305001.html"])
    assert ["年度资金总额", "812.40", "846.20", "823.35", "10", "97.30%", "9.73", "9.73"] in page.rows
    row = next(row for row in page.rows if "举办阅读活动" in row)
    assert row[:6] == ["数量指标", "举办阅读活动", "60场", "57场", "10", "9.5"]
    assert row[-1] == "汛期停办三场，已列入次年计划补办"
    assert ["产出指标"] in page.rows
    assert "2025年度项目支出绩效自评表：馆藏图书采购" in page.text


def test_a_unit_that_filed_only_a_report_has_a_page_that_says_so():
    site = render_site(published([status("305001", "accepted")], {"305001": {"files": []}}))
    assert "该单位以自评报告形式报送" in Page(site["units/305001.html"]).text


@pytest.mark.parametrize("path", ["index.html", "units/305001.html"])
def test_pages_are_accessible_and_ask_no_other_host(path):
    site = render_site(county())
    page = Page(site[path])
    assert page.all("html") == [{"lang": "zh-CN"}]
    assert len(page.all("h1")) == 1
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert all(cell["scope"] in ("col", "row", "rowgroup") for cell in page.all("th"))
    assert not {"script", "img", "iframe", "form", "object"} & {tag for tag, _ in page.tags}
    links = [attrs["href"] for tag in ("a", "link") for attrs in page.all(tag)]
    folder = path.rpartition("/")[0]
    for link in links:
        target = link.removeprefix("../") if link.startswith("../") else f"{folder}/{link}".lstrip("/")
        assert target in site
    assert b"url(" not in site["style.css"]
    assert b"@import" not in site["style.css"]


def test_the_data_files_say_the_same_as_the_index():
    site = render_site(county())
    data = json.loads(site["index.json"])
    by_code = {unit["code"]: unit for unit in data["units"]}
    assert by_code["305001"]["recomputed_score"] == "99.23"
    assert by_code["305001"]["page"] in site
    assert by_code["305002"] == {
        "code": "305002",
        "name": "云溪县文化馆",
        "department": "云溪县部门305",
        "state": "未报送",
        "reported_score": None,
        "recomputed_score": None,
        "grade": None,
        "page": None,
    }
    rows = list(csv.DictReader(io.StringIO(site["index.csv"].decode("utf-8-sig"))))
    assert site["index.csv"].startswith(b"\xef\xbb\xbf")
    assert {row["预算编码"]: row["复算得分"] for row in rows} == {
        code: unit["recomputed_score"] or "" for code, unit in by_code.items()
    }


def test_the_same_results_give_the_same_bytes_and_another_result_another_hash():
    one, two = render_site(county()), render_site(county())
    assert one == two
    changed = render_site(county(bureau="云溪县财政局绩效科"))
    assert site_hash(manifest(one)) == site_hash(manifest(two)) != site_hash(manifest(changed))


def test_a_name_with_markup_stays_text():
    evil = '<script>alert("x")</script>'
    site = render_site(published([status("305001", "accepted", name=evil)], {"305001": document()}))
    for path in ("index.html", "units/305001.html"):
        page = Page(site[path])
        assert evil in page.text
        assert page.all("script") == []


def test_a_code_that_would_leave_the_folder_is_refused():
    with pytest.raises(Refusal, match="预算编码"):
        render_site(published([status("../x", "accepted")], {"../x": document()}))


def test_personal_data_that_reached_a_page_stops_the_publication():
    with pytest.raises(Refusal, match=r"仍有个人信息.*units/305001\.html（手机号：19\*+4"):
        render_site(published([status("305001", "accepted", name="单位19900001234")], {"305001": document()}))


def test_a_site_is_written_read_back_and_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "公开" / "2025"
    folder.parent.mkdir()
    first, second = county(), published([status("305001", "accepted")], {"305001": document()})
    paths = write_site(first, folder)
    assert set(paths) == {
        "index.html",
        "index.json",
        "index.csv",
        "style.css",
        "units/305.html",
        "units/305001.html",
    }
    hashes = manifest(render_site(first))
    assert verify_site(folder, hashes) == site_hash(hashes)
    write_site(second, folder)
    assert not (folder / "units/305.html").exists()
    assert verify_site(folder, manifest(render_site(second)))
    assert [path.name for path in folder.parent.iterdir()] == ["2025"]


def test_reading_back_names_what_is_missing_changed_and_added(tmp_path):
    folder = tmp_path / "site"
    write_site(county(), folder)
    (folder / "units/305.html").unlink()
    (folder / "index.csv").write_bytes(b"x")
    (folder / "extra.html").write_bytes(b"x")
    with pytest.raises(Refusal) as refusal:
        verify_site(folder, manifest(render_site(county())))
    assert "缺少：units/305.html；多出：extra.html；内容不一致：index.csv" in str(refusal.value)


def test_a_crash_between_the_two_renames_is_mended_by_the_next_call(tmp_path):
    folder = tmp_path / "site"
    write_site(county(), folder)
    folder.rename(tmp_path / "site.old")
    (tmp_path / "site.new").mkdir()
    (tmp_path / "site.new" / "half").write_bytes(b"x")
    write_site(county(), folder)
    assert verify_site(folder, manifest(render_site(county())))
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_refused_publication_leaves_the_old_site_standing(tmp_path):
    folder = tmp_path / "site"
    write_site(county(), folder)
    with pytest.raises(Refusal):
        write_site(published([status("../x", "accepted")], {"../x": document()}), folder)
    assert verify_site(folder, manifest(render_site(county())))


def test_a_folder_with_other_content_is_not_replaced(tmp_path):
    (tmp_path / "年终总结.docx").write_bytes(b"x")
    with pytest.raises(Refusal, match="有其他内容"):
        write_site(county(), tmp_path)
    assert (tmp_path / "年终总结.docx").read_bytes() == b"x"


def test_a_two_column_form_shows_its_amounts_and_no_empty_columns():
    form = build.department_form()
    lines = tuple(
        replace(row, amount=row.executed, initial_budget=None, adjusted_budget=None, executed=None)
        if row.score is None or not row.score
        else row
        for row in form.funding
    )
    site = render_site(
        published([status("305001", "accepted")], {"305001": document(replace(form, funding=lines))})
    )
    rows = Page(site["units/305001.html"]).rows
    assert next(row for row in rows if "金额" in row)[:5] == [
        "项目",
        "年初预算数",
        "全年预算数",
        "全年执行数",
        "金额",
    ]
    assert next(row for row in rows if "其他资金" in row)[:5] == ["其他资金", "", "", "", "27.00"]
