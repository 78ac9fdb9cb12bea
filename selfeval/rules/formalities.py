"""A: dates, signatures, attachments and personal data, what a filing needs beside its figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from selfeval.filing import Filing, Form, FormKind, Position, Sentence
from selfeval.findings import Severity
from selfeval.pattern import Pattern
from selfeval.redaction import leftovers
from selfeval.rules.engine import Context, Problem, filing_rule
from selfeval.running import RunningText

_SIGNS = Pattern(
    r"(?P<label>[\u4e00-\u9fff（）()]{0,14}?(?:负责人|填表人|填报人|制表人|评价组组长))"
    r"\s*(?:[（(]?签[字名章][）)]?)?\s*[:：]"
)
# What stands behind a label that nobody filled in: the end, or the next label.
_NEXT = r"\s*(?:$|[（(]?(?:单位|部门|主管|财政|归口|业务|科室|项目|填[表报]|制表|联系|经办|[审复]核|日期|时间|电话|盖章|公章|年\s*月))"
_BLANK = Pattern(_NEXT)
_DATED = Pattern(r"(?:填[报表]|报告|编制)?(?:日期|时间)\s*[:：]\s*(?:年\s*月\s*日\s*)?")
_OPEN_DATE = Pattern(r"(?<![\d〇零一二三四五六七八九十])\s*年\s*月\s*日")
_DAYS = {
    "2025年3月20日": Pattern(r"(?<!\d)((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]"),
    "2025.3.20": Pattern(r"(?<!\d)((?:19|20)\d\d)\.(\d{1,2})\.(\d{1,2})(?!\d)"),
    "2025/3/20": Pattern(r"(?<!\d)((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?!\d)"),
    "2025-3-20": Pattern(r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)"),
}
_ONE_DAY = Pattern(r"(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日")
_IN_DIGITS = Pattern(r"(?:19|20)\d\d\s*[年./-]")
# A local rule names its attachments in its own words; these decide which paper is meant.
_PAPERS = (
    (FormKind.BASE_DATA, "基础数据"),
    (FormKind.FUND, "政府性基金"),
    (FormKind.PROJECT, "项目支出"),
    (FormKind.DEPARTMENT, "整体支出绩效自评表"),
    (FormKind.COVER, "封面"),
    (FormKind.REPORT, "报告"),
)
# A cheap look before the careful one: no personal number has fewer than eleven digits.
_MANY_DIGITS = Pattern(r"\d(?:[ \u3000.-]?\d){10}")
_PERSONAL = ("手机号", "身份证号", "银行账号")


class _Day(NamedTuple):
    """A date as written, with the example of its format."""

    said: str
    written: str
    year: int
    at: Position


@filing_rule("A10", Severity.WARNING, "报送要求")
def blank_papers_are_not_filed(filing: Filing, context: Context) -> Iterator[Problem]:
    """没有填写的空白表不必报送，只写了单位而没有数据的表应填写或删去。"""
    blanks = [form for form in filing.forms if form.kind is FormKind.TEMPLATE]
    if not blanks or not _judged(filing):
        return
    named = [form for form in blanks if form.unit or form.project]
    plain = [form for form in blanks if form not in named]
    for form in named:
        yield Problem(
            form.at,
            None,
            None,
            f"{form.title}（{form.at}）写了{form.project or form.unit}，没有金额、完成值和得分，按空白表处理，未审核",
            form=form.id,
        )
    if plain:
        yield Problem(
            tuple(form.at for form in plain),
            None,
            None,
            f"文件里有 {len(plain)} 张空白表（{'、'.join(dict.fromkeys(form.title for form in plain))}），未审核",
            severity=Severity.INFO,
        )


@filing_rule("A11", Severity.WARNING, "按政策的报送材料")
def attachments_are_complete(filing: Filing, context: Context) -> Iterator[Problem]:
    """报送材料应包括政策规定的各项附表和自评报告。"""
    kinds = {form.kind for form in _judged(filing)}
    beside = context.expected.beside
    if beside is not None:
        if not context.expected.leads or not kinds | beside:
            return
        kinds |= beside
    # Tables and report often come in two files: one file alone is the whole filing when it holds both.
    elif FormKind.REPORT not in kinds or not kinds - {FormKind.REPORT, FormKind.COVER}:
        return
    wanted = [(name, paper_named(name)) for name in context.policy.attachments]
    missing = [name for name, kind in wanted if kind is not None and kind not in kinds]
    if missing:
        present = "、".join(kind.label for kind in FormKind if kind in kinds)
        where = "报送的各个文件里" if beside else "文件里"
        yield Problem(
            Position(filing.file),
            present,
            "、".join(missing),
            f"{where}有{present}，没有{'、'.join(missing)}",
        )


@filing_rule("A12", Severity.WARNING, "自评表表式：填报日期")
def forms_are_dated(filing: Filing, context: Context) -> Iterator[Problem]:
    """填报日期应填写。"""
    open_dates = [
        (form, line.at)
        for form in _judged(filing)
        if not _dated(form)
        for line in form.footer
        if _lacks_date(line.text)
    ]
    if open_dates:
        forms = "、".join(dict.fromkeys(f"{form.title}（{form.at}）" for form, _ in open_dates))
        yield Problem(tuple(at for _, at in open_dates), None, None, f"日期未填：{forms}")


@filing_rule("A13", Severity.WARNING, "填报要求：年度结束后自评")
def forms_are_dated_after_their_year(filing: Filing, context: Context) -> Iterator[Problem]:
    """填报日期应在预算年度结束之后。"""
    for form in _judged(filing):
        year = form.year or filing.year
        # A report ends with its day, alone in its line.
        signed = [Sentence(h, form.at) for h in form.headings if _ONE_DAY.fullmatch(h.strip())]
        for line in (*form.footer, *signed[-1:]):
            for day in _days(line.text, line.at):
                if year is not None and day.year <= year:
                    yield Problem(
                        day.at,
                        day.said,
                        f"{year + 1}年1月1日以后",
                        f"{form.title}是{year}年度的，填报日期 {day.said}，年度还没有结束",
                        form=form.id,
                    )


@filing_rule("A14", Severity.WARNING, "自评表表式：签字")
def forms_are_signed(filing: Filing, context: Context) -> Iterator[Problem]:
    """单位负责人和填表人应签字。"""
    unsigned: dict[str, list[tuple[Form, Position]]] = {}
    for form in _judged(filing):
        for line in form.footer:
            for match in _SIGNS.finditer(line.text):
                label = match["label"].lstrip("（）() ")
                if "财政" not in label and _BLANK.match(line.text, match.end()):
                    unsigned.setdefault(label, []).append((form, line.at))
    if unsigned:
        said = "；".join(
            f"{label}未签：{'、'.join(dict.fromkeys(f'{form.title}（{form.at}）' for form, _ in places))}"
            for label, places in unsigned.items()
        )
        at = tuple(dict.fromkeys(at for places in unsigned.values() for _, at in places))
        yield Problem(at, None, None, said)


@filing_rule("A15", Severity.NOTICE, "填报要求")
def dates_share_a_format(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一份材料中日期的写法应一致。"""
    first: dict[str, _Day] = {}
    for form in _judged(filing):
        cells = [cell for row in form.indicators for cell in (row.target, row.actual)]
        for text, at in (
            *((line.text, line.at) for line in form.footer),
            *((cell.text, cell.at) for cell in cells),
        ):
            for day in _days(text, at):
                first.setdefault(day.written, day)
    if len(first) > 1:
        said = "、".join(f"{day.said}（{day.at}）" for day in first.values())
        yield Problem(
            tuple(day.at for day in first.values()), None, None, f"日期有 {len(first)} 种写法：{said}"
        )


@filing_rule("A16", Severity.WARNING, "公开要求：公开前脱敏")
def published_papers_name_no_person(filing: Filing, context: Context) -> Iterator[Problem]:
    """对外公开的封面、报告和指标中不应出现个人手机号、身份证号和银行账号。"""
    counts: dict[str, int] = {}
    published: list[Position] = []
    texts = RunningText(placed for form in filing.forms for placed in _texts(form)).having(_MANY_DIGITS)
    # The forms ask for a telephone number in their last line, which is never published and mostly the same.
    personal = {text: _personal(text) for text in {text for text, _, _ in texts}}
    if any(personal[text] for text, _, form in texts if form):
        for text, at, form in texts:
            for found in personal[text]:
                counts[found] = counts.get(found, 0) + 1
                published += [at] if form else []
        said = "、".join(f"{found} 出现 {count} 次" for found, count in counts.items())
        yield Problem(
            tuple(dict.fromkeys(published)),
            None,
            None,
            f"{said}，全部材料合计 {sum(counts.values())} 次，公开前应隐去",
        )


def _personal(text: str) -> list[str]:
    return [found for found in leftovers(text) if found.startswith(_PERSONAL)]


def _judged(filing: Filing) -> list[Form]:
    return [form for form in filing.forms if form.kind.judged]


def paper_named(name: str) -> FormKind | None:
    """Which paper a local rule means; None for one that is no form of ours."""
    return next((kind for kind, word in _PAPERS if word in name), None)


def _dated(form: Form) -> bool:
    """Whether a date stands anywhere below the form: label and date may be two paragraphs."""
    return any(True for line in form.footer for _ in _days(line.text, line.at))


def _lacks_date(text: str) -> bool:
    """Whether a date is asked for and none is there; the bureau's own opinion block is not the unit's."""
    if "财政部门" in text:
        return False
    asked = [_BLANK.match(text, match.end()) for match in _DATED.finditer(text)]
    return any(asked) or bool(_OPEN_DATE.search(text))


def _days(text: str, at: Position) -> Iterator[_Day]:
    for written, pattern in _DAYS.items() if _IN_DIGITS.search(text) else ():
        for match in pattern.finditer(text):
            yield _Day(match[0], written, int(match[1]), at)


def _texts(form: Form) -> Iterator[tuple[str, Position, str | None]]:
    """Every text of a form that may name a person, its place, and the form's id where it is published."""
    published = form.id if form.kind.judged else None
    for entry in form.entries:
        yield entry.cell.text, entry.cell.at, published
    for sentence in form.sentences:
        yield sentence.text, sentence.at, published
    # A line such as 联系人：… 电话：… at the end of a report reads like a heading.
    for heading in form.headings:
        yield heading, form.at, published
    for row in form.indicators:
        yield row.name, row.at, published
        if row.deviation_note:
            yield row.deviation_note.text, row.at, published
    for line in form.footer:
        yield line.text, line.at, None
