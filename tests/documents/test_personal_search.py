from __future__ import annotations

import io
import json
import re
import zipfile

import docx
import openpyxl
import pytest

from documents.personal_search import find_personal, personal_in, refusal_of
from documents.redacted import redacted_copy
from selfeval.redaction import STANDARD
from tests.documents.builders import excel, repacked, saved, word

NUMBER = "19900001234"


def found(path: str, content: bytes | str, names=()) -> list[tuple[str, str, str]]:
    data = content.encode() if isinstance(content, str) else content
    return [(f.place, f.kind, f.shown) for f in personal_in(path, data, STANDARD, frozenset(names))]


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def clean_word(*parts: str) -> bytes:
    return redacted_copy("x.docx", word(*parts), STANDARD, ()).content


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.html", "<p>电话<b>199</b>0000<i>1234</i></p>"),
        ("a.html", f'<img alt="{NUMBER}">'),
        ("a.html", "<a href='mailto:a@b.example'>信箱</a>"),
        ("a.html", "<td>&#49;9900001234</td>"),
        ("a.html", "<!-- 19900001234 -->"),
        ("a.json", json.dumps({"note": f"见{NUMBER}"})),
        ("a.json", json.dumps({"phone": 19900001234})),
        ("a.json", json.dumps({NUMBER: 1})),
        ("a.json", f"不是 JSON {NUMBER}"),
        ("a.csv", f"单位,说明\n图书馆,{NUMBER}\n"),
        ("a.csv", "单位,电话\n图书馆,1234567\n"),
        ("a.js", f"x = '{NUMBER}'"),
        ("a.svg", "<svg><text>1990000<tspan>1234</tspan></text></svg>"),
        (f"files/{NUMBER}.txt", "x"),
        ("a.zip", zipped(b__txt=NUMBER.encode())),
        ("a.zip", zipped(b__zip=zipped(c__docx=word(f"电话 {NUMBER}")))),
        ("a.docx", word(f"电话 {NUMBER}")),
        ("a.docx", word("联系人 | 张三")),
        ("a.xlsx", excel(f"电话 | {NUMBER}")),
    ],
)
def test_it_is_found_in_every_kind_of_file(path, content):
    assert found(path, content) != []


def test_names_are_found_wherever_they_stand():
    for path, content in (
        ("a.html", "<td>由张三办理</td>"),
        ("a.json", '["张　三"]'),
        ("a.docx", word("张三办")),
    ):
        assert ("姓名", "张") in {(kind, shown[:1]) for _, kind, shown in found(path, content, ["张三"])}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.html", "<td>15,203,010,510.00</td><td class='n'>433100.22</td>"),
        ("a.svg", '<svg><path d="M199 0000 1234 5678 L 139 1234 5678"/></svg>'),
        ("a.json", json.dumps({"executed": "15203010510", "code": "305001", "sha256": "19900001234" * 5})),
        ("a.csv", "预算编码,全年执行数（元）\n43310019900,15203010510\n"),
        ("a.docx", clean_word("填表人：张三", "预算数 | 执行数\n15203010510 | 13203010510")),
        ("a.xlsx", redacted_copy("x.xlsx", excel("预算数 | 15203010510"), STANDARD, ()).content),
        ("a.png", b"\x89PNG"),
    ],
)
def test_figures_codes_and_drawings_raise_no_alarm(path, content):
    assert found(path, content) == []


def test_authors_comments_and_other_parts_beside_the_text_are_found():
    document = docx.Document()
    document.core_properties.author = "张三"
    document.add_comment(document.add_paragraph("正文").runs, text="问", author="王五")
    kinds = {kind for _, kind, _ in found("a.docx", saved(document))}
    assert kinds >= {"文件属性", "批注或嵌入内容"}
    book = openpyxl.Workbook()
    book.active["A1"].comment = openpyxl.comments.Comment("见附件", "李四")
    assert "批注或嵌入内容" in {kind for _, kind, _ in found("a.xlsx", saved(book))}


def test_text_in_a_part_that_no_reader_shows_is_found():
    data = repacked(clean_word("正文"), {"word/glossary.xml": f"<a><b>{NUMBER}</b></a>".encode()})
    assert found("a.docx", data) == [("word/glossary.xml", "手机号", "19********4")]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.bin", b"x"),
        ("a.txt", b"\xff\xfe"),
        ("a.docx", b"x"),
        ("a.zip", b"PK\x03\x04x"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_a_file_that_cannot_be_searched_is_reported(path, content):
    assert [kind for _, kind, _ in found(path, content)] == ["无法检查"]


def test_a_folder_is_searched_as_a_whole_and_the_refusal_names_file_and_place(tmp_path):
    (tmp_path / "units").mkdir()
    (tmp_path / "index.html").write_text("<p>正文</p>", encoding="utf-8")
    assert find_personal(tmp_path, STANDARD) == []
    (tmp_path / "units" / "305.docx").write_bytes(word("标题", f"电话：{NUMBER}"))
    searched = find_personal(tmp_path, STANDARD)
    assert {f.file for f in searched} == {"units/305.docx"}
    assert re.search(r"units/305\.docx（正文第2段）：手机号 19\*+4", refusal_of(searched))


def test_the_copies_of_the_shared_filings_pass_the_search_and_the_originals_do_not(shared_filings):
    originals = {path.name: path.read_bytes() for path in sorted(shared_filings.iterdir())}
    assert any(kind == "手机号" for name, data in originals.items() for _, kind, _ in found(name, data))
    for name, data in originals.items():
        assert found(name, redacted_copy(name, data, STANDARD, ()).content) == [], name
