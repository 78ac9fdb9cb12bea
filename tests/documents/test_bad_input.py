"""What cannot be read is said in a Chinese sentence that names the file, what was found and what was expected."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.excel import MAX_CELLS
from documents.package import MAX_ENTRIES, MAX_UNPACKED
from documents.reading import MAX_BYTES, read_file
from tests.documents import builders, layouts
from tests.documents.builders import repacked

FORM = layouts.CENTRAL


def refused(name: str, data: bytes, *words: str) -> str:
    filing = read_file(name, data)
    assert filing.forms == () and filing.unreadable is not None
    assert f"“{name}”" in filing.unreadable
    assert filing.unreadable.endswith("。")
    for word in words:
        assert word in filing.unreadable, filing.unreadable
    return filing.unreadable


def compound_file(*streams: str) -> bytes:
    """A minimal OLE container with empty streams of these names (ECMA/MS-CFB, 512-byte sectors)."""
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
    )
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, right, child)
            + bytes(36)
            + struct.pack("<IQ", 0xFFFFFFFE, 0)
        )

    directory = entry("Root Entry", 5, 0xFFFFFFFF, 1)
    for index, name in enumerate(streams, start=1):
        directory += entry(name, 2, index + 1 if index < len(streams) else 0xFFFFFFFF, 0xFFFFFFFF)
    return header + fat + directory.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("空.docx", b"", "空文件"),
        ("表.docx", b"<html><body><table><tr><td>1</td></tr></table></body></html>", "HTML"),
        ("表.xlsx", "项目名称,甲\n得分,100\n".encode("gbk"), "CSV"),
        ("表.xml", b"<?xml version='1.0'?><a/>", "XML"),
        ("报告.pdf", b"%PDF-1.7 ...", "PDF"),
        ("照片.docx", b"\x89PNG\r\n\x1a\n", "图片"),
        ("打包.rar", b"Rar!\x1a\x07", "RAR"),
        ("噪声.docx", bytes(range(256)) * 4, "无法识别"),
    ],
)
def test_what_the_content_really_is_is_said(name, data, word):
    refused(name, data, word)


def test_old_and_encrypted_office_files_are_told_apart():
    refused("旧.doc", compound_file("WordDocument", "1Table"), "旧版 Word", ".docx")
    refused("密.docx", compound_file("EncryptionInfo", "EncryptedPackage"), "密码")
    refused("怪.docx", compound_file("Contents"), "不是 Word 或 Excel")
    refused("空.xls", compound_file("Workbook"), "已损坏")
    refused("断.doc", compound_file("WordDocument")[:100], "已损坏")


def test_a_zip_that_is_no_office_file_is_said_to_be_one():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("自评表.docx", builders.word(FORM))
    refused("打包.zip", buffer.getvalue(), "压缩包", "解压")


def test_a_damaged_package_is_said_to_be_damaged():
    data = builders.word(FORM)
    refused("断.docx", data[: len(data) // 2], "已损坏")
    broken = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo("word/document.xml").header_offset
    broken[start + 60 : start + 160] = bytes(100)
    refused("坏.docx", bytes(broken), "已损坏")
    refused("缺.docx", repacked(data, {"word/document.xml": None}), "缺少部件", "document.xml")
    refused("乱.docx", repacked(data, {"word/document.xml": b"<w:document"}), "已损坏")


def test_a_part_with_a_password_is_said_to_be_encrypted():
    data = bytearray(builders.word(FORM))
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1  # the encryption flag of the first entry in the central directory
    refused("密.docx", bytes(data), "加密")


def test_empty_sheets_and_files_without_a_form_are_said():
    book = openpyxl.Workbook()
    refused("空表.xlsx", builders.saved(book), "空白")
    refused("别的.docx", builders.word("会议纪要", "时间|地点\n上午|会议室"), "没有找到自评表")


def test_a_file_above_the_limit_is_not_opened():
    refused("大.docx", b"PK\x03\x04" + bytes(MAX_BYTES), "上限", "50 MB")


def test_a_zip_bomb_is_not_unpacked():
    data = repacked(builders.word(FORM), {"word/media/x.bin": bytes(120 * 1024 * 1024)})
    assert len(data) < 1024 * 1024
    started = time.process_time()
    refused("炸弹.docx", data, "压缩炸弹")
    assert time.process_time() - started < 1

    # Sizes that the directory only claims count as well.
    claimed = bytearray(builders.word(FORM))
    place = claimed.find(b"PK\x01\x02")
    claimed[place + 24 : place + 28] = struct.pack("<I", MAX_UNPACKED + 1)
    refused("虚报.docx", bytes(claimed), "压缩炸弹")

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(MAX_ENTRIES + 1):
            archive.writestr(f"{number}", b"")
    refused("碎.docx", buffer.getvalue(), "部件")


def test_entities_are_not_expanded():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
        + b"a" * 1000
        + b'">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9))
        + b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&a8;</w:t></w:r></w:p></w:body></w:document>'
    )
    started = time.process_time()
    refused("实体.docx", repacked(builders.word(FORM), {"word/document.xml": bomb}))
    assert time.process_time() - started < 1


def test_a_cell_in_the_last_corner_does_not_fill_the_memory():
    data = builders.excel(FORM)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    merged = b'<mergeCell ref="A500000:XFD1048575"/></mergeCells>'
    sheet = sheet.replace(b"</sheetData>", corner).replace(b"</mergeCells>", merged)
    started = time.process_time()
    filing = read_file("角.xlsx", repacked(data, {"xl/worksheets/sheet1.xml": sheet}))
    assert time.process_time() - started < 2
    assert len(filing.forms[0].indicators) == 6


def test_a_million_empty_rows_are_read_in_seconds():
    data = builders.excel(FORM)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    empty = b"".join(b'<row r="%d"/>' % n for n in range(100, 1_000_000))
    started = time.process_time()
    filing = read_file(
        "空行.xlsx",
        repacked(data, {"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", empty + b"</sheetData>")}),
    )
    assert time.process_time() - started < 5
    assert len(filing.forms[0].indicators) == 6


def test_more_cells_than_any_form_has_are_refused():
    data = builders.excel(FORM)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    more = (b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * (MAX_CELLS // 100)
    sheet = sheet.replace(b"</sheetData>", more + b"</sheetData>")
    refused("数据.xlsx", repacked(data, {"xl/worksheets/sheet1.xml": sheet}), "单元格超过")


def test_cells_without_addresses_stand_one_after_the_other():
    data = builders.excel(
        """
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
        产出指标|数量指标|次数|3次|3次|60|60
        效益指标|社会效益|人次|≥500|620|40|40
        """
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    bare = re.sub(rb'(<(?:row|c)) r="[A-Z]*[0-9]+"', rb"\1", sheet)
    assert bare != sheet
    filing = read_file("自评.xlsx", repacked(data, {"xl/worksheets/sheet1.xml": bare}))
    assert filing.forms == read_file("自评.xlsx", data).forms != ()


def test_a_wrong_ending_is_read_by_content_and_noted():
    filing = read_file("自评.xlsx", builders.word(FORM))
    assert len(filing.forms) == 1
    assert [(n.found, n.expected) for n in filing.notes] == [(".xlsx", ".docx")]
    assert read_file("自评.DOCX", builders.word(FORM)).notes == ()


def test_macros_are_noted_and_the_form_is_read():
    filing = read_file("自评.docm", repacked(builders.word(FORM), {"word/vbaProject.bin": b"\0"}))
    assert len(filing.forms) == 1
    assert [n.found for n in filing.notes] == ["宏"]


def test_strict_office_xml_is_read_like_the_usual_one():
    data = builders.word(FORM)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        document = archive.read("word/document.xml")
    strict = document.replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert strict != document
    assert len(read_file("严格.docx", repacked(data, {"word/document.xml": strict})).forms) == 1


ORIGINALS = [builders.word(FORM), builders.excel(FORM)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_no_flipped_byte_makes_the_reader_fail(which, flips):
    data = bytearray(ORIGINALS[which])
    for place, value in flips:
        data[int(place * (len(data) - 1))] = value
    filing = read_file("变.docx", bytes(data))
    assert filing.unreadable or filing.forms


def document_xml(which: int) -> tuple[str, bytes]:
    name = ["word/document.xml", "xl/worksheets/sheet1.xml"][which]
    with zipfile.ZipFile(io.BytesIO(ORIGINALS[which])) as archive:
        return name, archive.read(name)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 1),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from(
                [b"", b"9999999999", b"-1", b'"', b"<", b"x", b"</w:tc>", b'w:val=""', b"\xef\xbc\x91"]
            ),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_no_change_inside_the_xml_makes_the_reader_fail(which, changes):
    name, content = document_xml(which)
    for place, piece in changes:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + len(piece) :]
    filing = read_file("变.docx", repacked(ORIGINALS[which], {name: content}))
    assert filing.unreadable or filing.forms


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=20), st.floats(0.2, 1))
def test_no_change_of_an_old_workbook_makes_the_reader_fail(flips, kept):
    data = bytearray((Path(__file__).parent / "samples" / "central.xls").read_bytes())
    for place, value in flips:
        data[int(place * (len(data) - 1))] = value
    filing = read_file("变.xls", bytes(data[: int(len(data) * kept)]))
    assert filing.unreadable or filing.forms


@pytest.mark.parametrize(
    ("ending", "part", "setting"),
    [
        ("docx", "word/document.xml", b'w:gridSpan w:val="'),
        ("xlsx", "xl/worksheets/sheet1.xml", b' s="'),
        ("xlsx", "xl/styles.xml", b'numFmtId="'),
    ],
)
@pytest.mark.parametrize("number", ["1" * 5000, "\u00b2", "-1"])
def test_a_setting_that_is_no_number_of_an_office_file_is_passed_over(ending, part, setting, number):
    data = builders.word(FORM) if ending == "docx" else builders.excel(FORM)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        content = package.read(part).replace(b'<c r="A1"', b'<c s="0" r="A1"')
    assert setting in content
    changed = content.replace(setting, setting + number.encode() + b'" was="', 1)
    filing = read_file(f"自评.{ending}", repacked(data, {part: changed}))
    assert filing.unreadable is None
    assert [form.project for form in filing.forms] == ["河道清淤"]
