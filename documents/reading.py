"""The one entrance for what units file: bytes in, a Filing out. Bad content never raises, it is said.

The reader of a format is imported when a file of it comes: a check of one Word file needs neither the
library for sheets nor the one for old containers, and a check takes little longer than its imports.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from documents import basedata, blocks, cover, evaluation, narrative, prose
from documents.blocks import Block
from documents.grid import Document, GridCell, Line, Unreadable
from documents.headers import plans_targets
from documents.indicators import names_level
from documents.package import Package
from selfeval.filing import Filing, Form, FormKind, Note, Position, Sentence
from selfeval.labels import SEAL, squash

MAX_BYTES = 50 * 1024 * 1024

_PICTURE = "图片"
_SIGNATURES = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gz 压缩包"),
    (b"\x78\x9f\x3e\x22", "Outlook 打包的附件（winmail.dat）"),
)
_PDF, _RTF = b"%PDF", b"{\\rtf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Endings under which other programs store the same content. Word opens RTF named .doc without a word.
_ALSO_NAMED = {
    "docm": ("docx",),
    "xlsm": ("xlsx",),
    "doc": ("wps", "dot"),
    "xls": ("et", "xlt"),
    "rtf": ("doc", "wps"),
}
_WANTED = "请用原软件另存为 .docx 或 .xlsx 后再报送。"


def read_file(name: str, data: bytes) -> Filing:
    """Read one filed document. `name` is its file name; its ending is compared with what the content is.

    Whatever cannot be read gives a Filing whose `unreadable` says in Chinese what was found and expected.
    """
    filing = Filing(file=name, sha256=hashlib.sha256(data).hexdigest())
    try:
        kind, document = _open(data)
        forms, notes = _forms(document)
    except Unreadable as reason:
        return replace(filing, unreadable=f"文件“{name}”{reason}", attachment=_is_scan(data))
    if not forms:
        return replace(
            filing,
            identity=document.identity,
            unreadable=f"文件“{name}”里没有找到自评表或自评报告{_instead(document)}。请核对是否报错了文件。",
            attachment=True,
        )
    return replace(
        filing,
        unit=_unit(forms),
        year=_year(forms) or (document.identity.year if document.identity else None),
        identity=document.identity,
        forms=forms,
        notes=(*_ending(name, kind), *document.notes, *notes),
    )


def _instead(document: Document) -> str:
    """What a file without any form holds instead, as far as its tables tell."""
    divided, _ = blocks.divide(document)
    if any(plans_targets(line) for block in divided for line in block.lines):
        return "，只有绩效目标表（有指标值，没有实际完成值和得分）"
    if any(evaluation.is_list(block) for block in divided):
        return "，只有一行一个项目的清单"
    return ""


def _open(data: bytes) -> tuple[str, Document]:
    """What the content is (docx, xlsx, xls, doc, rtf, pdf; docm and xlsm with macros) and its document."""
    if not data:
        raise Unreadable("是空文件（0 字节）。请核对后重新报送。")
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"有 {len(data) / 1024 / 1024:.1f} MB，超过 {MAX_BYTES // 1024 // 1024} MB 的上限。请删去图片等无关内容，或拆分后报送。"
        )
    if data.startswith(b"PK"):
        return _open_package(Package(data))
    if data.startswith(_OLE):
        return _open_ole(data)
    if data.startswith(_PDF):
        from documents import pdf_process

        return "pdf", pdf_process.read(data)
    if data.startswith(_RTF):
        return "rtf", _converted(data, "rtf", " RTF 文件")
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(f"是 {what}，不是 Word 或 Excel 文件。{_WANTED}")
    raise Unreadable(f"{_described(data)}，不是 Word 或 Excel 文件。{_WANTED}")


def _open_package(package: Package) -> tuple[str, Document]:
    folder = package.main.partition("/")[0].lower()
    ending = "m" if package.has_macros else "x"
    if folder == "word":
        from documents import word

        return f"doc{ending}", word.read(package)
    if folder == "xl":
        from documents import excel

        return f"xls{ending}", excel.read(package)
    raise Unreadable(f"既不是 Word 也不是 Excel 文件（主体部件为 {package.main}）。{_WANTED}")


def _open_ole(data: bytes) -> tuple[str, Document]:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {"/".join(path).lower() for path in container.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable(f"已损坏，打不开。{_WANTED}") from error
    if "encryptedpackage" in streams:
        raise Unreadable("设有打开密码，读不出内容。请取消密码后重新报送。")
    if "workbook" in streams or "book" in streams:
        from documents import excel_old

        return "xls", excel_old.read(data)
    if "worddocument" in streams:
        return "doc", _converted(data, "doc", "旧版 Word（.doc）或 WPS 文字（.wps）文件")
    raise Unreadable(f"不是 Word 或 Excel 文件。{_WANTED}")


def _converted(data: bytes, ending: str, what: str) -> Document:
    """An old word-processor file; `what` is its Chinese name."""
    from documents import convert, word

    return word.read(Package(convert.to_docx(data, ending, what)))


def _is_scan(data: bytes) -> bool:
    """PDF and pictures: what units scan and send along as evidence. An archive may hold forms and is none."""
    return data.startswith((_PDF, *(signature for signature, what in _SIGNATURES if what == _PICTURE)))


def _described(data: bytes) -> str:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<table" in start:
        return "是网页（HTML）"
    if start.startswith(b"<"):
        return "是 XML 文本"
    if b"\x00" not in data[:4096]:
        return "是纯文本（如 CSV）"
    return "的内容无法识别"


def _forms(document: Document) -> tuple[tuple[Form, ...], list[Note]]:
    divided, stretches = blocks.divide(document)
    forms: list[Form] = []
    notes: list[Note] = []
    others: list[Block] = []
    for block in _whole(divided):
        own: list[Note] = []
        form = _form(block, own)
        if form is None:
            others.append(block)
            continue
        footer = tuple(Sentence(foot.text, foot.at) for foot in block.foots)
        form = replace(
            form,
            id=str(len(forms) + 1),
            title=form.title or form.kind.label,
            footer=(*form.footer, *footer),
            seal_place=_has_seal_place(block),
        )
        forms.append(form)
        if form.kind.judged:
            notes.extend(note._replace(form=form.id) for note in own)
    text = blocks.running_text(divided, stretches, lambda block: block not in others)
    report = prose.read([*text, *filter(None, map(narrative.paragraphs, others))])
    if report is not None:
        forms.append(replace(report, id=str(len(forms) + 1)))
    return tuple(forms), notes


def _has_seal_place(block: Block) -> bool:
    lines = (cell.text for line in block.lines for cell in line.filled)
    around = (paragraph.text for paragraph in (*block.heads, *block.foots))
    return any("章" in text and SEAL.search(squash(text)) for text in (*around, *lines))


def _whole(divided: list[Block]) -> list[Block]:
    """A form that goes on in a second table, without a title of its own, is one form."""
    found: list[Block] = []
    for block in divided:
        if found and _continues(found[-1], block):
            found[-1].lines.extend([*_levels_above(block), *evaluation.body(block)])
            found[-1].foots.extend(block.foots)
        else:
            found.append(block)
    return found


def _levels_above(block: Block) -> list[Line]:
    """The paragraphs above a table that name the level of its indicators, as rows over all its columns."""
    part, width = block.lines[0].part, block.width
    return [
        Line(part, 0, (GridCell(0, 1, width, head.text),), False)
        for head in block.heads
        if names_level(head.text)
    ]


def _continues(before: Block, block: Block) -> bool:
    """Whether a table goes on with the one before: the form is not at its end and this one opens no other."""
    # Most tables have a title of their own, which is the least work to ask for.
    if block.title and not blocks.goes_on(block.title, before.title):
        return False
    if cover.is_cover(block) or evaluation.has_total(before):
        return False
    if evaluation.has_evaluation(before) and not evaluation.goes_on(before, block):
        return False
    if evaluation.has_evaluation(before) and evaluation.has_indicators(block):
        return True
    # Cut at a page without its heading again: nothing but 续表 stands between, and the columns are the same.
    if (
        block.title
        or before.foots
        or before.width != block.width
        or not all(blocks.is_page_mark(h.text) for h in block.heads)
    ):
        return False
    if evaluation.has_evaluation(block):
        return bool(before.title) and not evaluation.has_evaluation(before)
    return evaluation.has_evaluation(before) or basedata.is_base_data(before)


def _form(block: Block, notes: list[Note]) -> Form | None:
    """The form of a block, None for a table that is no paper of a self-evaluation."""
    if _is_appraisal(block):
        return Form(id="", kind=FormKind.APPRAISAL, title=block.title, at=block.at)
    if cover.is_cover(block):
        return _judged_or_template(cover.read(block, notes), cover.is_empty)
    if basedata.is_base_data(block):
        return _judged_or_template(basedata.read(block, notes), basedata.is_empty)
    if evaluation.has_evaluation(block) and not evaluation.is_list(block):
        return _judged_or_template(evaluation.read(block, notes), evaluation.is_empty)
    return None


def _judged_or_template(form: Form, empty: Callable[[Form], bool]) -> Form:
    return replace(form, kind=FormKind.TEMPLATE) if empty(form) else form


def _is_appraisal(block: Block) -> bool:
    """The bureau's rubric: it scores how the self-evaluation was done, not what it says."""
    if "考核" in squash(block.title) and "评分" in squash(block.title):
        return True
    names = block.names(4)
    return (
        "评分标准" in names and any("佐证" in name for name in names) and not evaluation.has_evaluation(block)
    )


def _unit(forms: tuple[Form, ...]) -> str | None:
    """The filing unit: as the department form, the report or the cover says, else the projects' implementer."""
    for kind in (FormKind.DEPARTMENT, FormKind.COVER, FormKind.REPORT, FormKind.BASE_DATA):
        for form in forms:
            if form.kind is kind and form.unit:
                return form.unit
    named = Counter(form.unit for form in forms if form.unit)
    return named.most_common(1)[0][0] if named else None


def _year(forms: tuple[Form, ...]) -> int | None:
    for form in forms:
        if form.kind is FormKind.DEPARTMENT and form.year:
            return form.year
    # A form that came back blank says its year too.
    stated = Counter(form.year for form in forms if form.year and form.kind.judged) or Counter(
        form.year for form in forms if form.year
    )
    return stated.most_common(1)[0][0] if stated else None


def _ending(name: str, kind: str) -> list[Note]:
    """Notes on a name that does not fit the content, and on macros."""
    notes = []
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    at = Position(part=name)
    if ending != kind and ending not in _ALSO_NAMED.get(kind, ()):
        notes.append(
            Note(
                at=at,
                found=f".{ending}" if ending else "没有扩展名",
                expected=f".{kind}",
                message=f"文件名以“.{ending}”结尾，内容却是 .{kind}；已按内容读取，请改正文件名。",
            )
        )
    if kind in ("docm", "xlsm"):
        notes.append(
            Note(
                at=at,
                found="宏",
                expected="不含宏的文件",
                message="文件内含宏；宏未运行，请另存为不含宏的 .docx 或 .xlsx 后报送。",
            )
        )
    return notes
