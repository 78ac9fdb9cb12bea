"""One e-mail of every kind as it would go out, and what its reader sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

from notifications import contacts, dates, emails, examination, lists, publication, running
from notifications.emails import ReceivedFile
from notifications.found import OpenReturn
from notifications.kinds import Office
from notifications.lists import LateUnit
from notifications.message import Email
from selfeval.amendment import Shift
from selfeval.findings import Finding, Severity
from selfeval.repairs import FileFindings
from selfeval.troubles import ended_badly
from selfeval.workdays import SHANGHAI

DUE = datetime(2026, 5, 8, 17, 30, tzinfo=SHANGHAI)
DECIDED = examination.Decided("归口业务科室", "教科文股 某股长（代理）", DUE)
HOW = "将材料放入收件文件夹“801001”"


def finding(code="D01", severity=Severity.ERROR, form="1", **changes) -> Finding:
    values = {
        "where": "表1 第35行",
        "sentence": "总分应等于各项得分之和。",
        "stated": "100",
        "expected": "99",
        "message": "填报总分 100，各项得分合计 99",
    }
    return Finding(code=code, severity=severity, form=form, **(values | changes))


def every_email(unit: str = "某县某局", bureau: str = "某县财政局") -> dict[str, Email]:
    office = Office(bureau, "绩效股 0000-0000000")
    common = {"unit_name": unit, "year": 2025}
    found = [FileFindings("自评.docx", [finding(message=unit)], {"1": unit})]
    doubts = [FileFindings("自评.docx", [finding(severity=Severity.WARNING)])]
    late = LateUnit("801001", unit, unit, "自评材料未报送", DUE, None, 3, unit, DUE, unit)
    made = [
        emails.notice(
            office,
            **common,
            document_number="某财绩〔2026〕1号",
            unit_code="801001",
            due=DUE,
            how_to_send=HOW,
            attachments=[f"{unit}.xlsx"],
        ),
        emails.receipt(
            office,
            **common,
            number="HZ-1",
            version=1,
            files=[ReceivedFile(f"{unit}.docx", "ab" * 32, 1536)],
            received_at=datetime(2026, 5, 8, 1, 3, 5, tzinfo=UTC),
            due=DUE,
            late_working_days=0,
        ),
        emails.returned(
            office,
            **common,
            version=1,
            correction_due=DUE,
            files=found,
            commented=[f"{unit}（批注）.docx"],
            not_commented=[f"“{unit}.xls”不能加批注。"],
            how_to_send=HOW,
        ),
        emails.accepted(
            office,
            **common,
            version=2,
            reported_score=Decimal("100.00"),
            recomputed_score=Decimal("97.36"),
            grade="优秀",
            files=doubts,
            statement=True,
        ),
        emails.reminder(
            office,
            **common,
            due=DUE,
            working_days_left=3,
            missing=["自评报告", unit],
            noticed_on=date(2026, 3, 2),
            how_to_send=HOW,
        ),
        emails.overdue(
            office,
            **common,
            due=DUE,
            working_days_late=4,
            open_return=OpenReturn(1, DUE, found),
            noticed_on=date(2026, 3, 2),
            calculation="截至目前已扣4分。",
            how_to_send=HOW,
        ),
        dates.extension(
            office,
            **common,
            milestone="单位报送截止",
            original_due=DUE,
            asked=datetime(2026, 5, 15, 17, 30, tzinfo=SHANGHAI),
            granted=True,
            reason=unit,
            person="某局长",
        ),
        lists.escalation(office, addressee=unit, year=2025, late=[late], at=DUE),
        lists.late_list(office, year=2025, late=[late], at=DUE),
        lists.digest(
            office,
            year=2025,
            since=DUE,
            at=DUE,
            changed=[lists.Entry("收到报送", unit)],
            late=[late],
            unsent=[lists.Entry("第1号 a@u.example", unit)],
            waiting=[lists.Entry("等待处理的来件 1 件", unit, "selfeval arrivals unmatched")],
        ),
        emails.set_aside(
            office,
            **common,
            files=[ReceivedFile(f"{unit}.docx", "cd" * 32, 2048)],
            received_at=DUE,
            why=f"{unit}本周期免报",
        ),
        contacts.contact_problem(
            office,
            year=2025,
            address="a@u.example",
            bad=True,
            holders=[contacts.Holder("801001", unit, "某人", "0000")],
            mail_subject="通知",
            reason="550 5.1.1 User unknown",
            at=DUE,
        ),
        contacts.extension_request(
            office,
            **common,
            milestone="报送截止",
            due=DUE,
            asked_on=date(2026, 5, 20),
            words="申请延期",
            received_at=DUE,
        ),
        contacts.extension_dismissed(
            office,
            **common,
            milestone="报送截止",
            due=DUE,
            received_at=DUE,
            words=unit,
            reason=unit,
        ),
        dates.amended(
            office,
            **common,
            shifts=[Shift("单位报送截止", DUE, DUE + timedelta(days=7)), Shift("停止收取", None, DUE)],
            reason=unit,
            person="某局长",
        ),
        lists.totals_differ(
            office,
            addressee=unit,
            year=2025,
            found=[lists.Difference("X26", "错误", f"{unit}填 36.5万元，报送 30万元", unit, "应一致。")],
            how_to_send=HOW,
            at=DUE,
        ),
        examination.examine_call(
            office,
            year=2025,
            persons=[unit, "某人"],
            waiting=[
                examination.WaitingUnit("801001", unit, unit, "801", "主管部门", Decimal(90), None, 2),
            ],
            reasons=["S1 数据不实"],
            at=DUE,
        ),
        examination.sent_back(
            office,
            **common,
            version=1,
            by=DECIDED,
            reasons=["数据不实", unit],
            remark=unit,
            reply_due=DUE,
            how_to_send=HOW,
        ),
        examination.objection(
            office,
            **common,
            unit_code="801001",
            version=1,
            by=DECIDED,
            remark=unit,
            words=unit,
            raised_by="某人",
            raised_at=DUE,
            answer_due=DUE,
            command="selfeval review answer 801001 --upheld",
        ),
        examination.objection_answered(
            office,
            **common,
            version=1,
            words=unit,
            upheld=False,
            reason=unit,
            by=DECIDED,
            reply_due=DUE,
            examined_on=True,
        ),
        examination.examined(office, **common, version=1, decided=[DECIDED]),
        publication.readiness(
            office,
            year=2025,
            due=date(2026, 6, 30),
            days_left=5,
            provisional="",
            departments=[
                publication.ReadyDepartment(
                    unit, date(2026, 6, 30), "政策规定", 3, 1, 0, [f"{unit}（未报送）"]
                )
            ],
            decisions=[lists.Entry("公开结果还没有审批", unit, "selfeval publication approve")],
            at=DUE,
        ),
        publication.publication_alarm(
            office,
            year=2025,
            title="没有有效的公开审批",
            sentence="须公开。",
            entries=[lists.Entry("公开结果还没有审批", unit, "selfeval publication approve")],
            at=DUE,
        ),
        running.run_alarm(
            office,
            year=2025,
            trouble=ended_badly("催报 2025", f"{unit}的邮箱不对", crashed=False, once="1"),
            at=DUE,
        ),
        emails.publication(office, **common, address=f"https://www.example.org/{unit}", published_at=DUE),
    ]
    return {email.kind: email for email in made}


class Reader(HTMLParser):
    """What a mail reader sees: the tags, the addresses they would fetch, and the text."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "srcset", "background")]
        self.fetched += [value for name, value in attrs if name == "style" and "url(" in value]

    def handle_data(self, data):
        self.text += data
