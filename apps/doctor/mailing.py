"""Mail servers and the mails that wait. Nothing is sent: a connection is made, encrypted, logged in, closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from db.models import OutboxRow
from db.session import transaction
from notifications.smtp import Outgoing, ServerUnavailable, SmtpSettings
from selfeval import diagnosis
from selfeval.diagnosis import Check, error, note, ok
from selfeval.workdays import SHANGHAI
from tasks.imap import MailboxRefusal, imap_folder
from tasks.settings import Settings, SettingsError

_LONG = timedelta(minutes=30)


def servers(settings: Settings, prefect: bool = False) -> Iterator[Check]:
    """Whether the mail server and the mailbox let us in; `prefect`: its server answers and may keep one."""
    yield _sending(settings, prefect)
    if not settings.admins:
        yield note(
            "管理员", "没有设置管理员邮箱，日报和警报无人收到", "设置 SELFEVAL_ADMIN_EMAILS，多个用逗号隔开"
        )
    if settings.imap is None:
        yield ok("收信", f"没有设置邮箱，只收报送文件夹 {settings.inbox}")
        return
    where = f"{settings.imap.host}:{settings.imap.port}"
    try:
        with imap_folder(settings.imap) as folder:
            waiting = len(folder.waiting())
    except MailboxRefusal as refusal:
        yield error("收信", str(refusal), "更正后再运行一次 selfeval doctor；期间来信留在邮箱里，不会丢")
    else:
        yield ok("收信", f"{where} 登录成功，“{settings.imap.folder}”里有 {waiting} 封待收取")


def _sending(settings: Settings, prefect: bool) -> Check:
    smtp = settings.smtp
    if smtp is None and prefect:
        from tasks.mail_server import mail_server

        try:
            smtp = mail_server()
        except SettingsError as mistake:
            return error("发信", str(mistake), "更正后再运行一次 selfeval doctor；期间邮件留在待发里，不会丢")
    if smtp is None:
        return note(
            "发信",
            f"没有设置邮件服务器，邮件只写成文件，放在 {settings.mail_folder}",
            "设置 SELFEVAL_SMTP_HOST 等，见 deploy/env.example；或在 Prefect 界面 Blocks 里保存“selfeval 邮件服务器”",
        )
    try:
        asyncio.run(_greet(smtp))
    except ServerUnavailable as refusal:
        return error("发信", f"邮件服务器 {smtp.server} 用不了：{refusal}", _smtp_remedy(smtp, refusal))
    said = "没有加密" if smtp.tls == "none" else "已加密"
    logged_in = f"，用户“{smtp.username}”登录成功" if smtp.username else "，不登录"
    return ok("发信", f"{smtp.server} 可用，{said}{logged_in}（没有发信）")


async def _greet(smtp: SmtpSettings) -> None:
    async with Outgoing(smtp) as channel:
        await channel.greet()


def _smtp_remedy(smtp: SmtpSettings, refusal: ServerUnavailable) -> str:
    if refusal.code in (530, 534, 535, 538):
        return "核对 SELFEVAL_SMTP_USERNAME 和 SELFEVAL_SMTP_PASSWORD；许多邮箱要用授权码，不是网页登录密码"
    return f"核对 SELFEVAL_SMTP_HOST、SELFEVAL_SMTP_PORT 和 SELFEVAL_SMTP_TLS（现为 {smtp.tls}），以及网络和防火墙"


def outbox(url: str) -> list[Check]:
    """Mails that should have gone out, of the latest cycle and of those before."""
    long_ago = datetime.now(SHANGHAI) - _LONG
    row = OutboxRow

    def count(*conditions) -> int:
        return session.scalar(select(func.count()).select_from(row).where(*conditions)) or 0

    with transaction(url) as session:
        return diagnosis.outbox(
            waiting=count(row.state == "pending", row.not_before < long_ago),
            stuck=count(row.state.in_(("claimed", "sending")), row.claimed_at < long_ago),
            uncertain=count(row.state == "uncertain"),
            failed=count(row.state == "failed"),
        )
