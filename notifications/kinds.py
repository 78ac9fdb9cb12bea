"""What every mail shares: the kinds that there are, the mark of the subject, who signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from selfeval.workdays import Workdays

PREFIX = "【绩效自评】"


class Kind(StrEnum):
    """Every e-mail there is; the value names its function and its templates."""

    NOTICE = "notice"
    RECEIPT = "receipt"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    PUBLICATION = "publication"
    EXTENSION = "extension"
    ESCALATION = "escalation"
    LATE_LIST = "late_list"
    DIGEST = "digest"
    SET_ASIDE = "set_aside"
    CONTACT_PROBLEM = "contact_problem"
    EXTENSION_REQUEST = "extension_request"
    EXTENSION_DISMISSED = "extension_dismissed"
    AMENDED = "amended"
    READINESS = "readiness"
    PUBLICATION_ALARM = "publication_alarm"
    SENT_BACK = "sent_back"
    OBJECTION = "objection"
    OBJECTION_ANSWERED = "objection_answered"
    EXAMINED = "examined"
    EXAMINE_CALL = "examine_call"
    TOTALS_DIFFER = "totals_differ"
    RUN_ALARM = "run_alarm"

    @property
    def label(self) -> str:
        return {
            "notice": "通知",
            "receipt": "回执",
            "returned": "退回修改",
            "accepted": "审核通过",
            "reminder": "催报",
            "overdue": "逾期",
            "publication": "公开",
            "extension": "延期决定",
            "escalation": "逾期通报",
            "late_list": "逾期名单",
            "digest": "管理员日报",
            "set_aside": "未计入",
            "contact_problem": "联系方式异常",
            "extension_request": "延期申请回执",
            "extension_dismissed": "延期申请办结",
            "amended": "日期更正",
            "readiness": "公开准备",
            "publication_alarm": "公开警报",
            "sent_back": "审核人退回",
            "objection": "异议登记",
            "objection_answered": "异议答复",
            "examined": "逐级审核同意",
            "examine_call": "等待审核",
            "totals_differ": "汇总核对不符",
            "run_alarm": "运行警报",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Office:
    """Who signs the mails and by which calendar: the bureau's name, how to reach it ("" when unknown)."""

    bureau: str
    contact: str = ""
    calendar: Workdays = field(default_factory=Workdays)

    def provisional(self, *instants: datetime) -> str:
        """The sentence that these instants are reckoned by a calendar not yet ordered, "" otherwise."""
        return self.calendar.provisional_note(*instants)
