"""A reason at the foot of the page is the reason of the cell that points there."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree

from documents.reading import read_file
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FORM = """
项目支出绩效自评表|<|<|<|<|<|<
（2024年度）|<|<|<|<|<|<
项目名称|<|水渠整治|<|<|<|<
项目资金（万元）|年初预算数|全年预算数|全年执行数|分值|执行率|得分
年度资金总额|100|100|90|10|90%|9
一级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因
产出指标|整治水渠|12公里|12公里|60|60|{words}
产出指标|修建泵站|4座|3座|30|22.5|HERE
总分|<|<|<|100|91.5|
"""


def filed(words: str, note: str, kind: str = "footnote") -> bytes:
    """A form whose second reason says `words` and bears the mark of a note."""
    data = builders.word(FORM.format(words=""))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body, relations = package.read("word/document.xml"), package.read(RELATIONS)
    mark = f'<w:r><w:{kind}Reference w:id="2"/></w:r>'.encode()
    assert body.count(b"<w:t>HERE</w:t></w:r>") == 1
    body = body.replace(b"<w:t>HERE</w:t></w:r>", f"<w:t>{words}</w:t></w:r>".encode() + mark)
    relation = f'<Relationship Id="rId900" Type="{OFFICE}/{kind}s" Target="{kind}s.xml"/></Relationships>'
    relations = relations.replace(b"</Relationships>", relation.encode())
    notes = f'<w:{kind}s xmlns:w="{W}"><w:{kind} w:id="2"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:{kind}></w:{kind}s>'
    etree.fromstring(notes)
    return builders.repacked(
        data, {"word/document.xml": body, RELATIONS: relations, f"word/{kind}s.xml": notes.encode()}
    )


def reason(data: bytes) -> str:
    (form,) = read_file("自评表.docx", data).forms
    return form.indicators[1].deviation_note.text


@pytest.mark.parametrize("words", ["", "见脚注", "详见注1", "（见下方注释）"])
@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_the_note_is_the_text_of_a_cell_that_points_to_it(words, kind):
    assert reason(filed(words, "设备到货晚，2025年3月建成", kind)) == words + "设备到货晚，2025年3月建成"


def test_a_cell_that_says_a_reason_keeps_its_own_words():
    assert reason(filed("设备到货晚", "合同编号见附件")) == "设备到货晚"


@pytest.mark.parametrize(("note", "codes"), [("设备到货晚，2025年3月建成", []), ("", ["E01"])])
def test_a_deduction_is_explained_by_the_note_and_by_nothing_else(note, codes):
    found = judge(read_file("自评表.docx", filed("", note)), load_policy("national-2020")).findings
    assert [f.code for f in found if f.code in ("E01", "E02")] == codes
