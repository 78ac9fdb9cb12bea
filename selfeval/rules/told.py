"""X: the budget, the spending and the score that a report tells of the whole or of one project, against its form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.figures import decimals, number, plain, text
from selfeval.filing import Cell, Filing, Form, FormKind, Position
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.money import UNITS
from selfeval.pattern import Pattern
from selfeval.rules.amounts import COLUMNS, in_wan, quoted
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.ratios import JOINING
from selfeval.statements import MONEY, Figure, Passage, of_part_of_the_year

BETWEEN = "自评报告与附表应一致"
_ABOUT = r"(?:该|本|项目|专项|部门|单位|资金|经费|年度|共|总计|已){0,4}"
_IS = r"(?:共|共计|合计|为|是|达|达到|:)?"
_INITIAL = Pattern(rf"{_ABOUT}年初(?:部门)?预算(?:数|安排|批复数?|资金|总额)?{_IS}")
_ADJUSTED = Pattern(rf"{_ABOUT}(?:全年|调整后?的?(?:全年)?)(?:部门|项目)?预算(?:数|总额|资金|安排)?{_IS}")
_BUDGET = Pattern(rf"{_ABOUT}(?:安排|批复|下达)?预算(?:数|资金|金额|安排|批复)?{_IS}")
_EXECUTED = Pattern(
    rf"{_ABOUT}(?:(?:全年|实际|累计|预算)*(?:执行|支出|使用|支付)(?:数|金额)?|(?:全年|实际|预算)(?:执行|支出|使用|支付)(?:资金|总额))(?:了|{_IS})"
)
SCORE = Pattern(r"(?:自评|评价|综合|绩效|总)*(?:总?得分|评分|总分|成绩)(?:结果)?(?:为|是|:|达到?)?$")
OTHER_SCORE = Pattern(r"执行|产出|效益|效果|满意|指标|成本|平均|复核|上年|整体|部门|单位|扣|满分|分值|权重")
# 各项目自评得分如下:甲99.5分,乙97分
_LISTED = Pattern(r"项目[^,;。:]{0,8}(?:得分|评分|总分)(?:情况)?(?:分别)?(?:为|是|如下)?:[^;。]*$")
_RESPECTIVELY = Pattern(r"(?:自评|评价|综合)*(?:总?得分|评分|总分)分别(?:为|是|:)?")
_CODED = Pattern(r"^[\dA-Za-z]{6,}[-—_]?")
_SHORTEST_NAME = 4


class Told(NamedTuple):
    """One amount of a report beside the cells of its form that it may be, in 万元."""

    column: str
    shown: str
    value: Decimal
    step: Decimal
    at: Position
    cells: tuple[Cell, ...]

    def agrees(self, form: Form, tolerance: Decimal) -> bool:
        allowed = max(self.step / 2, tolerance)
        values = (in_wan(number(cell), form) for cell in self.cells)
        return any(value is not None and abs(self.value - value) <= allowed for value in values)


@unit_rule("X32", Severity.ERROR, BETWEEN)
def report_states_the_money_of_the_forms(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的预算数和执行数应与整体支出自评表、项目支出自评表一致。"""
    tolerance = context.policy.tolerance.amount
    for report, form, told in _money(filing, context):
        wrong = [said for said in told if not said.agrees(form, tolerance)]
        if len(told) < 2:
            continue  # one figure alone may be of another scope
        # Where one figure is the form's, the other is told of the same money; else the scope may be another.
        certain = len(wrong) < len(told)
        for said in wrong:
            line = of_another_line(said, form, tolerance)
            if line and not certain:
                continue
            cell = said.cells[0]
            severity, why = None, ""
            if line:
                severity, why = Severity.INFO, f"，恰等于{line}，口径不同，请注明"
            elif not certain:
                severity, why = Severity.WARNING, "，口径不同的，请注明"
            yield Problem(
                (said.at, cell.at),
                said.shown,
                text(cell),
                f"{report.title}写明{_called(form)}{COLUMNS[said.column]} {said.shown}，"
                f"自评表为 {quoted(cell, form)}{why}",
                severity=severity,
                form=report.id,
            )


@unit_rule("X33", Severity.ERROR, BETWEEN)
def report_states_the_scores_of_the_projects(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告写明的各项目自评得分应与该项目的自评表一致。"""
    for figure, passage, form in context.once(project_scores, context):
        score = number(form.reported_score)
        if score is not None and abs(score - figure.value) > figure.step / 2:
            yield Problem(
                (passage.at, form.reported_score.at),
                figure.shown,
                text(form.reported_score),
                f"{passage.form.title}写明{_called(form)}自评得分 {figure.shown}，自评表的总分为 {plain(score)}",
                form=passage.form.id,
            )


@unit_rule("X06", Severity.ERROR, "表间勾稽")
def one_total_score(filing: Filing, context: Context) -> Iterator[Problem]:
    """封面表、自评报告写明的自评总分应与整体支出自评表一致，项目自评报告的应与该项目的自评表一致。"""
    # What a report tells of single projects first is not the whole's (X33 compares it with the project's form).
    single = {(passage.at, figure.value) for figure, passage, _ in context.once(project_scores, context)}
    reports = [r for r in filing.forms if r.kind is FormKind.REPORT and _said(r) not in single]
    told = (*(form for form in filing.forms if form.kind is FormKind.COVER), *reports)
    pairs = [(form, other) for form in filing.forms if form.kind is FormKind.DEPARTMENT for other in told]
    for form, other in pairs or _reports_on_projects(filing, reports):
        score, said = number(form.reported_score), number(other.reported_score)
        if score is not None and said is not None and said != score:
            yield Problem(
                (other.reported_score.at, form.reported_score.at),
                text(other.reported_score),
                text(form.reported_score),
                f"{other.title}的自评总分为 {plain(said)}，{form.title}的总分为 {plain(score)}",
                form=other.id,
            )
    if not pairs:
        yield from _beyond_all_projects(filing, reports)


def _beyond_all_projects(filing: Filing, reports: list[Form]) -> Iterator[Problem]:
    """The one score of a report on several projects lies between their lowest and their highest, however they
    are weighted."""
    forms = [form for form in filing.forms if form.kind in (FormKind.PROJECT, FormKind.FUND)]
    scored = sorted(
        ((number(form.reported_score), form) for form in forms if number(form.reported_score)),
        key=lambda pair: pair[0],
    )
    on_one = {id(report) for _, report in _reports_on_projects(filing, reports)}
    for report in reports:
        said = number(report.reported_score)
        if said is None or id(report) in on_one or len(scored) < 2 or len(scored) < len(forms):
            continue
        (low, lowest), (high, highest) = scored[0], scored[-1]
        if low <= said <= high:
            continue
        nearest, word = (lowest, "低于") if said < low else (highest, "高于")
        yield Problem(
            (report.reported_score.at, nearest.reported_score.at),
            text(report.reported_score),
            f"{plain(low)} 至 {plain(high)}",
            f"{report.title}写明自评得分 {plain(said)}，{word}所附 {len(scored)} 张项目自评表的总分（{plain(low)} 至 {plain(high)}）",
            severity=Severity.WARNING,
            form=report.id,
        )


def _said(report: Form) -> tuple[Position, Decimal | None] | None:
    return report.reported_score and (report.reported_score.at, number(report.reported_score))


def _reports_on_projects(filing: Filing, reports: list[Form]) -> Iterator[tuple[Form, Form]]:
    """Each report whose title names one project, with the form of that project; part of a longer name is none."""
    forms = [form for form in filing.forms if form.kind is FormKind.PROJECT and form.project]
    for report in reports:
        title = squash(report.title)
        named = [form for form in forms if squash(form.project) in title]
        if len(named) == 1:
            yield named[0], report


def project_scores(context: Context) -> list[tuple[Figure, Passage, Form]]:
    """The scores that sentences of a report tell of single projects which have a form."""
    forms = projects_by_name(context.filing)
    found = []
    for passage in context.passages.figured if forms else ():
        if passage.form.kind is not FormKind.REPORT or "分" not in passage.text:
            continue
        points = [f for f in passage.figures if f.unit == "分" and not f.depth and not f.rough]
        for before, figure in zip([None, *points], points, strict=False):
            start = before.end if before else 0
            form = named_project(passage.text[start : figure.start], forms)
            listed = form and _LISTED.search(passage.text, 0, figure.start) and not rest(figure.words, form)
            scored = form and SCORE.search(figure.words)
            if listed or (scored and not OTHER_SCORE.search(rest(figure.words, form))):
                found.append((figure, passage, form))
        found += ((figure, passage, form) for figure, form in _in_turn(passage.text, points, forms))
    return found


def _in_turn(text: str, points: list[Figure], forms: dict[str, Form]) -> Iterator[tuple[Figure, Form]]:
    """甲、乙、丙三个项目自评得分分别为A分、B分和C分: each project with the figure of its turn."""
    for match in _RESPECTIVELY.finditer(text):
        listed = [f for f in points if f.start >= match.end()]
        run = listed[:1] if listed and listed[0].start == match.end() else []
        for figure in listed[1:]:
            if not run or text[run[-1].end : figure.start] not in JOINING:
                break
            run.append(figure)
        begin = max(text.rfind(sign, 0, match.start()) for sign in ";。") + 1
        said = text[begin : match.start()]
        named = [name for name in forms if said.count(name) == 1]
        named = [n for n in named if not any(n != other and n in other for other in named)]
        if len(named) == len(run) > 1:
            yield from zip(run, (forms[name] for name in sorted(named, key=said.index)), strict=True)


def _money(filing: Filing, context: Context) -> Iterator[tuple[Form, Form, list[Told]]]:
    """Report, form and what the one tells of the other: of the whole once, of each project in its sentences."""
    departments = [form for form in filing.forms if form.kind is FormKind.DEPARTMENT and form.total]
    projects = projects_by_name(filing)
    for report in filing.forms:
        if report.kind is not FormKind.REPORT:
            continue
        # What is first told of a report on one project is that project's.
        if len(departments) == 1 and "项目" not in report.title.replace("项目支出", ""):
            yield report, departments[0], _of_the_whole(report, departments[0])
        for passage in context.said(report) if projects else ():
            if not passage.figures or passage.planned:
                continue
            # （二）泵站维修。全年预算…: below a heading that names a project its sentences tell of it.
            said = passage.text if any(name in passage.text for name in projects) else squash(passage.at.part)
            one = named_project(said, projects)
            for form, figures in [(one, passage.figures)] if one else _part_by_part(passage, projects):
                if form.total:
                    yield report, form, of_a_project(passage, figures, form, filing.year)


def _part_by_part(passage: Passage, projects: dict[str, Form]) -> Iterator[tuple[Form, tuple[Figure, ...]]]:
    """甲项目预算A，支出B；乙项目预算C，支出D: each part between semicolons that names a project, with its figures."""
    start = 0
    for part in passage.text.split(";"):
        end = start + len(part)
        if form := named_project(part, projects):
            yield form, tuple(f for f in passage.figures if start <= f.start < end)
        start = end + 1


def _of_the_whole(report: Form, form: Form) -> list[Told]:
    line, scale = report.total, UNITS.get(report.amount_unit, Decimal(1))
    found = []
    for column in ("initial_budget", "adjusted_budget", "executed") if line else ():
        said, cell = getattr(line, column), getattr(form.total, column)
        if number(said) is not None and number(cell) is not None:
            step = scale.scaleb(-decimals(said.text))
            shown = said.text + report.amount_unit
            found.append(Told(column, shown, number(said) * scale, step, said.at, (cell,)))
    return found


def of_a_project(passage: Passage, figures: tuple[Figure, ...], form: Form, year: int | None) -> list[Told]:
    total = form.total
    columns = (
        ("initial_budget", _INITIAL, (total.initial_budget,)),
        ("adjusted_budget", _ADJUSTED, (total.adjusted_budget,)),
        ("adjusted_budget", _BUDGET, (total.adjusted_budget, total.initial_budget)),
        ("executed", _EXECUTED, (total.executed,)),
    )
    found: dict[str, Told] = {}
    for figure in figures:
        if figure.unit != MONEY or figure.rough or figure.depth:
            continue
        if year and f"{year - 1}年" in passage.text[: figure.start]:
            continue
        if of_part_of_the_year(passage.text, figure.start):
            continue
        words = rest(figure.words, form)
        for column, pattern, cells in columns:
            known = tuple(cell for cell in cells if number(cell) is not None)
            if column not in found and known and pattern.fullmatch(words):
                found[column] = Told(column, figure.shown, figure.value, figure.step, passage.at, known)
                break
    return list(found.values())


def of_another_line(said: Told, form: Form, tolerance: Decimal) -> str:
    """The part of the money whose figure it is, "" when it is none's."""
    for line in form.funding:
        cell = getattr(line, said.column) or line.amount
        if line is not form.total and number(cell) and said._replace(cells=(cell,)).agrees(form, tolerance):
            return f"{line.label} {quoted(cell, form)}"
    return ""


def projects_by_name(filing: Filing) -> dict[str, Form]:
    """The project forms by name; of two with one name none, since it names neither."""
    forms = [form for form in filing.forms if form.kind in (FormKind.PROJECT, FormKind.FUND) and form.project]
    names = [_name(form) for form in forms]
    return {
        name: form
        for name, form in zip(names, forms, strict=True)
        if names.count(name) == 1 and len(name) >= _SHORTEST_NAME
    }


def named_project(said: str, forms: dict[str, Form]) -> Form | None:
    """The one form whose project a text names; a name within a longer one is not meant."""
    names = [name for name in forms if name in said]
    longest = [name for name in names if not any(name != other and name in other for other in names)]
    return forms[longest[0]] if len(longest) == 1 else None


def _name(form: Form) -> str:
    name = _CODED.sub("", squash(form.project or ""))
    return name.removesuffix("项目") or name


def rest(words: str, form: Form) -> str:
    """The words before a figure without the project's name, quotes and year."""
    left = words.replace(_name(form), "")
    return "".join(sign for sign in left if sign not in '“”"《》、的，')


def _called(form: Form) -> str:
    return f"项目“{form.project}”" if form.kind is not FormKind.DEPARTMENT else "部门整体支出"
