"""Run one stage now, as its flow."""

from __future__ import annotations

from typing import Any

from httpx import HTTPError
from prefect import Flow
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL
from sqlalchemy.exc import OperationalError

from db import cycles
from db.session import migrate, transaction
from flows.collect import collect_submissions
from flows.deliver import deliver_mails
from flows.digest import daily_digest
from flows.evaluate import evaluate_submissions
from flows.notice import NoticeIssue, issue_notice
from flows.prepare import prepare_publication
from flows.publish import PublicationNow, publish_results
from flows.remind import remind_units
from flows.roll_up import roll_up_units
from flows.watch import watch_site
from selfeval.refusal import Refusal, in_words
from tasks.settings import load_settings

STAGES: dict[str, Flow] = {
    "collect": collect_submissions,
    "evaluate": evaluate_submissions,
    "remind": remind_units,
    "digest": daily_digest,
    "roll-up": roll_up_units,
    "prepare": prepare_publication,
    "watch": watch_site,
    "deliver": deliver_mails,
    "notice": issue_notice,
    "publish": publish_results,
}

_PERSON = "财政局"  # who issues a notice by this command


def run_stage(stage: str, year: int | None) -> tuple[Any, str]:
    """Run a stage against the configured Prefect server; its result and what it did, as a sentence.

    Raises what the stage raises, Refusal among it, also for a disk, a server or a database that is not there.
    """
    flow = STAGES[stage]
    try:
        state = flow(**_arguments(stage, year), return_state=True)
        result = state.result()
    except (HTTPError, PrefectHTTPStatusError, RuntimeError) as fault:
        # What Prefect makes of a server that it does not reach at the start.
        if isinstance(fault, RuntimeError) and not isinstance(fault.__cause__, HTTPError):
            raise
        raise Refusal(
            f"{flow.name}没有办成：连不上 Prefect 服务器 {PREFECT_API_URL.value()}"
            f"（{in_words(fault.__cause__ or fault)}）。启动 selfeval serve，或核对 PREFECT_API_URL，"
            "再运行一次；已经办了的不会重复"
        ) from fault
    except (OSError, OperationalError) as fault:
        reason = in_words(getattr(fault, "orig", None) or fault)
        where = f"{fault.filename}：" if isinstance(fault, OSError) and fault.filename else ""
        raise Refusal(
            f"{flow.name}没有办成：{where}{reason}。请运行 selfeval doctor，改好以后再运行一次；已经办了的不会重复"
        ) from fault
    return result, f"{flow.name}：{state.message}"


def _arguments(stage: str, year: int | None) -> dict[str, Any]:
    url = load_settings().database_url
    migrate(url)
    if stage == "deliver":
        return {}
    # Who gives the command is told that there is no cycle; a run on its schedule has nothing to do then.
    with transaction(url) as session:
        chosen = cycles.cycle_of(session, year).year
    if stage == "publish":
        return {"form": PublicationNow(year=chosen)}
    if stage == "notice":
        return {"form": NoticeIssue(year=chosen, person=_PERSON)}
    return {"year": chosen}
