"""From the tables of a policy file to its values, field by field."""

from __future__ import annotations

from selfeval.appraisal.table import read_table
from selfeval.policy.values import (
    Band,
    Cap,
    ExaminationRule,
    Execution,
    FilingTime,
    GradeBand,
    Lateness,
    Policy,
    Publication,
    Quantitative,
    RecheckRule,
    Reminders,
    ReturnReason,
    Review,
    RollUp,
    Step,
    Tolerance,
    Weights,
)
from selfeval.policy_text import Reader
from selfeval.redaction import Redaction
from selfeval.report_outline import read_report


def read_policy(reader: Reader) -> Policy:
    """The policy of a file; mistakes collect in the reader, a stand-in value in the place of each."""
    top = reader
    weights = top.table("weights")
    execution = top.table("execution")
    quantitative = top.table("quantitative")
    tolerance = top.table("tolerance")
    review = top.table("review")
    rollup = top.table("rollup")
    filing = top.table("filing")
    lateness = top.table("lateness")
    reminders = top.table("reminders")
    publication = top.table("publication")
    redaction = top.table("redaction")
    examination = top.table("examination")
    recheck = top.table("recheck")
    policy = Policy(
        name=top.text("name"),
        title=top.text("title"),
        source=top.text("source"),
        version=top.text("version"),
        weights=Weights(
            weights.number("execution"),
            weights.numbers("level1"),
            weights.optional_choice("levels", ("fixed", "usual"), "fixed"),
        ),
        execution=Execution(
            denominator=execution.choice("denominator", ("adjusted", "initial")),
            over_100=execution.choice("over_100", ("cap", "deduct_overshoot")),
            places=execution.integer("places"),
            steps=tuple(
                Step(row.number("minimum"), row.number("score"))
                for row in execution.rows("steps", required=False)
            ),
            reason_below=execution.optional_number("reason_below"),
            floor=execution.optional_number("floor"),
            rounding=execution.choice("rounding", ("half_up", "down")),
            caps=tuple(
                Cap(row.number("below"), row.number("maximum"))
                for row in execution.rows("caps", required=False)
            ),
        ),
        cost_over=top.choice("cost_over", ("completion", "deduct_overshoot")),
        quantitative=Quantitative(
            quantitative.number("over_limit"), quantitative.optional_number("over_penalty")
        ),
        qualitative=tuple(
            Band(row.text("label"), row.number("minimum"), row.number("maximum"))
            for row in top.rows("qualitative")
        ),
        grades=tuple(GradeBand(row.text("label"), row.number("minimum")) for row in top.rows("grades")),
        tolerance=Tolerance(tolerance.number("amount"), tolerance.number("rate"), tolerance.number("score")),
        review=Review(
            review.number("adjustment_limit"),
            review.number("low_execution"),
            review.number("dominant_weight"),
        ),
        rollup=RollUp(
            rollup.choice("relative", ("funds", "equal")),
            rollup.choice("score", ("funds", "equal")),
            rollup.number("spread"),
        ),
        filing=FilingTime(filing.hour("due_hour"), filing.integer("correction_days")),
        lateness=Lateness(lateness.number("points_per_working_day"), lateness.number("maximum")),
        reminders=Reminders(
            reminders.integers("before"),
            reminders.integers("after"),
            reminders.optional_integer("then_every"),
            reminders.hour("hour"),
            reminders.integer("department_from"),
            reminders.integer("bureau_from"),
        ),
        publication=Publication(
            publication.month_day("month_day"), publication.optional_integer("approval_plus_days")
        ),
        attachments=top.texts("attachments"),
        report_sections=top.texts("report_sections"),
        signatures=top.texts("signatures"),
        seals=top.texts("seals"),
        redaction=Redaction(
            redaction.texts("labels"),
            redaction.texts("kinds"),
            redaction.texts("hide"),
            redaction.texts("keep"),
        ),
        examination=ExaminationRule(
            examination.texts("levels"),
            examination.integer("reply_days"),
            examination.integer("answer_days"),
            tuple(ReturnReason(row.text("code"), row.text("label")) for row in examination.rows("reasons")),
        ),
        recheck=RecheckRule(recheck.number("share"), recheck.integer("minimum")),
        appraisal=read_table(top.table("appraisal")),
        report=read_report(top.table("report")),
    )
    reader.refuse_unknown()
    return policy
