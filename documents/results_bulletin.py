"""The bulletin of results (自评结果通报) in Word: a draft with marked places, laid out as the bureau's papers are."""

from __future__ import annotations

from documents.official import Official
from selfeval.paper_blocks import blank
from selfeval.results import ResultsData, blocks


def results_document(data: ResultsData) -> bytes:
    """The paper as .docx bytes; number, recipients and day of the document are a person's to write."""
    title = f"关于{data.year}年度预算绩效自评结果的通报"
    paper = Official(title, data.bureau)
    paper.line(blank("发文字号"), "center")
    paper.title(f"{data.bureau}\n{title}", before=400)
    paper.line(f"{blank('主送单位')}：")
    # A signature must not stand on a page without text.
    paper.blocks(blocks(data), signed=True)
    paper.line("", "right", keep=True)
    paper.line(data.bureau, "right", keep=True)
    paper.line(blank("成文日期"), "right")
    return paper.content()
