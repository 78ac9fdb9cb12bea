"""The machine itself: clock, holiday orders, fonts, LibreOffice, versions of what is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from packaging.requirements import Requirement
from sqlalchemy import func, select

from db import cycles
from db.models import AuditEntry, CycleRow
from db.session import transaction
from documents.convert import office
from selfeval import diagnosis
from selfeval.cycle import MILESTONE_LABELS
from selfeval.diagnosis import Check, note, ok
from selfeval.workdays import SHANGHAI, Workdays
from tasks.settings import Settings

_CHINESE_FONTS = ("simsun", "simhei", "simfang", "msyh", "simkai")


def clock(settings: Settings, usable: bool) -> Iterator[Check]:
    """Zone, and difference from what other machines and our own records say. No time server is asked."""
    now = datetime.now(SHANGHAI)
    offset = datetime.now().astimezone().utcoffset()
    if offset != now.utcoffset():
        yield note(
            "时钟",
            f"操作系统的时区不是北京时间（现为 UTC{offset.total_seconds() / 3600:+g}）；程序自己一律用北京时间",
            "把操作系统的时区设为北京（Asia/Shanghai），免得看别的程序的时间时弄错",
        )
    latest = None
    if usable:
        with transaction(settings.database_url) as session:
            latest = session.scalar(select(func.max(AuditEntry.at)))
            if not settings.database_url.startswith("sqlite"):
                theirs = session.scalar(select(func.clock_timestamp()))
                yield diagnosis.skew("数据库服务器", datetime.now(UTC) - theirs)
    yield diagnosis.went_back(now, latest)
    for whose, address in (
        ("Prefect 服务器", os.environ.get("PREFECT_API_URL", "")),
        ("公开网站", settings.site_address),
    ):
        if (difference := _difference(address)) is not None:
            yield diagnosis.skew(whose, difference)


def _difference(address: str) -> timedelta | None:
    """Our clock minus that of another machine, by the Date header of its answer; None when it says nothing."""
    where = urlsplit(address)
    if where.scheme not in ("http", "https") or where.hostname in ("127.0.0.1", "localhost", "::1"):
        return None
    try:
        said = httpx.head(address, timeout=5).headers.get("date")
        return datetime.now(UTC) - parsedate_to_datetime(said) if said else None
    except (httpx.HTTPError, ValueError):
        return None


def holidays(url: str) -> Iterator[Check]:
    """Whether the holiday orders of the years that the latest cycle touches are known."""
    with transaction(url) as session:
        if session.scalar(select(CycleRow.id).limit(1)) is None:
            years, calendar = {datetime.now(SHANGHAI).year}, Workdays()
        else:
            cycle = cycles.value_of(cycles.cycle_of(session))
            days = [getattr(cycle.milestones, key) for key in MILESTONE_LABELS]
            years, calendar = {day.year for day in days}, cycle.workdays
    first_days = [datetime(year, 1, 1, tzinfo=SHANGHAI).date() for year in years]
    yield diagnosis.holidays(years, calendar.provisional_years(first_days))


def software() -> Iterator[Check]:
    """Fonts and LibreOffice, without which some papers look poor or cannot be read; versions that are pinned."""
    yield _fonts()
    if found := office():
        yield ok("LibreOffice", f"{found}：可以读取 .doc、.wps 和 .rtf")
    else:
        yield note(
            "LibreOffice",
            "没有安装 LibreOffice，单位报送 .doc、.wps、.rtf 时会被退回，请其另存为 .docx",
            "安装 LibreOffice 7 或更新的版本；不安装也能用",
        )
    yield _versions()


def _fonts() -> Check:
    area, wanted = "字体", "安装宋体、黑体、仿宋（或思源宋体、思源黑体），Linux 上再用 deploy/fonts.conf"
    if os.name == "nt":
        folder = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        there = any(folder.glob(f"{name}.*") for name in _CHINESE_FONTS)
    elif lister := shutil.which("fc-list"):
        done = subprocess.run(
            [lister, ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=30, check=False
        )
        there = bool(done.stdout.strip())
    else:
        return note(area, "看不到装了哪些字体（没有 fc-list）", "安装 fontconfig 和一种中文字体")
    if there:
        return ok(area, "有中文字体")
    return note(area, "没有中文字体，在这台机器上打开或打印的文件会显示成方框", wanted)


def _versions() -> Check:
    """Newer ones than those that are pinned break Prefect, some of them without a word."""
    wrong = []
    for line in requires("selfeval") or []:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            if not wanted.specifier.contains(version(wanted.name), prereleases=True):
                wrong.append(f"{wanted.name} {version(wanted.name)}（要 {wanted.specifier}）")
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} 没有安装")
    if wrong:
        return diagnosis.error(
            "程序", f"装的版本不对：{'、'.join(wrong)}", "按 requirements.lock 重新安装，不要单独升级其中一个"
        )
    return ok("程序", f"selfeval {version('selfeval')}，Prefect {version('prefect')}，所需程序库的版本都对")
