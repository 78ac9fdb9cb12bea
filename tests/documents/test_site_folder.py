"""A site where its readers find it: folders and object stores, the old one or the new one, killed anywhere."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from subprocess import PIPE

import fsspec
import pytest

from documents.site_folder import discard_site, hashes_at, stage_site, switch_site
from selfeval.refusal import Refusal
from tests.conftest import ROOT

FIRST = {
    "index.html": b"index one", "index.json": b"{1}", "style.css": b"css",
    "units/101.html": b"one", "units/102.html": b"two", "units/103.html": b"three",
}  # fmt: skip
SECOND = {**FIRST, "index.html": b"index two", "index.json": b"{2}", "units/102.html": b"two corrected"}
del SECOND["units/103.html"]


def hashes(files: dict[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}


def put(files: dict[str, bytes], address):
    """Stage and switch."""
    staged = stage_site(files.items(), address)
    switch_site(staged)
    return staged


@pytest.fixture(params=["folder", "file address", "store"])
def address(request, tmp_path):
    places = {
        "folder": str(tmp_path / "公开" / "2025"),
        "file address": f"file://{tmp_path}/site",
        "store": f"memory://{uuid.uuid4().hex}/site",
    }
    (tmp_path / "公开").mkdir()
    return places[request.param]


def test_a_site_is_written_as_a_whole_and_only_what_changed_is_written_again(address):
    assert set(put(FIRST, address).rewritten) == set(FIRST)
    assert hashes_at(address, FIRST) == hashes(FIRST)
    changed = put(SECOND, address)
    assert set(changed.rewritten) == {"index.html", "index.json", "units/102.html"}
    assert changed.removed == ("units/103.html",)
    assert hashes_at(address, SECOND) == hashes(SECOND)
    again = put(SECOND, address)
    assert (again.rewritten, again.removed) == ((), ())


def test_what_another_hand_changed_added_or_took_away_is_found_and_mended(address):
    put(FIRST, address)
    fs, root = fsspec.core.url_to_fs(address)
    fs.pipe_file(f"{root}/units/101.html", b"defaced")
    fs.pipe_file(f"{root}/extra.html", b"extra")
    fs.rm_file(f"{root}/style.css")
    found = hashes_at(address, FIRST)
    assert found["style.css"] is None and "extra.html" in found
    assert found["units/101.html"] != hashes(FIRST)["units/101.html"]
    mended = put(FIRST, address)
    assert set(mended.rewritten) == {"units/101.html", "style.css"} and mended.removed == ("extra.html",)
    assert hashes_at(address, FIRST) == hashes(FIRST)


def test_a_place_with_other_content_is_not_replaced(address):
    fs, root = fsspec.core.url_to_fs(address)
    fs.makedirs(root, exist_ok=True)
    fs.pipe_file(f"{root}/年终总结.docx", b"x")
    with pytest.raises(Refusal, match="有其他内容"):
        put(FIRST, address)
    assert fs.cat_file(f"{root}/年终总结.docx") == b"x"
    assert len(fs.find(root)) == 1


def test_a_site_that_is_discarded_leaves_the_standing_one_and_nothing_else(address, tmp_path):
    put(FIRST, address)
    before = sorted(tmp_path.rglob("*"))
    discard_site(stage_site(SECOND.items(), address))
    assert hashes_at(address, FIRST) == hashes(FIRST) and sorted(tmp_path.rglob("*")) == before


def test_an_address_of_an_unknown_kind_is_refused_by_name():
    with pytest.raises(Refusal, match="SELFEVAL_SITE"):
        put(FIRST, "nonsense://bucket/site")


def test_a_store_gets_its_index_last():
    order = []

    class Watched(fsspec.get_filesystem_class("memory")):
        protocol = "watched"
        cachable = False

        def pipe_file(self, path, value, **kwargs):
            order.append(path.rsplit("/site/")[-1])
            super().pipe_file(path, value, **kwargs)

    fsspec.register_implementation("watched", Watched, clobber=True)
    put(FIRST, f"watched://{uuid.uuid4().hex}/site")
    assert order[-1] == "index.html" and set(order[1:4]) == {path for path in FIRST if "/" in path}


def test_a_reader_of_a_folder_finds_the_old_site_or_the_new_one_and_never_half_of_one(tmp_path):
    """Looked at before every change of a name that the writing makes."""
    folder = tmp_path / "site"
    put(FIRST, folder)
    old = {path: FIRST[path] for path in SECOND}
    seen = set()
    done = False

    def look(event: str, _arguments: tuple) -> None:
        if not done and event in ("os.rename", "os.symlink", "os.link", "os.remove", "os.mkdir", "os.rmdir"):
            found = {path: (folder / path).read_bytes() for path in SECOND}
            seen.add("new" if found == SECOND else "old" if found == old else "half")

    sys.addaudithook(look)
    try:
        put(SECOND, folder)
    finally:
        done = True
    assert seen == {"old", "new"}


def test_a_folder_of_before_is_taken_over_once(tmp_path):
    folder = tmp_path / "site"
    for path, content in FIRST.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    put(SECOND, folder)
    assert folder.is_symlink() and hashes_at(str(folder), SECOND) == hashes(SECOND)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "site.versions"]
    assert len(list((tmp_path / "site.versions").iterdir())) == 1


def test_a_disk_without_links_gets_the_same_site(tmp_path, monkeypatch):
    def refuse(*_arguments, **_options):
        raise OSError("no links on this disk")

    monkeypatch.setattr(os, "symlink", refuse)
    monkeypatch.setattr(os, "link", refuse)
    put(FIRST, tmp_path / "site")
    put(SECOND, tmp_path / "site")
    assert hashes_at(str(tmp_path / "site"), SECOND) == hashes(SECOND)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


# Forks a process for every line of its input: at which change it dies, and the folder of the site.
KILLED = """
import os, signal, sys
from tests.documents.test_site_folder import SECOND, put
count = 0
def bomb(event, arguments):
    global count
    if event in {"os.rename", "os.symlink", "os.link", "os.remove", "os.mkdir", "os.rmdir", "open"}:
        if event == "open" and not (isinstance(arguments[1], str) and "w" in arguments[1]):
            return
        count += 1
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)
for line in sys.stdin:
    point, site = int(line.split()[0]), line.strip().partition(" ")[2]
    if not (killed := os.fork()):
        sys.addaudithook(bomb)
        put(SECOND, site)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(killed, 0)[1]), flush=True)
"""


@pytest.fixture
def killed_at():
    """Publishes the second site at a folder in a process that dies at its n-th change of the disk: its exit code."""
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=PIPE, stdout=PIPE) as process:

        def run(site: Path, point: int) -> int:
            print(point, site, file=process.stdin, flush=True)
            return int(process.stdout.readline())

        yield run
        process.stdin.close()


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): str(path.readlink())
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_killed_at_any_change_of_the_disk_a_second_run_ends_in_the_same_files(tmp_path, killed_at):
    whole = tmp_path / "whole"
    whole.mkdir()
    put(FIRST, whole / "site")
    put(SECOND, whole / "site")
    killed = 0
    for point in range(1, 40):
        home = tmp_path / str(point)
        home.mkdir()
        put(FIRST, home / "site")
        code = killed_at(home / "site", point)
        standing = {path: (home / "site" / path).read_bytes() for path in ("index.html", "units/102.html")}
        assert standing in ({path: site[path] for path in standing} for site in (FIRST, SECOND))
        put(SECOND, home / "site")
        assert _tree(home) == _tree(whole), point
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed += 1
    assert killed >= 8
