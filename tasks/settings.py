"""Where things lie and how mail goes out: read from the environment, once per call.

deploy/env.example lists every variable; a folder for everything is the only thing that has to be chosen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from notifications.smtp import SmtpSettings
from selfeval.addresses import is_address
from selfeval.refusal import Refusal
from tasks.imap import ImapSettings


class SettingsError(Refusal):
    """A variable that does not say what it should; the text names it in Chinese."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`archive` is an fsspec address or a folder; `smtp` None keeps mails in `mail_folder`; `imap` None: no mailbox.

    `inbox_label`, `filing_address` and `site_address` are what units and readers know the inbox, the
    mailbox and the site by. `admins` get the daily digest, `bureau_addresses` the list of late units.
    """

    home: Path
    database_url: str
    archive: str
    inbox: Path
    inbox_label: str
    papers: Path
    site: Path
    site_address: str
    sender: str
    smtp: SmtpSettings | None
    mail_folder: Path
    imap: ImapSettings | None
    filing_address: str
    admins: tuple[str, ...]
    bureau_addresses: tuple[str, ...]


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from SELFEVAL_* variables; raises SettingsError naming the variable that is wrong."""
    home = Path(environ.get("SELFEVAL_HOME", "selfeval-data")).expanduser().resolve()
    inbox = Path(environ.get("SELFEVAL_INBOX") or home / "inbox")
    site = Path(environ.get("SELFEVAL_SITE") or home / "site")
    host = environ.get("SELFEVAL_SMTP_HOST", "")
    sender = environ.get("SELFEVAL_MAIL_FROM") or "selfeval@localhost.localdomain"
    admins = _addresses(environ, "SELFEVAL_ADMIN_EMAILS")
    smtp = SmtpSettings(
        host=host,
        port=_number(environ, "SELFEVAL_SMTP_PORT", 587),
        tls=_protection(environ, "SELFEVAL_SMTP_TLS", "starttls"),
        username=environ.get("SELFEVAL_SMTP_USERNAME") or None,
        password=environ.get("SELFEVAL_SMTP_PASSWORD") or None,
        timeout=_number(environ, "SELFEVAL_SMTP_TIMEOUT", 30),
    )
    return Settings(
        home=home,
        database_url=environ.get("SELFEVAL_DATABASE_URL") or f"sqlite:///{home / 'selfeval.db'}",
        archive=environ.get("SELFEVAL_ARCHIVE") or str(home / "archive"),
        inbox=inbox,
        inbox_label=environ.get("SELFEVAL_INBOX_LABEL") or str(inbox),
        papers=Path(environ.get("SELFEVAL_PAPERS") or home / "papers"),
        site=site,
        site_address=environ.get("SELFEVAL_SITE_ADDRESS") or str(site),
        sender=sender,
        smtp=smtp if host else None,
        mail_folder=Path(environ.get("SELFEVAL_MAIL_FOLDER") or home / "mails"),
        imap=_imap(environ),
        filing_address=environ.get("SELFEVAL_IMAP_ADDRESS") or sender,
        admins=admins,
        bureau_addresses=_addresses(environ, "SELFEVAL_BUREAU_EMAILS") or admins,
    )


def _imap(environ: Mapping[str, str]) -> ImapSettings | None:
    host = environ.get("SELFEVAL_IMAP_HOST", "")
    if not host:
        return None
    for key in ("SELFEVAL_IMAP_USERNAME", "SELFEVAL_IMAP_PASSWORD"):
        if not environ.get(key):
            raise SettingsError(f"设置了 SELFEVAL_IMAP_HOST，还须设置 {key}")
    tls = _protection(environ, "SELFEVAL_IMAP_TLS", "tls")
    settings = ImapSettings(
        host=host,
        port=_number(environ, "SELFEVAL_IMAP_PORT", 993 if tls == "tls" else 143),
        tls=tls,
        username=environ["SELFEVAL_IMAP_USERNAME"],
        password=environ["SELFEVAL_IMAP_PASSWORD"],
        folder=environ.get("SELFEVAL_IMAP_FOLDER") or "INBOX",
        done=environ.get("SELFEVAL_IMAP_DONE") or "已收",
        person=environ.get("SELFEVAL_IMAP_PERSON") or "待人工",
        timeout=_number(environ, "SELFEVAL_IMAP_TIMEOUT", 30),
    )
    if settings.folder in (settings.done, settings.person):
        raise SettingsError("SELFEVAL_IMAP_FOLDER 不能与 SELFEVAL_IMAP_DONE 或 SELFEVAL_IMAP_PERSON 相同")
    return settings


def _addresses(environ: Mapping[str, str], key: str) -> tuple[str, ...]:
    found = [part for part in re.split(r"[\s,;，；、]+", environ.get(key, "")) if part]
    for address in found:
        if not is_address(address):
            raise SettingsError(f"{key} 应为邮箱地址，多个用逗号隔开，现有“{address}”")
    return tuple(dict.fromkeys(found))


def _protection(environ: Mapping[str, str], key: str, default: str) -> str:
    tls = environ.get(key) or default
    if tls not in ("none", "starttls", "tls"):
        raise SettingsError(f"{key} 应为 none、starttls 或 tls，现为“{tls}”")
    return tls


def _number(environ: Mapping[str, str], key: str, default: int) -> int:
    text = environ.get(key, "")
    if text and not text.isdecimal():
        raise SettingsError(f"{key} 应为整数，现为“{text}”")
    return int(text) if text else default
