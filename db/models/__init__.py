"""The tables, one module per aggregate. What may never happen is refused here, by constraints, and not in buttons.

Amounts are kept inside evaluation documents as filed (decimal strings); instants are UTC in the
database and Asia/Shanghai when read.
"""

from db.models.appraisal import AppraisalJudgement
from db.models.audit import AuditEntry
from db.models.base import Base, Instant
from db.models.cycle import Amendment, CycleRow, DutyChange, ExtensionRequest, ExtensionRow, Obligation
from db.models.decision import AccountsApproval, Decision, Publication
from db.models.examination import Examination, ExaminerRow, Objection
from db.models.intake import Arrival, MailMessage
from db.models.mail import ContactProblem, MailPace, OutboxRow, ReturnedMail
from db.models.recheck import RecheckSample, RecheckScore, RecheckUnit
from db.models.rollup import RollUp, RollUpPart
from db.models.roster import Contact, Unit
from db.models.running import Heartbeat
from db.models.submission import Evaluation, FormerEvaluation, Submission, SubmissionFile

__all__ = [
    "AccountsApproval",
    "Amendment",
    "AppraisalJudgement",
    "Arrival",
    "AuditEntry",
    "Base",
    "Contact",
    "ContactProblem",
    "CycleRow",
    "Decision",
    "DutyChange",
    "Evaluation",
    "Examination",
    "ExaminerRow",
    "ExtensionRequest",
    "ExtensionRow",
    "FormerEvaluation",
    "Heartbeat",
    "Instant",
    "MailMessage",
    "MailPace",
    "Objection",
    "Obligation",
    "OutboxRow",
    "Publication",
    "RecheckSample",
    "RecheckScore",
    "RecheckUnit",
    "ReturnedMail",
    "RollUp",
    "RollUpPart",
    "Submission",
    "SubmissionFile",
    "Unit",
]
