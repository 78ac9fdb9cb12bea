from __future__ import annotations

import inspect
from datetime import date
from importlib.resources import files

import pytest

from notifications import contacts, dates, emails, examination, lists, publication, running
from notifications.found import OpenReturn
from notifications.kinds import Kind, Office
from selfeval.findings import Severity
from selfeval.repairs import FileFindings
from tests.notifications.every_email import DECIDED, DUE, HOW, Reader, every_email, finding


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_kind_has_its_function_and_both_templates_and_no_template_is_left_over():
    written = {path.name for path in files("notifications").joinpath("templates").iterdir()}
    shared = {"base.txt", "base.html", "findings.txt", "findings.html", "owed.txt", "owed.html"}
    shared |= {"parts.html", "late_units.html"}
    assert written - shared == {f"{kind}.{ending}" for kind in Kind for ending in ("txt", "html")}
    own = {
        name
        for module in (emails, lists, contacts, dates, publication, examination, running)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert own == set(Kind)
    assert set(every_email()) == set(Kind)
    assert all(kind.label for kind in Kind)


@pytest.mark.parametrize("kind", Kind)
def test_every_mail_names_the_unit_and_the_bureau_in_both_parts_and_fetches_nothing(kind):
    email = every_email()[kind]
    reader = Reader(email.html)
    assert email.subject.startswith("【绩效自评】")
    for part in (email.text, reader.text):
        assert "某县某局" in part
        assert "某县财政局" in part
        assert "绩效股 0000-0000000" in part
    assert reader.fetched == []
    assert not {"script", "link", "img", "style", "iframe", "form"} & set(reader.tags)


@pytest.mark.parametrize("kind", Kind)
def test_markup_line_breaks_quotes_and_emoji_in_a_name_add_neither_markup_nor_headers_nor_lines(kind):
    evil = "<script>alert(1)</script>\r\nBcc: x@example.org\r\n\"'><img src=x>😀&amp;"
    usual, attacked = every_email()[kind], every_email(unit=evil, bureau=evil)[kind]
    assert Reader(attacked.html).tags == Reader(usual.html).tags
    assert Reader(attacked.html).fetched == []
    assert "😀&amp;" in Reader(attacked.html).text
    assert attacked.subject == usual.subject
    assert len(attacked.text.splitlines()) == len(usual.text.splitlines())


def test_a_link_that_is_no_web_address_stays_text():
    email = emails.publication(
        Office("某县财政局"), unit_name="甲", year=2025, address="javascript:alert(1)", published_at=DUE
    )
    assert "a" not in Reader(email.html).tags
    assert "javascript:alert(1)" in Reader(email.html).text


def test_the_receipt_proves_time_hash_size_and_punctuality():
    email = every_email()[Kind.RECEIPT]
    for part in (email.text, Reader(email.html).text):
        for said in ("HZ-1", "2026-05-08 09:03:05（北京时间）", "ab" * 32, "1.5 KB", "按时报送", "第1次报送"):
            assert said in part
    late = emails.receipt(
        Office("某县财政局"),
        number="HZ-2",
        unit_name="甲",
        year=2025,
        version=2,
        files=[],
        received_at=DUE,
        due=DUE,
        late_working_days=3,
    )
    assert "逾期3个工作日" in late.text
    assert "逾期3个工作日" in Reader(late.html).text
    assert "按时报送" not in late.text + late.html


def test_a_returned_mail_lists_every_finding_errors_first_grouped_by_file_and_form():
    files_found = [
        FileFindings(
            "甲.docx",
            [
                finding("C01", Severity.WARNING, "1"),
                finding("D01", Severity.ERROR, "2"),
                finding("N01", Severity.INFO, "1"),
                finding("D02", Severity.ERROR, "1", stated=None, expected=None),
                finding("D03", Severity.ERROR, "2"),
            ],
            {"1": "整体支出自评表", "2": "项目支出自评表"},
        ),
        FileFindings("乙.xlsx", [finding("E01", Severity.ERROR, None), finding("G01", Severity.NOTICE, "7")]),
    ]
    email = emails.returned(
        Office("某县财政局"),
        unit_name="甲",
        year=2025,
        version=1,
        correction_due=DUE,
        files=files_found,
        commented=["甲（批注）.docx"],
        not_commented=["“乙.xls”不能在其中加批注，请对照清单修改。"],
        how_to_send=HOW,
    )
    assert email.subject == "【绩效自评】2025年度自评材料退回修改：4项错误（第1次报送）"
    for part in (email.text, Reader(email.html).text):
        assert "4项错误、1项疑点" in squeezed(part)
        assert "附件“甲（批注）.docx”是你单位报送的文件" in part
        assert "“乙.xls”不能在其中加批注" in part
        places = [part.index(code) for code in ("D01", "D03", "D02", "E01", "C01", "G01", "N01")]
        assert places == sorted(places)
        assert "3. 错误 D02" in part
        assert "4. 错误 E01" in part
        assert "整份材料" in part
        assert "第7号表" in part
        assert part.count("填报总分 100，各项得分合计 99") == 7
        assert part.count("应为") == 6
        assert "2026年5月8日（星期五）17时30分" in part


def test_a_mail_that_would_say_nothing_true_is_not_made():
    office = Office("某县财政局")
    doubts = [FileFindings("甲.docx", [finding(severity=Severity.WARNING)])]
    errors = [FileFindings("甲.docx", [finding()])]
    with pytest.raises(ValueError, match="不能退回"):
        emails.returned(
            office,
            unit_name="甲",
            year=2025,
            version=1,
            correction_due=DUE,
            files=doubts,
            commented=[],
            not_commented=[],
            how_to_send=HOW,
        )
    with pytest.raises(ValueError, match="不能通过"):
        emails.accepted(
            office,
            unit_name="甲",
            year=2025,
            version=1,
            reported_score=None,
            recomputed_score=None,
            grade=None,
            files=errors,
        )
    with pytest.raises(ValueError, match="催报应写明"):
        emails.reminder(
            office,
            unit_name="甲",
            year=2025,
            due=DUE,
            working_days_left=1,
            missing=[],
            noticed_on=date(2026, 3, 2),
            how_to_send=HOW,
        )
    with pytest.raises(ValueError, match="没有逾期单位"):
        lists.escalation(office, addressee="甲", year=2025, late=[], at=DUE)


def test_a_filing_without_scores_is_accepted_without_inventing_any():
    email = emails.accepted(
        Office("某县财政局"),
        unit_name="甲",
        year=2025,
        version=1,
        reported_score=None,
        recomputed_score=None,
        grade=None,
    )
    for part in (email.text, Reader(email.html).text):
        assert "材料未填报" in part
        assert "不评定" in part
        assert "None" not in part
        assert "已办结" in part and "扣分明细" not in part


def test_a_reminder_after_a_person_s_return_repeats_the_opinion_and_no_findings():
    email = emails.reminder(
        Office("某县财政局"),
        unit_name="甲",
        year=2025,
        due=DUE,
        working_days_left=3,
        open_return=OpenReturn(2, DUE, [], "数据不实：满意度没有调查表（主管部门 某股长）"),
        noticed_on=date(2026, 3, 2),
        how_to_send=HOW,
    )
    for part in (email.text, Reader(email.html).text):
        assert "5月8日退回时的审核意见：数据不实：满意度没有调查表（主管部门 某股长）" in part
        assert "仍待改正的错误" not in part and "空白表" not in part


def test_the_mails_of_persons_say_who_until_when_and_what_may_be_done():
    mails = every_email()
    for kind, words in {
        Kind.SENT_BACK: ("数据不实", "教科文股 某股长（代理）", "17时30分前答复", "提出异议", HOW),
        Kind.OBJECTION: ("17时30分前答复", "退回仍然有效", "selfeval review answer 801001"),
        Kind.OBJECTION_ANSWERED: ("异议不成立，维持退回", "17时30分前改正后重新报送"),
        Kind.EXAMINED: ("归口业务科室", "已办结"),
    }.items():
        for part in (mails[kind].text, Reader(mails[kind].html).text):
            assert all(word in part for word in words), kind
    with pytest.raises(ValueError, match="应写明改到什么时候"):
        examination.objection_answered(
            Office("某县财政局"), unit_name="甲", year=2025, version=1, words="…", upheld=False, reason="…",
            by=DECIDED, reply_due=None, examined_on=True,
        )  # fmt: skip


@pytest.mark.parametrize(("left", "said"), [(3, "还有3个工作日"), (0, "最后1个工作日")])
def test_a_reminder_says_in_its_subject_how_much_time_is_left(left, said):
    email = emails.reminder(
        Office("某县财政局"),
        unit_name="甲",
        year=2025,
        due=DUE,
        working_days_left=left,
        missing=["自评报告"],
        noticed_on=date(2026, 3, 2),
        how_to_send=HOW,
    )
    assert email.subject == f"【绩效自评】请于5月8日17时30分前报送2025年度自评材料（{said}）"


def test_a_reminder_after_a_return_repeats_the_errors_with_their_numbers_and_leaves_the_doubts_out():
    found = [
        finding("D01", message="分值合计 98"),
        finding("C01", Severity.WARNING),
        *(finding("B01", where=f"第{row}行") for row in range(40)),
    ]
    email = emails.reminder(
        Office("某县财政局"),
        unit_name="甲",
        year=2025,
        due=DUE,
        working_days_left=3,
        open_return=OpenReturn(2, DUE, [FileFindings("甲.docx", found, {"1": "整体支出自评表"})]),
        noticed_on=date(2026, 3, 2),
        how_to_send=HOW,
    )
    for part in (email.text, Reader(email.html).text):
        for said in ("第2次报送", "5月8日退回", "甲.docx", "整体支出自评表", "1. 错误 D01", "分值合计 98"):
            assert said in part
        assert "30. 错误 B01" in part and "31. 错误 B01" not in part and "另有11项" in part
        assert "疑点" not in part and "空白表" not in part
    assert "前重新报送" in email.subject
