"""The unit's own file returned: a comment at each place that a finding names, and a list in front.

Everything else of the file stays as filed. Places that cannot be found stand on the list alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from documents import annotate_excel, annotate_word
from documents.grid import Unreadable
from documents.parts import Parts
from documents.reading import read_file
from selfeval.refusal import Refusal
from selfeval.repairs import Repair

_SUFFIX = "（批注）"


class NoAnnotation(Refusal):
    """Why a file cannot carry comments, as a Chinese sentence."""


def annotate(name: str, data: bytes, repairs: Sequence[Repair]) -> tuple[str, bytes]:
    """The commented file and its name (原名（批注）.docx) for the findings of this one file.

    Comments of an earlier round are replaced. Raises NoAnnotation for what is neither a .docx nor a .xlsx.
    """
    if not data.startswith(b"PK"):
        raise NoAnnotation(f"“{name}”不是 .docx 或 .xlsx 文件，不能在其中加批注，请对照清单修改")
    try:
        parts = Parts(data)
        folder = parts.main.partition("/")[0].lower()
        if folder == "word":
            annotate_word.comment(parts, name, repairs, _sentences(name, data, repairs))
            kind = "doc"
        elif folder == "xl":
            annotate_excel.comment(parts, name, repairs)
            kind = "xls"
        else:
            raise NoAnnotation(f"“{name}”不是 .docx 或 .xlsx 文件，不能在其中加批注，请对照清单修改")
        return _name(name, kind + ("m" if parts.package.has_macros else "x")), parts.saved()
    except Unreadable as reason:
        raise NoAnnotation(f"文件“{name}”{reason}") from reason


def _sentences(name: str, data: bytes, repairs: Sequence[Repair]) -> list[tuple[tuple[str, int], str]]:
    """The report text as read, ((section, number), sentence) in order; empty when no finding is about it."""
    if not any(place.sentence for repair in repairs for place in repair.finding.places):
        return []
    forms = read_file(name, data).forms
    return [((said.at.part, said.at.row), said.text) for form in forms for said in form.sentences]


def _name(name: str, ending: str) -> str:
    stem = name.rpartition(".")[0] if "." in name else name
    return f"{stem.removesuffix(_SUFFIX)}{_SUFFIX}.{ending}"
