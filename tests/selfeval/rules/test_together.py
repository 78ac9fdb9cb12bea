"""Several files of one unit, judged with what the others hold."""

from __future__ import annotations

from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.policy import load_policy
from selfeval.rules import Expected, judge, together


def test_papers_in_several_files_are_one_filing_and_what_is_missing_is_said_once():
    filings = [
        Filing(file="自评报告.docx", sha256="1", forms=(_paper(FormKind.REPORT),)),
        Filing(file="自评表.xlsx", sha256="2", forms=(_paper(FormKind.DEPARTMENT),)),
        Filing(file="照片.pdf", sha256="3", unreadable="文件“照片.pdf”是扫描件。", attachment=True),
    ]
    policy = load_policy("yueyang-2023")
    said = [
        [f.message for f in judge(filing, policy, whose).findings if f.code in ("A01", "A11")]
        for filing, whose in zip(filings, together(filings, Expected()), strict=True)
    ]
    assert [len(messages) for messages in said] == [1, 0, 1]
    assert "基础数据表" in said[0][0] and "部门整体支出绩效自评表" not in said[0][0].split("没有")[1]
    assert "佐证材料" in said[2][0]


def _paper(kind: FormKind) -> Form:
    return Form(id="1", kind=kind, title=kind.label, at=Position("表1"))
