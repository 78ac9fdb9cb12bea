"""Tell a department in what its own totals and the filings of its units disagree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from db import cycles
from db.models import CycleRow, Obligation
from notifications import lists
from selfeval.rules.departments import DepartmentFinding
from tasks.mail import queue_mail
from tasks.office import how_to_send, office_of


def tell_departments(
    session: Session, row: CycleRow, findings: Iterable[DepartmentFinding], at: datetime
) -> int:
    """Queue to each department what a roll-up found between it and its units, once for the same; departments told."""
    told = 0
    for code, group in groupby(sorted(findings, key=lambda each: each.code), key=lambda each: each.code):
        found = [each.finding for each in group]
        department = session.get_one(Obligation, (row.id, code))
        mail = lists.totals_differ(
            office_of(cycles.value_of(row)),
            addressee=department.unit_name,
            year=department.year,
            found=[
                lists.Difference(each.code, each.severity.label, each.message, each.where, each.sentence)
                for each in found
            ],
            how_to_send=how_to_send(code),
            at=at,
        )
        content = json.dumps(
            sorted([each.code, each.where, each.message] for each in found), ensure_ascii=False
        )
        step = hashlib.sha256(content.encode()).hexdigest()[:16]
        told += bool(queue_mail(session, department, mail, step=step, at=at))
    return told
