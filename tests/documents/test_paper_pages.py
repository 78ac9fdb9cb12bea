"""The bureau's Word papers on the page: headings stand whole in their columns, what belongs together on one page."""

from __future__ import annotations

import io
from decimal import Decimal

import docx
import pytest

from documents.department_report import department_report
from documents.results_bulletin import results_document
from selfeval.recheck import Recheck
from tests.selfeval import test_comparison, test_department_report, test_results

_MARGINS = 6.0  # points left and right of a cell's text
_YEARS = test_comparison.years(*[(test_comparison.unit("1", "单位1", "10", "95"),)] * 2)
_ONE, _OTHER = (
    test_department_report.unit(code, figures=test_department_report.FULL) for code in ("101", "101001")
)


@pytest.mark.parametrize(
    "paper",
    [
        results_document(
            test_results.data(
                recheck={"1": Recheck("1", Decimal(92), "佐证不足", "某人", 1)}, comparison=_YEARS
            )
        ),
        department_report(test_department_report.data(_ONE, _OTHER)),
    ],
    ids=["bulletin", "report"],
)
def test_no_heading_of_a_table_is_broken_inside_a_word(paper):
    document = docx.Document(io.BytesIO(paper))
    heads = [
        cell
        for table in document.tables
        if "w:tblHeader" in table.rows[0]._tr.xml
        for cell in table.rows[0].cells
    ]
    assert len(heads) > 20
    for cell in heads:
        size = cell.paragraphs[0].runs[0].font.size.pt
        # A Chinese character is as wide as it is high, a digit half of that.
        widest = max(len(line.encode("gb18030")) for line in cell.text.split("\n")) * size / 2
        assert widest + _MARGINS <= cell.width.pt, cell.text


def test_signature_and_date_stand_together_and_so_do_the_attachments():
    document = docx.Document(io.BytesIO(department_report(test_department_report.data(_ONE, _OTHER))))
    texts = [paragraph.text.strip("\u3000") for paragraph in document.paragraphs]
    signed, listed = texts.index("某局"), texts.index("附件：")
    last = max(at for at, text in enumerate(texts) if at > listed and text[:1].isdigit())
    assert last > listed + 1
    for at in (signed - 1, signed, *range(listed, last)):
        assert document.paragraphs[at].paragraph_format.keep_with_next, texts[at]
    assert not document.paragraphs[last].paragraph_format.keep_with_next
