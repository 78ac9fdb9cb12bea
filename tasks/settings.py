"""Where things lie and how mail goes out: read from the environment, once per call.

deploy/env.example lists every variable; a folder for everything is the only thing that has to be chosen.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from notifications.smtp import SmtpSettings
from selfeval.refusal import Refusal


class SettingsError(Refusal):
    """A variable that does not say what it should; the text names it in Chinese."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`archive` is an fsspec address or a folder; `smtp` None keeps mails in `mail_folder`.

    `inbox_label` and `site_address` are what units and readers know the inbox and the site by.
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


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from SELFEVAL_* variables; raises SettingsError naming the variable that is wrong."""
    home = Path(environ.get("SELFEVAL_HOME", "selfeval-data")).expanduser().resolve()
    inbox = Path(environ.get("SELFEVAL_INBOX") or home / "inbox")
    site = Path(environ.get("SELFEVAL_SITE") or home / "site")
    host = environ.get("SELFEVAL_SMTP_HOST", "")
    tls = environ.get("SELFEVAL_SMTP_TLS", "starttls")
    if tls not in ("none", "starttls", "tls"):
        raise SettingsError(f"SELFEVAL_SMTP_TLS 应为 none、starttls 或 tls，现为“{tls}”")
    smtp = SmtpSettings(
        host=host,
        port=_number(environ, "SELFEVAL_SMTP_PORT", 587),
        tls=tls,
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
        sender=environ.get("SELFEVAL_MAIL_FROM") or "selfeval@localhost.localdomain",
        smtp=smtp if host else None,
        mail_folder=Path(environ.get("SELFEVAL_MAIL_FOLDER") or home / "mails"),
    )


def _number(environ: Mapping[str, str], key: str, default: int) -> int:
    text = environ.get(key, "")
    if text and not text.isdecimal():
        raise SettingsError(f"{key} 应为整数，现为“{text}”")
    return int(text) if text else default
