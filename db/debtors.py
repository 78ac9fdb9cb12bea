"""The units that have to file, with what decides on their reminders."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.closing import closing
from db.cycles import obligations_of, policy_of
from db.extensions import all_dues, dues_of
from db.models import CycleRow, Submission
from db.returns import returns
from selfeval.cycle import Duty, SubmissionState
from selfeval.reminders import Debtor


def debtors(session: Session, row: CycleRow, codes: Collection[str] | None = None) -> list[Debtor]:
    """Every unit that has to file, or those among `codes`, department by department.

    None before the notice and none once the cycle is closed.
    """
    if row.notice_issued_at is None or closing(session, row.id):
        return []
    query = select(Submission.unit_code, Submission.state).where(
        Submission.cycle_id == row.id, Submission.effective
    )
    filed = {code: SubmissionState(state) for code, state in session.execute(query)}
    returned = returns(session, row.id)
    obligations = [
        obligation
        for obligation in obligations_of(session, row.id)
        if obligation.duty == Duty.REQUIRED and (codes is None or obligation.unit_code in codes)
    ]
    if codes is None:
        dues = all_dues(session, row)
    else:
        dues = {obligation.unit_code: dues_of(session, row, obligation) for obligation in obligations}
    found = []
    for obligation in obligations:
        code = obligation.unit_code
        state = filed.get(code)
        since = returned[code].at if state is SubmissionState.RETURNED else row.notice_issued_at
        found.append(
            Debtor(
                code,
                obligation.unit_name,
                obligation.department_code,
                policy_of(row, obligation.policy).reminders,
                dues[code],
                state,
                since,
            )
        )
    return found
