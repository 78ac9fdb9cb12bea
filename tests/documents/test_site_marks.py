"""What pages say of a unit beside its results: withdrawn, corrected, checked again, secret, added up, doubtful."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal

from selfeval.public_history import Correction, Withdrawal
from selfeval.rollup.units import Scope
from selfeval.workdays import SHANGHAI
from tests.documents.public_site import Page, files_of
from tests.selfeval import build
from tests.selfeval.test_publication import document, published, status


def test_a_withdrawn_unit_keeps_its_address_with_a_notice_and_no_figure():
    gone = Withdrawal(datetime(2026, 6, 20, 9, tzinfo=SHANGHAI), "附表填错，联系人19900001234")
    statuses = [status("305001", "published", name="云溪县图书馆"), status("305002", "accepted")]
    documents = {"305001": document(), "305002": document()}
    site = files_of(published(statuses, documents, told={"305001": gone}))
    page = Page(site["units/305001.html"])
    assert (
        "云溪县图书馆的自评结果已于2026年6月20日撤下。原因：附表填错" in page.text
        and "1990000" not in page.text
    )
    assert page.rows == [] and "99.23" not in page.text and "复算得分" not in page.text
    assert [path for path in site if "305001" in path] == ["units/305001.html"]
    for path in ("index.html", "departments/305.html"):
        assert ["云溪县图书馆", "已于2026年6月20日撤下"] in Page(site[path]).rows
    [unit] = [unit for unit in json.loads(site["index.json"])["units"] if unit["code"] == "305001"]
    assert (unit["state"], unit["recomputed_score"], unit["page"]) == ("已撤下", None, "units/305001.html")


def test_a_department_of_which_nothing_is_public_lists_no_total():
    gone = Withdrawal(datetime(2026, 6, 20, 9, tzinfo=SHANGHAI), "附表填错。")
    site = files_of(published([status("305001", "published")], {"305001": document()}, told={"305001": gone}))
    department = Page(site["departments/305.html"])
    assert "已撤下1个" in department.text and "部门合计" not in department.text
    assert "原因：附表填错。\n" in Page(site["units/305001.html"]).text


def test_a_corrected_page_says_when_it_was_first_public_withdrawn_and_corrected():
    gone = Withdrawal(datetime(2026, 6, 20, 9, tzinfo=SHANGHAI), "附表填错，电话19900001234")
    told = {"305001": Correction(date(2026, 6, 10), date(2026, 7, 1), gone)}
    site = files_of(published([status("305001", "accepted")], {"305001": document()}, told=told))
    text = Page(site["units/305001.html"]).text
    assert (
        "2026年6月10日首次公开，2026年6月20日撤下（原因：附表填错，电话〔已隐去〕），依据2026年7月1日审核的更正材料"
        in text
    )
    for path in ("index.html", "departments/305.html"):
        assert "云溪县单位305001（2026年7月1日更正）" in [row[0] for row in Page(site[path]).rows]


def test_a_re_check_score_stands_beside_the_others_and_other_departments_have_no_empty_column():
    statuses = [
        status("305001", "accepted", name="云溪县图书馆"),
        status("101", "accepted", tier=1, department="101", name="云溪县甲局"),
    ]
    documents = {code: document() for code in ("305001", "101")}
    site = files_of(published(statuses, documents, rechecked={"305001": Decimal("88.50")}))
    assert "复核得分88.5分" in "".join(Page(site["units/305001.html"]).text.split())
    assert "复核得分" not in Page(site["units/101.html"]).text
    assert "“—”为没有抽中" in Page(site["departments/305.html"]).text
    assert (
        b"88.5" in site["departments/305.html"] and "复核得分" not in Page(site["departments/101.html"]).text
    )
    units = {unit["code"]: unit["recheck_score"] for unit in json.loads(site["index.json"])["units"]}
    assert units == {"305001": "88.5", "101": None}
    assert "复核得分" in Page(site["data.html"]).text


def test_secret_units_are_counted_and_nowhere_named():
    statuses = [
        status("305", "accepted", tier=1, name="云溪县文化和旅游局"),
        status("305001", "accepted", name="云溪县图书馆"),
        status("101", "accepted", tier=1, department="101", name="云溪县甲局"),
        status("101001", "missing", department="101", name="云溪县甲局一所"),
    ]
    documents = {code: document() for code in ("305", "305001", "101")}
    site = files_of(published(statuses, documents, secret={"305001", "101"}))
    everything = b"".join(site.values()).decode()
    assert "units/305.html" in site and not [path for path in site if "305001" in path or "101" in path]
    assert "云溪县图书馆" not in everything and "云溪县甲局" not in everything
    assert "另有3个涉密单位按规定不公开" in Page(site["index.html"]).text
    assert json.loads(site["index.json"])["secret_units"] == 3


def test_a_department_shows_what_its_public_units_add_up_to_and_names_the_others():
    statuses = [
        status("305", "accepted", tier=1, name="云溪县文化和旅游局"),
        status("305001", "published", name="云溪县图书馆"),
        status("305002", "missing", name="云溪县文化馆"),
        status("305003", "accepted", name="云溪县剧团"),
        status("305009", "accepted", name="云溪县密函室"),
    ]
    one = document()
    everyone = dict.fromkeys(("305", "305001", "305003", "305009"), one)
    gone = {"305003": Withdrawal(datetime(2026, 6, 20, 9, tzinfo=SHANGHAI), "附表填错")}
    site = files_of(published(statuses, everyone, told=gone, secret={"305009"}))
    page = Page(site["departments/305.html"])
    assert (
        "应报4个单位，合计计入2个。没有单独计入的：云溪县文化馆（未报送）、云溪县剧团（已撤下）。"
        in page.text
    )
    assert ["年度资金总额全年预算数", "1,692.40", "2/2"] in page.rows
    assert "执行率97.30%" in page.text
    assert "密函室" not in site["departments/305.html"].decode() + site["totals.csv"].decode()
    [said] = json.loads(site["index.json"])["departments"]
    assert said["left_out"] == [
        {"name": "云溪县文化馆", "reason": "未报送"},
        {"name": "云溪县剧团", "reason": "已撤下"},
    ]
    assert {row["label"]: row["total"] for row in said["totals"]}["年度资金总额全年预算数"] == "1692.4"


def test_a_sum_below_that_of_the_public_units_it_speaks_for_is_marked():
    statuses = [
        status("305", "accepted", tier=1, name="云溪县文化和旅游局"),
        status("305001", "accepted", name="云溪县图书馆"),
    ]
    less = build.with_line(build.department_form(), build.FundingRole.TOTAL, executed="800.00")
    both = {"305": document(less), "305001": document()}
    for scopes, doubt in (({"305": Scope.WHOLE}, "小于已公开的所属单位合计，待核实"), ({}, "")):
        site = files_of(published(statuses, both, scopes=scopes))
        rows = [row[0] for row in Page(site["departments/305.html"]).rows]
        said = f"（{doubt}）" if doubt else ""
        assert f"年度资金总额全年执行数{said}" in rows and "年度资金总额全年预算数" in rows
        lines = csv.DictReader(io.StringIO(site["totals.csv"].decode("utf-8-sig")))
        assert {row["项目"] for row in lines if row["待核实"]} == (
            {"年度资金总额全年执行数"} if doubt else set()
        )
