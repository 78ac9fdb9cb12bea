"""A public site of two departments of an example county, and what its pages say."""

from __future__ import annotations

from html.parser import HTMLParser

from documents.site import render_site
from documents.site_folder import manifest, stage_site, switch_site
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


def files_of(publication) -> dict[str, bytes]:
    return dict(render_site(publication))


def hashes_of(publication) -> dict[str, str]:
    return manifest(render_site(publication))


def write_site(publication, folder) -> tuple[str, ...]:
    """Stage and switch; what had to be written anew."""
    staged = stage_site(render_site(publication), folder)
    switch_site(staged)
    return staged.rewritten


class Page(HTMLParser):
    """Tags with their attributes, cell texts by row, and the text of a page."""

    VOID = ("meta", "link", "br", "input")

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
