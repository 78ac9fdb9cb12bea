from __future__ import annotations

import html
import io
import re
import zipfile

import docx
import grimp
import openpyxl
import pytest
from docx.oxml import parse_xml

from documents.grid import Unreadable
from documents.redacted import SOURCES, redacted_copy
from selfeval.redaction import HIDDEN, STANDARD
from tests.documents.builders import excel, repacked, saved, word

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NUMBER, OTHER = "19900001234", "19900005678"


def copied(data: bytes, names=(), rules=STANDARD, name="自评.docx"):
    return redacted_copy(name, data, rules, names)


def said(content: bytes) -> str:
    """Everything in the package that is text, names of parts included."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [package.read(name).decode() for name in package.namelist()]
        return html.unescape("\n".join([*package.namelist(), *parts]))


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def rows(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(content)).tables[0].rows]


def with_paragraph(xml: str) -> bytes:
    document = docx.Document()
    document.add_paragraph("第一段")
    document.paragraphs[0]._p.addnext(parse_xml(f"<w:p {W}>{xml}</w:p>"))
    return saved(document)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_number_that_is_spread_over_runs_is_hidden_and_the_rest_of_each_run_stays():
    data = with_paragraph(
        run("电话：199") + run("0000", "<w:b/>") + "<w:r><w:noBreakHyphen/></w:r>" + run("1234，周一")
    )
    assert lines(copied(data).content)[1] == f"电话：{HIDDEN}-，周一"


def test_a_signature_line_keeps_its_labels_and_dates():
    data = word("单位负责人签字：张 三　填表人：李四光　联系电话：19900001234填报日期：2026年3月5日")
    assert lines(copied(data).content) == [
        f"单位负责人签字：{HIDDEN}　填表人：{HIDDEN}　联系电话：{HIDDEN}填报日期：2026年3月5日"
    ]


def test_names_on_the_line_below_their_labels_are_hidden():
    data = word("单位负责人（签字）：\n张三　　李四光\n附件2\n联系电话：\n8221234")
    assert lines(copied(data).content) == [
        "单位负责人（签字）：",
        f"{HIDDEN}　　{HIDDEN}",
        "附件2",
        "联系电话：",
        HIDDEN,
    ]


def test_values_beside_and_below_their_labels_in_a_table_are_hidden_and_figures_stay():
    data = word(
        """
        联系人 | 张三 | 联系电话 | 8221234
        单位名称 | 云溪县文化馆 | 人员编制 | 12
        姓名 | 职务 | 手机号码 | 单位
        李四光 | 馆长 | 1234567 | 云溪县文化馆
        王五 | 股长 | 7654321 | 云溪县财政局
        项目名称 | 高度重视 | 预算数 | 执行数
        年度资金总额 | 馆藏 | 15203010510 | 13203010510
        项目编码 | 433100199001011234 | 项目编码 | 19900001234
        """
    )
    assert rows(copied(data).content) == [
        ["联系人", HIDDEN, "联系电话", HIDDEN],
        ["单位名称", "云溪县文化馆", "人员编制", "12"],
        ["姓名", "职务", "手机号码", "单位"],
        [HIDDEN, "馆长", HIDDEN, "云溪县文化馆"],
        [HIDDEN, "股长", HIDDEN, "云溪县财政局"],
        ["项目名称", "高度重视", "预算数", "执行数"],
        ["年度资金总额", "馆藏", "15203010510", "13203010510"],
        ["项目编码", "433100199001011234", "项目编码", "19900001234"],
    ]


def test_a_name_beside_its_label_disappears_from_the_whole_file():
    data = word("由张三负责本项目。", "联系人 | 张　三\n单位 | 文化馆")
    assert lines(copied(data).content) == [f"由{HIDDEN}负责本项目。"]


def test_what_was_hidden_is_listed_with_kind_place_and_mask_and_never_whole():
    copy = copied(word("联系人：张三", f"填表人 | 李四\n电话 | {NUMBER}"))
    assert [tuple(hidden) for hidden in copy.hidden] == [
        ("姓名", "正文第1段", "张*"),
        ("姓名", "表1第1行第2列", "李*"),
        ("手机号", "表1第2行第2列", "19********4"),
    ]


def test_words_of_the_policy_are_hidden_and_kept_words_stay():
    rules = STANDARD._replace(hide=("老李头",), keep=("张三",))
    assert lines(copied(word("联系人：张三，问老 李 头"), rules=rules).content) == [
        f"联系人：张三，问{HIDDEN}"
    ]


@pytest.mark.parametrize(
    "xml",
    [
        f'<w:del w:author="张三" w:date="2026-01-01T00:00:00Z"><w:r><w:delText>{NUMBER}</w:delText></w:r></w:del>',
        run("秘密张三", "<w:vanish/>"),
        run("秘密张三", '<w:rStyle w:val="Secret"/>'),
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "mailto:张三@x.example" '
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("信箱")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>AUTHOR</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("张三")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        f'<w:fldSimple w:instr="LASTSAVEDBY">{run("张三")}</w:fldSimple>',
        '<w:bookmarkStart w:id="7" w:name="张三"/><w:bookmarkEnd w:id="7"/>',
        '<w:permStart w:id="8" w:ed="张三@x.example"/><w:permEnd w:id="8"/>',
        f'<w:sdt><w:sdtPr><w:alias w:val="张三"/><w:tag w:val="{NUMBER}"/></w:sdtPr><w:sdtContent>{run("控件")}</w:sdtContent></w:sdt>',
        f'<w:smartTag w:uri="u" w:element="张三"><w:smartTagPr><w:attr w:name="n" w:val="张三"/></w:smartTagPr>{run("标记")}</w:smartTag>',
        f'<w:r><w:rPr><w:rPrChange w:id="1" w:author="张三"><w:rPr/></w:rPrChange></w:rPr><w:t>{"改"}</w:t></w:r>',
        '<w:r><w:rPr/><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="张三"/></w:object></w:r>',
        '<w:commentRangeStart w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>',
    ],
)
def test_what_stands_beside_the_text_is_taken_out(xml):
    style = '<w:style w:type="character" w:styleId="Secret"><w:name w:val="s"/><w:rPr><w:vanish/></w:rPr></w:style>'
    data = with_paragraph(run("前") + xml + run("后"))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        styles = package.read("word/styles.xml").replace(b"</w:styles>", f"{style}</w:styles>".encode())
    result = copied(repacked(data, {"word/styles.xml": styles})).content
    everything = said(result)
    assert "张三" not in everything
    assert NUMBER not in everything
    assert "mailto" not in everything
    text = lines(result)[1]
    assert text.startswith("前")
    assert text.endswith("后")


def test_inserted_text_stays_and_deleted_rows_go():
    document = docx.Document()
    document.add_paragraph()._p.append(
        parse_xml(f'<w:ins {W} w:id="1" w:author="张三">{run("补充")}</w:ins>')
    )
    table = document.add_table(2, 1)
    table.cell(0, 0).text, table.cell(1, 0).text = "留下", "删去"
    table.rows[1]._tr.insert(0, parse_xml(f'<w:trPr {W}><w:del w:id="2" w:author="张三"/></w:trPr>'))
    result = copied(saved(document)).content
    assert lines(result) == ["补充"]
    assert rows(result) == [["留下"]]
    assert "张三" not in said(result)


def test_only_parts_that_carry_text_and_looks_are_published():
    document = docx.Document()
    document.core_properties.author = "张三"
    document.core_properties.last_modified_by = "李四"
    document.add_comment(document.add_paragraph("正文").runs, text=f"问 {NUMBER}", author="王五")
    document.sections[0].header.paragraphs[0].text = f"页眉 {OTHER}"
    data = repacked(
        saved(document),
        {
            "customXml/item1.xml": "<a>张三</a>".encode(),
            "word/vbaProject.bin": b"x",
            "docProps/thumbnail.jpeg": b"x",
            "word/embeddings/oleObject1.bin": NUMBER.encode(),
        },
    )
    result = copied(data).content
    with zipfile.ZipFile(io.BytesIO(result)) as package:
        names = {name for name in package.namelist() if not name.startswith("word/theme")}
    assert names <= {
        *("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels"),
        *("word/styles.xml", "word/numbering.xml", "word/settings.xml", "word/fontTable.xml"),
        *("word/header1.xml",),
    }
    everything = said(result)
    assert not any(word in everything for word in ("张三", "李四", "王五", NUMBER, OTHER, "rsid"))
    assert docx.Document(io.BytesIO(result)).sections[0].header.paragraphs[0].text == f"页眉 {HIDDEN}"


def test_pictures_go_with_a_word_in_their_place_and_text_boxes_keep_their_text(tmp_path):
    from PIL import Image

    Image.new("RGB", (4, 4)).save(tmp_path / "章.png")
    document = docx.Document()
    document.add_picture(str(tmp_path / "章.png"))
    document.paragraphs[0]._p.addnext(
        parse_xml(
            f'<w:p {W}><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" alt="张三"><v:textbox><w:txbxContent>'
            f"<w:p>{run('填表人：李四')}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
        )
    )
    result = copied(saved(document)).content
    everything = said(result)
    assert lines(result)[0] == "〔图片已略去〕"
    assert f"填表人：{HIDDEN}" in everything
    assert not re.search("张三|李四|media|章", everything.replace("签章", ""))


def test_the_copy_of_a_copy_and_of_the_same_file_are_the_same():
    data = word("联系人：张三", f"电话 | {NUMBER}")
    once = copied(data)
    assert copied(data) == once
    assert copied(once.content).content == once.content


def test_of_a_workbook_visible_values_are_copied_and_hidden_ones_are_not():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "自评"
    for row in (
        ["联系人", "张三", "电话", 19900001234],
        ["预算数", 15203010510, 846.2, "由张三填"],
        ["隐", "隐藏行", "", ""],
    ):
        sheet.append(row)
    sheet["E1"], sheet["F2"] = "隐藏列", "=1+1"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["E"].hidden = True
    sheet["A1"].comment = openpyxl.comments.Comment("批注张三", "李四")
    sheet.oddHeader.center.text = "页眉张三"
    sheet["A1"].hyperlink = "mailto:a@b.example"
    book.create_sheet("隐藏表").sheet_state = "hidden"
    book["隐藏表"]["A1"] = "隐藏表张三"
    book.properties.creator = "李四"
    book.defined_names["张三"] = openpyxl.workbook.defined_name.DefinedName("张三", attr_text="自评!$A$1")
    copy = copied(saved(book), name="自评.xlsx")
    result = openpyxl.load_workbook(io.BytesIO(copy.content))
    assert result.sheetnames == ["自评"]
    assert [[cell.value for cell in row[:4]] for row in result["自评"].iter_rows(max_row=2)] == [
        ["联系人", HIDDEN, "电话", HIDDEN],
        ["预算数", 15203010510, 846.2, f"由{HIDDEN}填"],
    ]
    everything = said(copy.content)
    assert not re.search("张三|李四|mailto|批注|隐藏|docProps|19900001234", everything)
    assert ("姓名", "自评!B1", "张*") in [tuple(hidden) for hidden in copy.hidden]
    assert copied(saved(book), name="自评.xlsx").content == copy.content


def test_a_workbook_called_docx_is_treated_as_what_it_is():
    content = copied(excel("联系人 | 张三")).content
    assert openpyxl.load_workbook(io.BytesIO(content)).active["B1"].value == HIDDEN


@pytest.mark.parametrize(
    ("name", "data"), [("自评.pdf", b"%PDF"), ("自评.doc", b"x"), ("自评.docx", b"x"), ("自评.xlsx", b"PK")]
)
def test_what_cannot_be_searched_is_not_copied(name, data):
    with pytest.raises(Unreadable):
        copied(data, name=name)


def test_no_number_or_name_of_the_shared_filings_survives_in_their_copies(shared_filings):
    for path in sorted(shared_filings.iterdir()):
        original = said_by(path.read_bytes())
        numbers = set(re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", original))
        names = {
            name.replace(" ", "")
            for name in re.findall(r"(?:签字|填表人|联系人)：([\u4e00-\u9fff]{2,3})(?= |$|联系)", original)
        }
        result = said(copied(path.read_bytes(), name=path.name).content)
        plain = re.sub("<[^>]*>", "", result)
        for personal in numbers | names:
            assert personal not in plain, path.name


def said_by(data: bytes) -> str:
    return re.sub("<[^>]*>", "", said(repacked(data, _no_binary(data))).replace("</w:p>", "\n"))


def _no_binary(data: bytes) -> dict[str, None]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: None for name in package.namelist() if not name.endswith((".xml", ".rels"))}


def test_the_version_of_the_program_covers_every_module_that_makes_copies():
    graph = grimp.build_graph("documents", "selfeval")
    makers = {
        "documents.redacted",
        "documents.redacted_word",
        "documents.redacted_excel",
        "documents.personal_search",
    }
    used = makers.union(*(graph.find_upstream_modules(module) for module in makers))
    assert used - {"documents", "selfeval"} <= {*SOURCES, "selfeval.refusal"}
