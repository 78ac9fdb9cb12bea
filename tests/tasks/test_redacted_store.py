"""A redacted copy is made once; what is not whole is made again, what is not used any more goes."""

from __future__ import annotations

import os

import pytest

from documents.redacted_text import Hidden, RedactedCopy
from selfeval.redaction import STANDARD
from tasks.archive import Archive
from tasks.redacted_store import Kept, RedactedStore, key_of

COPY = Kept(RedactedCopy(b"PK\n\x00\n", (Hidden("姓名", "表1第3行", "张*"),)), text="文字\n第二行")


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path) -> RedactedStore:
    place = str(tmp_path / "archive") if request.param == "folder" else f"memory://{tmp_path.name}"
    return RedactedStore(place, 2025)


def test_what_is_kept_is_found_again_as_it_was(store):
    assert store.get("ab" * 32) is None
    store.put("ab" * 32, COPY)
    store.put("ab" * 32, COPY)
    store.put("cd" * 32, Kept(None, "已加密"))
    assert store.get("ab" * 32) == COPY
    assert store.get("cd" * 32) == Kept(None, "已加密")


def test_a_damaged_entry_counts_for_nothing(tmp_path):
    store, key = RedactedStore(str(tmp_path), 2025), "ab" * 32
    store.put(key, COPY)
    [path] = [path for path in tmp_path.rglob("*") if path.name == f"{key}.copy"]
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole.replace("张".encode(), "李".encode()), b"not json"):
        path.write_bytes(damaged)
        assert store.get(key) is None
    store.put(key, COPY)
    assert store.get(key) == COPY


def test_the_archive_does_not_take_a_copy_for_an_original(tmp_path):
    RedactedStore(str(tmp_path), 2025).put("ab" * 32, COPY)
    original = Archive(str(tmp_path)).put(b"original")
    assert list(Archive(str(tmp_path)).digests()) == [original]


def test_a_sweep_leaves_what_is_used_and_the_copies_of_other_cycles(store, tmp_path):
    for key in ("ab" * 32, "cd" * 32):
        store.put(key, COPY)
    assert store.sweep({"ab" * 32}) == 1
    assert store.get("ab" * 32) == COPY and store.get("cd" * 32) is None
    assert store.sweep({"ab" * 32}) == 0


def test_what_a_killed_run_left_unfinished_goes_with_the_next_file_and_work_of_others_stays(tmp_path):
    for root, keep in (
        (tmp_path / "archive", Archive(str(tmp_path / "archive")).put),
        (
            tmp_path / "archive" / "redacted" / "2025",
            lambda _: RedactedStore(str(tmp_path / "archive"), 2025).put("ab" * 32, COPY),
        ),
    ):
        left, young = root / "incoming" / ("1" * 32), root / "incoming" / ("2" * 32)
        left.parent.mkdir(parents=True)
        for path in (left, young):
            path.write_bytes(b"half")
        os.utime(left, (0, 0))
        keep(b"original")
        assert list(left.parent.iterdir()) == [young]


def test_another_file_rule_or_name_is_another_copy():
    base = key_of(".docx", "0" * 64, STANDARD, ("张三", "李四"))
    assert base == key_of(".docx", "0" * 64, STANDARD, ("李四", "张三"))
    others = {
        key_of(".xlsx", "0" * 64, STANDARD, ("张三", "李四")),
        key_of(".docx", "1" * 64, STANDARD, ("张三", "李四")),
        key_of(".docx", "0" * 64, STANDARD._replace(hide=("甲",)), ("张三", "李四")),
        key_of(".docx", "0" * 64, STANDARD, ("张三",)),
    }
    assert base not in others and len(others) == 4
