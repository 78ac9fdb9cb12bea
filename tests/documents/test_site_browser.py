"""The public site in a real browser: what readers can do, on a screen, on a phone, on paper, by keyboard."""

from __future__ import annotations

import io
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pdfplumber
import pytest

from selfeval.filing import Form, FormKind, Position, Sentence
from tests.documents.browser import Tab, chromium
from tests.documents.public_site import county, files_of
from tests.selfeval import build
from tests.selfeval.test_publication import document, published, status

PAGES = ("index.html", "data.html", "departments/305.html", "units/305001.html", "units/305003.html")
TAB, ENTER = ("Tab", 9), ("Enter", 13, "\r")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    for path, content in files_of(_county()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


def _county():
    """The county of the site's tests, and a unit with a report in which a long address stands."""
    base = county()
    report = Form(
        id="3",
        kind=FormKind.REPORT,
        title="2025年度部门整体支出绩效自评报告",
        at=Position("正文"),
        sentences=(
            Sentence("全年开放三百天。", Position("一、基本情况", 1, sentence=True)),
            Sentence(f"详见{'a' * 90}。", Position("二、主要成效", 1, sentence=True)),
        ),
    )
    statuses = [
        *(status(unit.code, "accepted", name=unit.name) for unit in base.units),
        status("305003", "accepted", name="云溪县博物馆"),
        status("305002", "missing", name="云溪县文化馆"),
        status("101", "returned", tier=1, department="101", name="云溪县林业局"),
        status("101001", "accepted", department="101", name="云溪县林场图书室"),
    ]
    documents = dict(base.documents) | {
        "305003": document(build.department_form(), report),
        "101001": document(),
    }
    return published(statuses, documents)


def _address(site, path: str = "index.html") -> str:
    return (site / path).as_uri()


def _shown(tab: Tab) -> list[str]:
    """The units that a reader sees in the list."""
    return tab.run(
        "[...document.querySelectorAll('section.department tbody th')].filter(e => e.checkVisibility()).map(e => e.textContent)"
    )


def _choose(tab: Tab, field: str, value: str) -> None:
    tab.run(
        f"{{const f = document.getElementById('{field}'); f.value = '{value}'; f.dispatchEvent(new Event('input', {{bubbles: true}}))}}"
    )


def _found(tab: Tab) -> str:
    return tab.run("document.getElementById('found').textContent")


def test_the_search_narrows_the_list_to_words_of_a_name_or_a_code_and_says_how_many(tab, site):
    tab.open(_address(site))
    everyone = _shown(tab)
    _choose(tab, "words", "图书")
    assert _shown(tab) == ["云溪县林场图书室", "云溪县图书馆"]
    assert _found(tab) == "找到2个单位"
    _choose(tab, "words", "３０５００１")
    assert _shown(tab) == ["云溪县图书馆"]
    _choose(tab, "words", "没有这个单位")
    assert _shown(tab) == [] and "没有符合条件的单位" in _found(tab)
    tab.run("document.querySelector('#search button').click()")
    assert (
        tab.run("new Promise(done => setTimeout(() => done(document.getElementById('words').value)))") == ""
    )
    assert _shown(tab) == everyone and _found(tab) == ""


def test_department_and_grade_filter_together(tab, site):
    tab.open(_address(site))
    _choose(tab, "department", "305")
    assert sorted(_shown(tab)) == sorted(
        ["云溪县文化和旅游局", "云溪县图书馆", "云溪县博物馆", "云溪县文化馆"]
    )
    _choose(tab, "grade", "未公开")
    assert _shown(tab) == ["云溪县文化馆"]
    _choose(tab, "department", "")
    assert _shown(tab) == ["云溪县林业局", "云溪县文化馆"]


def test_without_scripts_the_whole_list_stands_and_no_dead_form_is_shown(tab, site):
    tab.open(_address(site), scripts=False)
    assert len(_shown(tab)) == 6
    assert tab.run("document.getElementById('search').checkVisibility()") is False


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(tab, site, path):
    tab.open(_address(site, path), width=360, height=640)
    assert tab.run("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [1024, 360])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_barrier(tab, site, path, width):
    tab.open(_address(site, path), width=width)
    assert tab.violations() == []


def test_axe_would_find_a_barrier(tab, site):
    tab.open(_address(site))
    tab.run("document.documentElement.removeAttribute('lang')")
    assert any(found.startswith("html-has-lang") for found in tab.violations())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_prints_on_a4_within_its_margins_without_what_only_a_screen_needs(tab, site, path):
    tab.open(_address(site, path))
    with pdfplumber.open(io.BytesIO(tab.print_a4())) as pdf:
        text = "".join(page.extract_text() or "" for page in pdf.pages)
        for page in pdf.pages:
            assert (round(page.width), round(page.height)) == (595, 842)
            assert all(word["x0"] > 30 and word["x1"] < 565 for word in page.extract_words())
    assert "云溪县财政局" in text
    assert "清除条件" not in text and "跳到正文" not in text


def test_a_keyboard_is_enough(tab, site):
    tab.open(_address(site))
    focused = "document.activeElement"
    tab.press(*TAB)
    assert tab.run(f"{focused}.className") == "skip"
    assert tab.run(f"{focused}.getBoundingClientRect().left") >= 0
    tab.press(*ENTER)
    assert tab.run("location.hash") == "#main"
    stops = []
    while "words" not in stops and len(stops) < 20:
        tab.press(*TAB)
        stops.append(tab.run(f"{focused}.id || {focused}.textContent"))
        assert tab.run(f"getComputedStyle({focused}).outlineStyle") == "solid"
    tab.type("博物馆")
    assert _shown(tab) == ["云溪县博物馆"]
    for _ in range(5):
        tab.press(*TAB)
        stops.append(tab.run(f"{focused}.id || {focused}.textContent"))
    assert stops[-5:] == ["department", "grade", "清除条件", "云溪县部门305", "云溪县博物馆"]
    with tab.loading():
        tab.press(*ENTER)
    assert tab.run("document.querySelector('h1').textContent") == "云溪县博物馆"


def test_no_page_asks_another_host_from_a_folder_or_from_a_server(tab, site):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        for base in (site.as_uri(), host):
            for path in PAGES:
                tab.requests.clear()
                tab.open(f"{base}/{path}")
                assert f"{base}/style.css" in tab.requests
                assert all(request.startswith(f"{base}/") for request in tab.requests)
        server.shutdown()
