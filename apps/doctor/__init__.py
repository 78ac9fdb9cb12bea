"""`selfeval doctor`: looks at everything that the service needs, changes nothing, sends nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from apps.terminal import wrapped
from selfeval.diagnosis import Check, Health, error
from tasks.settings import SettingsError, load_settings


def report(as_json: bool) -> int:
    """Print every check as it is made, or all of them as JSON; 1 when one is an error, else 0."""
    checks = []
    for check in examine():
        checks.append(check)
        if not as_json:
            click.echo(_text(check))
    errors, notes = (
        sum(check.health is health for check in checks) for health in (Health.ERROR, Health.NOTE)
    )
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2))
    else:
        click.echo(f"\n共检查 {len(checks)} 项：错误 {errors} 项，注意 {notes} 项。")
    return 1 if errors else 0


def _text(check: Check) -> str:
    said = wrapped(f"{check.area}：{check.sentence}", f"{check.health.label}  ")
    return f"{said}\n{wrapped(check.remedy, '      办法：')}" if check.remedy else said


def examine() -> Iterator[Check]:
    """One check after another, those first that others depend on."""
    from apps.doctor import control, machine, mailing, storage

    try:
        settings = load_settings()
    except SettingsError as mistake:
        yield error(
            "设置", str(mistake), "更正这个环境变量，见 deploy/env.example，再运行一次 selfeval doctor"
        )
        return
    database = list(storage.database(settings.database_url))
    yield from database
    usable = all(check.health is not Health.ERROR for check in database)
    if usable:
        yield from storage.archive(settings)
    yield from storage.places(settings)
    prefect = list(control.prefect(settings))
    yield from prefect
    # The mail server may be kept in Prefect.
    answers = any(check.area == "Prefect" and check.health is Health.OK for check in prefect)
    yield from mailing.servers(settings, answers)
    if usable:
        yield from mailing.outbox(settings.database_url)
    yield from machine.clock(settings, usable)
    if usable:
        yield from machine.holidays(settings.database_url)
    yield from machine.software()
