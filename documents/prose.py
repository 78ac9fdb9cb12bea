"""Report text as a form: the paragraphs outside tables as sentences by section.

Blank outlines and formats handed out with a notice are left out; what the sentences say in figures is
read in statements.py.
"""

from __future__ import annotations

import itertools

from documents import statements
from documents.grid import Paragraph
from selfeval.filing import Form, FormKind, Position, Sentence
from selfeval.labels import ATTACHMENT, PLACEHOLDER, PLACEHOLDER_SIGNS, SEAL, TITLE, bare, squash, squash_all
from selfeval.pattern import Pattern
from selfeval.quantity import dates_in_digits

_HEADING = Pattern(
    r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]+[章节部分]+"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,3}\s*[、.．]?\s*(?=[\u4e00-\u9fff])|\d{1,2}\s+(?=[\u4e00-\u9fff])"
    r"|\d{1,2}\s*[、.．](?!\d)|[(（]\d{1,2}[)）]|[①-⑳])\s*"
)
_SENTENCE = Pattern(r"[^。！？!?\n]*[。！？!?]+[”’」』）)]*|[^。！？!?\n]+")
_YEAR = Pattern(r"(20\d{2})\s*年")
_UNIT_LINE = Pattern(r"(?:部门|单位|部门\(单位\)|单位\(部门\))名称(?:\([^()]*\))?[:：](.+)")
_ABOUT = Pattern(
    r"^(?:关于)?(?P<before>.{0,40}?)(?:关于)?(?P<year>20\d{2}|××|XX)年度?(?P<after>.{0,40}?)(?:部门|单位)?(?:整体|预算|项目|财政)"
)
# （三）坚持守牢红线，形成新格局。一是…: the heading runs on into its text.
_RUN_IN = Pattern(r"\s*([(（][一二三四五六七八九十]{1,3}[)）][^。；;]{4,40})。(?=.)")
# A full stop behind a heading is a slip; behind other words it ends a sentence.
_TOPIC = Pattern(r"(?:情况|分析|措施|建议|做法|问题|结论|概述|概况|依据|说明|结果|效益|目标|工作)$")
_CALLED = Pattern("[^。;,]{4,40}绩效自?评价?[^。;,]{0,8}(?:报告|说明|总结|综述|情况)")
_ENDS = Pattern(r"[。；;！]")
_MEASURED = Pattern(r"\d\s{0,4}(?:万元|元|%|％|分|人|个|亩)")
_STATES = Pattern(r"\d+(?:\.\d+)?\s*(?:万元|元|%|％|‰|分|人|个|亩|次|家)")
_LONGEST_HEADING = 45
# A heading whose numbering got lost is shorter still.
_LONGEST_BARE_HEADING = 30
# What is not called a report is one when it says this much.
_LEAST_SENTENCES = 3


def read(stretches: list[list[Paragraph]]) -> Form | None:
    """The report of a filing; None when there is no running text with sections."""
    sections: list[list[Paragraph]] = []
    titles: list[Paragraph] = []
    for stretch in stretches:
        for papers in _papers(stretch):
            if not _is_outline(papers):
                titles.extend(_titles(papers))
                sections.append(papers)
    sentences: list[Sentence] = []
    headings: list[str] = []
    for papers in sections:
        said = _sentences(papers)
        called = any("报告" in title.text for title in _titles(papers))
        least = 1 if called else _LEAST_SENTENCES
        if sum(s.text.endswith("。") for s in said) >= least and _has_sections(papers):
            sentences.extend(said)
            headings.extend(heading for p in papers if (heading := _heading(p.text.strip())))
    if not sentences:
        return None
    title = next((t.text for t in titles if "报告" in t.text), "")
    lead = [p.text for papers in sections for p in papers[:6]]
    years = [int(m[1]) for t in titles if (m := _YEAR.search(dates_in_digits(t.text)))]
    said = statements.read(sentences)
    return Form(
        id="",
        kind=FormKind.REPORT,
        title=title.strip() or FormKind.REPORT.label,
        at=sentences[0].at,
        unit=_unit(lead, titles),
        year=next(iter(years), None),
        amount_unit=said.amount_unit,
        funding=said.funding,
        indicators=said.indicators,
        sentences=tuple(sentences),
        headings=tuple(
            dict.fromkeys(itertools.chain(headings, (sentence.at.part for sentence in sentences)))
        ),
        seal_place=any(
            "章" in p.text and _is_line(p.text) and SEAL.search(squash(p.text))
            for papers in sections
            for p in papers
        ),
        reported_score=said.score,
        reported_grade=said.grade,
    )


def _papers(stretch: list[Paragraph]) -> list[list[Paragraph]]:
    """A stretch cut where a title begins another paper (cover, report, notice, attachment)."""
    found: list[list[Paragraph]] = [[]]
    for paragraph, compact in zip(stretch, squash_all(p.text for p in stretch), strict=True):
        opens = len(compact) <= 60 and (TITLE.fullmatch(compact) or ATTACHMENT.fullmatch(compact))
        if opens and any(not _is_line(p.text) for p in found[-1]):
            found.append([])
        found[-1].append(paragraph)
    return [papers for papers in found if papers]


def _is_line(text: str) -> bool:
    """A line of a title page: short, no sentence, no heading."""
    return len(text) <= 60 and not text.endswith(("。", "；", "：", ":")) and not _HEADING.match(text)


def _is_outline(papers: list[Paragraph]) -> bool:
    """A format or outline to be filled in: it says so, or holds placeholders and hardly a figure."""
    head = [p.text for p in papers[:8]]
    if any(PLACEHOLDER.search(squash(text)) for text in head if len(text) <= 60):
        return True
    texts = squash_all(p.text for p in papers)
    whole = "".join(texts)
    if not any(sign in whole for sign in PLACEHOLDER_SIGNS):
        return False
    gaps = sum(bool(PLACEHOLDER.search(text)) for text in texts)
    return gaps > 0 and gaps > sum(bool(_MEASURED.search(p.text)) for p in papers)


def _titles(papers: list[Paragraph]) -> list[Paragraph]:
    found = []
    for index, paragraph in enumerate(papers[:12]):
        compact = squash(paragraph.text)
        if len(compact) > 60 or not TITLE.fullmatch(compact):
            continue
        # A title set in two lines names the unit in the first.
        before = papers[index - 1].text.strip() if index else ""
        if (
            not _YEAR.search(dates_in_digits(compact))
            and _YEAR.search(dates_in_digits(before))
            and _is_line(before)
        ):
            paragraph = Paragraph(before + paragraph.text.strip(), paragraph.at)
        found.append(paragraph)
    return found


def _unit(lead: list[str], titles: list[Paragraph]) -> str | None:
    """The unit as the title page states it: 部门名称（盖章）：…, a line before the title, or inside the title."""
    for text in lead:
        match = _UNIT_LINE.search(squash(text))
        if match and not PLACEHOLDER.search(match[1]) and bare(match[1]):
            return match[1]
    for title in titles:
        match = _ABOUT.match(squash(title.text))
        if match and "通知" not in title.text:
            named = match["before"] or match["after"]
            if len(named) >= 4 and not named.startswith("关于"):
                return named
    for first, second in itertools.pairwise(lead):
        if (
            TITLE.fullmatch(squash(second))
            and _is_line(first)
            and not TITLE.fullmatch(squash(first))
            and len(first) >= 4
        ):
            return first.strip()
    return None


def _has_sections(papers: list[Paragraph]) -> bool:
    """Two numbered headings, or a title that says what it is: …绩效自评说明."""
    if any(_CALLED.fullmatch(squash(p.text)) for p in papers[:3]):
        return True
    return sum(bool(_HEADING.match(p.text)) for p in papers) >= 2


def _sentences(papers: list[Paragraph]) -> list[Sentence]:
    found: list[Sentence] = []
    section, number = "", 0
    for paragraph in papers:
        text = paragraph.text.strip()
        if heading := _heading(text):
            section, number = heading, 0
        if _is_heading(text):
            continue
        begins = True
        for match in _SENTENCE.finditer(text):
            said = match[0].strip()
            if said:
                number += 1
                place = Position(part=section or "正文", row=number, sentence=True)
                found.append(Sentence(said, place, begins))
                begins = False
    return found


def _heading(text: str) -> str:
    """The heading that a paragraph is or begins with, "" for plain text."""
    if _is_heading(text):
        return text.rstrip("。：:")
    run_in = _RUN_IN.match(text)
    return run_in[1] if run_in and not _states(run_in[1]) else ""


def _is_heading(text: str) -> bool:
    numbered = _HEADING.match(text)
    inner = text.rstrip("。：:")
    if text.endswith("。") and not _TOPIC.search(inner):
        return False
    if _ENDS.search(inner) or ("，" in inner and not numbered):
        return False
    if numbered:
        return len(text) <= _LONGEST_HEADING and not text.endswith(("；", ";")) and not _states(text)
    return 4 <= len(inner) <= _LONGEST_BARE_HEADING and text[-1] not in "；;，," and not _states(text)


def _states(text: str) -> bool:
    """Whether a short line says something with a figure, as "（4）满意度：80%。" does."""
    return _STATES.search(text) is not None
