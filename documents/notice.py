"""The bureau's notice that opens a cycle, as a Word document laid out after GB/T 9704-2012.

The wording and the layout live in templates/notice.docx, which a bureau edits in Word; this module only
fills its fields.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

import docx
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined

from documents.typography import printable
from selfeval.figures import chinese_date


@dataclass(frozen=True, slots=True)
class Notice:
    """What the notice says. Due instants are in Asia/Shanghai; without `contact` its section is left out.

    `provisional` is the sentence on dates whose holiday order is not out, "" when all are. `lock`: after it
    nothing is taken in; None when no such day is planned.
    """

    bureau: str
    document_number: str
    year: int
    issued_on: date
    addressee: str
    unit_due: datetime
    department_due: datetime
    correction_due: datetime
    publication_due: datetime
    attachments: tuple[str, ...]
    contact: str
    provisional: str = ""
    lock: datetime | None = None


def notice_document(notice: Notice) -> bytes:
    """The notice as .docx bytes.

    Raises jinja2.UndefinedError when the edited template asks for a field that a notice does not have.
    """
    with resources.files("documents").joinpath("templates/notice.docx").open("rb") as file:
        template = DocxTemplate(file)
        template.init_docx()
    template.render(_fields(notice), Environment(undefined=StrictUndefined), autoescape=True)
    properties = template.docx.core_properties
    properties.title = f"关于开展{notice.year}年度预算绩效自评工作的通知"
    properties.author = printable(notice.bureau)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def notice_text(data: bytes) -> str:
    """The words of a notice that was written here, paragraph by paragraph."""
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def _fields(notice: Notice) -> dict[str, object]:
    return {
        "bureau": printable(notice.bureau),
        "document_number": printable(notice.document_number),
        "year": notice.year,
        "issued_on": chinese_date(notice.issued_on),
        "addressee": printable(notice.addressee),
        "unit_due": _instant(notice.unit_due),
        "department_due": _instant(notice.department_due),
        "correction_due": _instant(notice.correction_due),
        "publication_due": chinese_date(notice.publication_due),
        "attachments": [printable(attachment) for attachment in notice.attachments],
        "contact": printable(notice.contact),
        "provisional": printable(notice.provisional),
        "lock": _instant(notice.lock) if notice.lock else "",
    }


def _instant(instant: datetime) -> str:
    minutes = f"{instant.minute}分" if instant.minute else ""
    return f"{chinese_date(instant)}{instant.hour}时{minutes}"
