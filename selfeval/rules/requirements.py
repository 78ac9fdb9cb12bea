"""A: what the local rule wants a report and a form to have: sections and lines for signature and seal."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.filing import Filing, Form, FormKind
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.rules.engine import Context, Problem, filing_rule, rule
from selfeval.rules.formalities import paper_named

_SIGNED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND, FormKind.BASE_DATA)


@rule("A18", Severity.WARNING, "按政策的自评报告内容")
def reports_have_their_sections(form: Form, context: Context) -> Iterator[Problem]:
    """自评报告应包括政策规定的各部分。"""
    if form.kind is not FormKind.REPORT or not form.headings:
        return
    headings = [squash(heading) for heading in form.headings]
    missing = _missing(context.policy.report_sections, headings)
    if missing:
        said = "、".join(missing)
        yield Problem(form.at, None, said, f"{form.title}的标题中没有：{said}")


@filing_rule("A19", Severity.WARNING, "按政策的签章要求")
def forms_have_their_signature_lines(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评表下方应有政策规定的签章栏。"""
    lacking: dict[str, list[Form]] = {}
    for form in filing.forms:
        if form.kind in _SIGNED:
            lines = [squash(line.text) for line in form.footer]
            for label in _missing(context.policy.signatures, lines):
                lacking.setdefault(label, []).append(form)
    if lacking:
        said = "；".join(
            f"没有“{label}”栏：{'、'.join(f'{form.title}（{form.at}）' for form in forms)}"
            for label, forms in lacking.items()
        )
        at = tuple(dict.fromkeys(form.at for forms in lacking.values() for form in forms))
        yield Problem(at, None, "、".join(lacking), said)


@filing_rule("A20", Severity.WARNING, "按政策的盖章要求")
def papers_have_a_place_for_the_seal(filing: Filing, context: Context) -> Iterator[Problem]:
    """政策规定加盖公章的表和报告应有盖章处。"""
    wanted = {paper_named(name) for name in context.policy.seals}
    lacking = [form for form in filing.forms if form.kind in wanted and not form.seal_place]
    if lacking:
        said = "、".join(f"{form.title}（{form.at}）" for form in lacking)
        yield Problem(tuple(form.at for form in lacking), None, "（盖章）", f"没有盖章处：{said}")


def _missing(wanted: tuple[str, ...], said: list[str]) -> list[str]:
    """What none of the texts names, the alternatives of each joined as they are read."""
    return [
        "或".join(entry.split("|"))
        for entry in wanted
        if not any(word in text for word in entry.split("|") for text in said)
    ]
