"""What is wrong with an installation, as sentences: each check says how it is and, unless all is well, what to do.

Pure: the facts come as arguments, the judgement is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_GIGABYTE = 1_000_000_000
_LITTLE, _TOO_LITTLE = 5 * _GIGABYTE, _GIGABYTE
_SKEW, _TOO_MUCH_SKEW = timedelta(seconds=30), timedelta(minutes=5)
_NAMED = 3


class Health(StrEnum):
    """How it is. A note lets the cycle go on; an error stops a part of it."""

    OK = "ok"
    NOTE = "note"
    ERROR = "error"

    @property
    def label(self) -> str:
        return {"ok": "正常", "note": "注意", "error": "错误"}[self]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor. `remedy` is what to do, "" only when all is well."""

    area: str
    health: Health
    sentence: str
    remedy: str = ""

    def __post_init__(self) -> None:
        if (self.health is Health.OK) == bool(self.remedy):
            raise ValueError(f"{self.area}：正常的不写办法，不正常的必须写")


def ok(area: str, sentence: str) -> Check:
    return Check(area, Health.OK, sentence)


def note(area: str, sentence: str, remedy: str) -> Check:
    return Check(area, Health.NOTE, sentence, remedy)


def error(area: str, sentence: str, remedy: str) -> Check:
    return Check(area, Health.ERROR, sentence, remedy)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as Prefect has it; `slug` "" for one that a person has made there."""

    slug: str
    cron: str
    timezone: str
    active: bool


def deployments(
    wanted: Mapping[str, Mapping[str, tuple[str, str]]],
    found: Mapping[str, Iterable[Schedule]],
    paused: Iterable[str] = (),
) -> list[Check]:
    """Compare the deployments that should exist (name → slug → cron and zone) with those of the server.

    `paused` are the names of deployments that are paused as a whole.
    """
    area, again = "计划", "重新启动 selfeval serve，它会登记全部部署"
    checks = []
    if missing := [name for name in wanted if name not in found]:
        checks.append(error(area, f"Prefect 里缺少{len(missing)}个部署：{_listed(missing)}", again))
    for name in wanted.keys() & found.keys():
        checks += _schedules(name, wanted[name], list(found[name]))
    for name in sorted({*paused} & wanted.keys()):
        checks.append(
            note(area, f"“{name}”被暂停，到时间不会运行", f"在 Prefect 界面 Deployments →“{name}”打开开关")
        )
    if extra := sorted(found.keys() - wanted.keys()):
        checks.append(
            note(
                area,
                f"Prefect 里有程序不认识的部署：{_listed(extra)}",
                "旧版本留下的，在 Prefect 界面 Deployments 中删除；自己建的可以不管",
            )
        )
    total = sum(len(slugs) for slugs in wanted.values())
    return sorted(checks, key=lambda check: check.sentence) or [
        ok(area, f"{len(wanted)}个部署、{total}个定时计划都在，按北京时间运行")
    ]


def _schedules(name: str, wanted: Mapping[str, tuple[str, str]], found: list[Schedule]) -> Iterable[Check]:
    area, where = "计划", f"在 Prefect 界面 Deployments →“{name}”"
    by_slug = {schedule.slug: schedule for schedule in found}
    for slug, (cron, zone) in wanted.items():
        schedule = by_slug.get(slug)
        if schedule is None:
            yield error(
                area, f"“{name}”没有它的定时计划（{slug}），不会自动运行", "重新启动 selfeval serve，它会补上"
            )
        elif not schedule.active:
            yield note(area, f"“{name}”的定时计划被停用，到时间不会运行", f"{where}的 Schedules 中启用")
        elif (schedule.cron, schedule.timezone) != (cron, zone):
            yield note(
                area,
                f"“{name}”的时间是“{schedule.cron}”（{schedule.timezone}），程序自带的是“{cron}”（{zone}）",
                "有意改的，请记住重新启动会改回；不是有意的，重新启动 selfeval serve",
            )
    for schedule in found:
        if schedule.slug not in wanted and schedule.active:
            told = f"（{schedule.slug}）" if schedule.slug else ""
            yield note(
                area,
                f"“{name}”另有一个定时计划{told}“{schedule.cron}”，会多运行",
                f"改名前留下的，{where}的 Schedules 中删除；自己加的可以不管",
            )


def disk(what: str, free: int) -> Check:
    """`free` bytes where `what` lies."""
    area, sentence = "磁盘", f"{what}所在磁盘剩余 {free / _GIGABYTE:.1f} GB"
    if free < _TOO_LITTLE:
        return error(area, f"{sentence}，很快会写不下", "立即清理磁盘，或把数据移到更大的磁盘")
    if free < _LITTLE:
        return note(area, sentence, "截止前几天材料集中到来，请先清理磁盘")
    return ok(area, sentence)


def skew(whose: str, difference: timedelta) -> Check:
    """`difference` is our clock minus that of `whose`."""
    seconds = round(abs(difference).total_seconds())
    if abs(difference) <= _SKEW:
        return ok("时钟", f"与{whose}的时钟相差 {seconds} 秒")
    said = f"本机时钟比{whose}{'快' if difference > timedelta() else '慢'} {seconds} 秒"
    remedy = "打开操作系统的网络校时；没有外网的，与本单位的时间服务器校时。截止时刻按本机时钟判断"
    return (error if abs(difference) > _TOO_MUCH_SKEW else note)("时钟", said, remedy)


def went_back(now: datetime, latest: datetime | None) -> Check:
    """`latest` is the instant of the newest entry of the audit log: nothing may have happened after now."""
    if latest is None or latest <= now + _SKEW:
        return ok("时钟", f"北京时间 {now:%Y-%m-%d %H:%M:%S}")
    return error(
        "时钟",
        f"现在是 {now:%Y-%m-%d %H:%M:%S}，而最近一条留痕在 {latest:%Y-%m-%d %H:%M:%S}：时钟被拨回过，或当时是错的",
        "先校准时钟再继续；截止、逾期都按它判断",
    )


def holidays(years: Iterable[int], unordered: Iterable[int]) -> Check:
    """`unordered` of these years have no holiday order yet."""
    listed, missing = sorted(years), sorted(unordered)
    named = "、".join(f"{year}年" for year in missing or listed)
    if not missing:
        return ok("放假安排", f"{named}的放假调休安排齐全")
    return note(
        "放假安排",
        f"程序里没有{named}的放假调休安排，由它推算的日期是暂定的",
        "国务院公布后升级程序，或在周期文件的 [calendar] 里写 extra_days_off、extra_working_days 和 ordered_years，再用 selfeval cycle amend 更正",
    )


def outbox(waiting: int, stuck: int, uncertain: int, failed: int) -> list[Check]:
    """Numbers of mails: due long ago, left half sent, not known whether delivered, refused for good."""
    area, checks = "待发邮件", []
    if waiting or stuck:
        checks.append(
            error(
                area,
                f"{waiting + stuck}封邮件早该发出而没有发出",
                "看上面“发送邮件”的计划和邮件服务器是否正常；正常的，运行 selfeval run deliver",
            )
        )
    if uncertain:
        checks.append(
            note(
                area,
                f"{uncertain}封邮件不能确认是否送达，不会自动重发",
                "selfeval mail list --state uncertain，逐封核实后用 selfeval mail resolve",
            )
        )
    if failed:
        checks.append(
            note(
                area,
                f"{failed}封邮件被拒收",
                "selfeval mail list --state failed；更正邮箱用 selfeval roster address，错过的会补发",
            )
        )
    return checks or [ok(area, "没有积压、没有失败")]


def failed_runs(runs: Mapping[str, int], hours: int) -> Check:
    """Name of the deployment or flow → how often it failed or crashed in the last `hours`."""
    if not runs:
        return ok("运行", f"最近{hours}小时没有失败的运行")
    named = [f"{name} {count}次" for name, count in sorted(runs.items(), key=lambda item: -item[1])]
    return note(
        "运行",
        f"最近{hours}小时有失败或中断的运行：{_listed(named)}",
        "在 Prefect 界面 Runs 里点开最近的一次看原因；后来又成功的，不必处理",
    )


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return "、".join(names[:_NAMED]) + (f"等{len(names)}项" if rest > 0 else "")
