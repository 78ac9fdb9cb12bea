from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest

import documents.site
from documents.redacted import redacted_copy
from documents.site import content_files, content_part, unit_part
from documents.site_data import rate_said
from documents.site_folder import hashes_at, manifest, site_hash
from selfeval.publication import Copy
from selfeval.redaction import STANDARD
from selfeval.refusal import Refusal
from tests.documents.builders import word
from tests.documents.public_site import Page, county, files_of, hashes_of, write_site
from tests.selfeval import build
from tests.selfeval.test_publication import document, published, status


def test_the_index_lists_every_unit_with_its_scores_or_with_the_state_it_is_in():
    page = Page(files_of(county())["index.html"])
    assert ["云溪县图书馆", "99.23", "99.23", "优"] in [[c.strip() for c in row] for row in page.rows]
    assert ["云溪县文化和旅游局", "—", "—", "未评定"] in page.rows
    assert ["云溪县文化馆", "未公开（未报送）"] in page.rows
    assert ["云溪县林业局", "未公开（退回修改）"] in page.rows
    assert "公开2个单位的自评结果，2个单位未公开（退回修改1个，未报送1个）" in page.text


def test_a_unit_page_shows_every_cell_of_its_tables():
    page = Page(files_of(county())["units/305001.html"])
    assert ["年度资金总额", "812.40", "846.20", "823.35", "10", "97.30%", "9.73", "9.73"] in page.rows
    row = next(row for row in page.rows if "举办阅读活动" in row)
    assert row[:6] == ["数量指标", "举办阅读活动", "60场", "57场", "10", "9.5"]
    assert row[-1] == "汛期停办三场，已列入次年计划补办"
    assert ["产出指标"] in page.rows
    assert "2025年度项目支出绩效自评表：馆藏图书采购" in page.text


def test_a_unit_that_filed_only_a_report_has_a_page_that_says_so():
    site = files_of(published([status("305001", "accepted")], {"305001": {"files": []}}))
    assert "该单位以自评报告形式报送" in Page(site["units/305001.html"]).text


@pytest.mark.parametrize("path", ["index.html", "data.html", "departments/305.html", "units/305001.html"])
def test_pages_are_accessible_and_ask_no_other_host(path):
    site = files_of(county())
    page = Page(site[path])
    assert page.all("html") == [{"lang": "zh-CN"}]
    assert len(page.all("h1")) == 1
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert all(cell["scope"] in ("col", "row", "rowgroup") for cell in page.all("th"))
    assert not {"img", "iframe", "object"} & {tag for tag, _ in page.tags}
    links = [attrs["href"] for tag in ("a", "link") for attrs in page.all(tag) if attrs["href"] != "#main"]
    links += [attrs["src"] for attrs in page.all("script")]
    folder = path.rpartition("/")[0]
    for link in links:
        target = link.removeprefix("../") if link.startswith("../") else f"{folder}/{link}".lstrip("/")
        assert target in site
    assert b"url(" not in site["style.css"]
    assert b"@import" not in site["style.css"]


def test_the_data_files_say_the_same_as_the_index():
    site = files_of(county())
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
        "recheck_score": None,
        "grade": None,
        "page": None,
        "department_code": "305",
        "initial_budget": None,
        "adjusted_budget": None,
        "executed": None,
        "note": None,
    }
    rows = list(csv.DictReader(io.StringIO(site["index.csv"].decode("utf-8-sig"))))
    assert site["index.csv"].startswith(b"\xef\xbb\xbf")
    assert {row["预算编码"]: row["复算得分"] for row in rows} == {
        code: unit["recomputed_score"] or "" for code, unit in by_code.items()
    }


def test_the_same_results_give_the_same_bytes_and_another_result_another_hash():
    one, two = files_of(county()), files_of(county())
    assert one == two
    changed = files_of(county(bureau="云溪县财政局绩效科"))
    assert (
        site_hash(manifest(one.items()))
        == site_hash(manifest(two.items()))
        != site_hash(manifest(changed.items()))
    )


def test_a_name_with_markup_stays_text():
    evil = '<script>alert("x")</script>'
    site = files_of(published([status("305001", "accepted", name=evil)], {"305001": document()}))
    for path in ("index.html", "units/305001.html"):
        page = Page(site[path])
        assert evil in page.text
        assert not [attrs for attrs in page.all("script") if attrs.get("src") != "search.js"]


def test_a_code_that_would_leave_the_folder_is_refused():
    with pytest.raises(Refusal, match="预算编码"):
        files_of(published([status("../x", "accepted")], {"../x": document()}))


def test_personal_data_that_reached_a_page_stops_the_publication():
    with pytest.raises(Refusal, match=r"仍有个人信息.*units/305001\.html（第\d+行）：手机号 19\*+4"):
        files_of(published([status("305001", "accepted", name="单位19900001234")], {"305001": document()}))


def test_a_change_is_said_as_growth_or_fall_and_a_rate_as_it_is():
    assert rate_said("三公经费比上年增减", Decimal("-0.1594")) == "三公经费比上年下降15.94%"
    assert rate_said("全年预算比年初增减", Decimal("0.0243")) == "全年预算比年初增长2.43%"
    assert rate_said("全年预算比年初增减", Decimal(0)) == "全年预算比年初没有增减"
    assert rate_said("执行率", Decimal("0.955")) == "执行率95.50%"
    # Half up like the workbook and the papers: 12.345 is no 12.34.
    assert rate_said("执行率", Decimal("0.12345")) == "执行率12.35%"


def test_a_refused_publication_leaves_the_old_site_standing(tmp_path):
    folder = tmp_path / "site"
    write_site(county(), folder)
    with pytest.raises(Refusal):
        write_site(published([status("../x", "accepted")], {"../x": document()}), folder)
    assert hashes_at(folder, ()) == hashes_of(county())


def test_a_new_result_of_one_unit_rewrites_its_files_and_the_lists_it_stands_in(tmp_path):
    folder = tmp_path / "site"
    units = [
        status("305001", "accepted"),
        status("305002", "accepted"),
        status("101", "accepted", department="101"),
    ]
    documents = {code: document() for code in ("305001", "305002", "101")}
    write_site(published(units, documents), folder)
    assert write_site(published(units, documents), folder) == ()
    form = build.with_row(build.department_form(), "举办阅读活动", actual="58场")
    changed = published(units, documents | {"305001": document(form, build.project_form())})
    assert set(write_site(changed, folder)) == {
        "units/305001.html",
        "units/305001.json",
        "units/305001-indicators.csv",
        "departments/305.html",
        "index.html",
        "index.json",
        "index.csv",
    }
    assert "58场" in (folder / "units/305001.html").read_text(encoding="utf-8")
    assert hashes_at(folder, ()) == hashes_of(changed)


def test_redacted_copies_stand_beside_the_page_and_are_linked_from_it():
    copy = redacted_copy("自评表.docx", word("填表人：张三"), STANDARD, ()).content
    site = files_of(
        replace(county(), copies=lambda unit: [Copy("自评表", "docx", copy)] if unit.code == "305" else [])
    )
    assert site["files/305-1.docx"] == copy
    links = [attrs["href"] for attrs in Page(site["units/305.html"]).all("a")]
    assert "../files/305-1.docx" in links
    assert "files/305001-1.docx" not in site


def test_a_copy_that_still_names_a_person_stops_the_publication():
    original = Copy("自评表", "docx", word("填表人：张三"))
    with pytest.raises(Refusal, match=r"files/305-1\.docx（正文第1段）：姓名 张\*"):
        files_of(replace(county(), copies=lambda unit: [original] if unit.code == "305" else []))


def test_the_data_of_a_unit_say_what_its_page_shows_and_the_dictionary_names_every_column():
    site = files_of(county())
    indicators = list(csv.DictReader(io.StringIO(site["units/305001-indicators.csv"].decode("utf-8-sig"))))
    row = next(row for row in indicators if row["三级指标"] == "举办阅读活动")
    assert (row["预算编码"], row["实际完成值"], row["得分"]) == ("305001", "57场", "9.5")
    funding = list(csv.DictReader(io.StringIO(site["units/305001-funding.csv"].decode("utf-8-sig"))))
    assert (funding[0]["全年预算数"], funding[0]["金额单位"]) == ("846.20", "万元")
    data = json.loads(site["units/305001.json"])
    assert data["forms"][0]["funding"][0]["executed"] == "823.35"
    said = Page(site["data.html"])
    labels = {row[0] for row in said.rows}
    assert {*funding[0], *row} <= labels
    keys = {row[1] for row in said.rows}
    assert {*data["forms"][0]["funding"][0], *data["forms"][0]["indicators"][0]} <= keys


def test_a_text_that_a_spreadsheet_would_run_is_kept_from_it():
    form = build.with_row(build.department_form(), "举办阅读活动", deviation_note='=HYPERLINK("x")')
    site = files_of(published([status("305001", "accepted")], {"305001": document(form)}))
    [row] = [
        row
        for row in csv.DictReader(io.StringIO(site["units/305001-indicators.csv"].decode("utf-8-sig")))
        if row["三级指标"] == "举办阅读活动"
    ]
    assert row["偏差原因分析及改进措施"].startswith("'=")


def test_charts_say_in_words_what_their_bars_show():
    site = files_of(county())
    text = Page(site["units/305001.html"]).text
    assert "预算与执行" in text and "823.35万元" in text
    assert re.search(r"产出指标\S*分，满分\S*分", "".join(text.split()))
    assert "未评定1个单位" in "".join(Page(site["index.html"]).text.split())


def test_a_table_shows_amounts_and_scores_with_the_same_decimals_and_the_data_what_was_filed():
    form = build.with_line(
        replace(build.department_form(), amount_unit="元"),
        build.FundingRole.TOTAL,
        initial_budget="8124049.99",
        adjusted_budget="8462000",
    )
    whole, finer = document(), document()
    whole["files"][0]["forms"][0]["reported_score"] = "87"
    finer["files"][0]["forms"][0]["reported_score"] = "95.833"
    units = [status(f"30500{n}", "accepted", name=f"云溪县第{n}馆") for n in (1, 2, 3)]
    site = files_of(published(units, {"305001": document(form), "305002": whole, "305003": finer}))
    page = Page(site["departments/305.html"])
    assert ["云溪县第1馆", "812.40", "846.20", "0.08"] in page.rows
    assert {row[0]: row[1] for row in page.rows if len(row) == 4 and row[2] == "99.23"} == {
        "云溪县第2馆": "87.00",
        "云溪县第3馆": "95.833",
    }
    assert next(row[1] for row in page.rows if row[0] == "年度资金总额年初预算数") == "2,437.20"
    units = json.loads(site["index.json"])["units"]
    assert [unit["initial_budget"] for unit in units] == ["812.404999", "812.4", "812.4"]
    assert "公开3个" in page.text and "0个" not in page.text + Page(site["index.html"]).text


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
    site = files_of(
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


def test_what_is_decided_on_is_the_content_and_not_the_pages_that_show_it(monkeypatch):
    before = hashes_of(county())
    template = documents.site._template
    monkeypatch.setattr(documents.site, "_template", lambda *n, **v: template(*n, **v) + b"<!-- newer -->")
    after = hashes_of(county())
    assert site_hash(before) != site_hash(after)
    assert content_part(before) == content_part(after) == manifest(content_files(county()))
    assert {code: set(part) for code, part in unit_part(before).items()} == {
        "305": {"units/305.json", "units/305-funding.csv", "units/305-indicators.csv"},
        "305001": {"units/305001.json", "units/305001-funding.csv", "units/305001-indicators.csv"},
    }
