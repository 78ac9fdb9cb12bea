"""Where things lie and how mail goes out: as the environment says it at every call.

deploy/env.example lists every variable; a folder for everything is the only thing that has to be chosen.
"""

from __future__ import annotations

import os
import re
import shlex
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notifications.smtp import SmtpSettings
from selfeval.addresses import is_address
from selfeval.refusal import Refusal
from tasks.imap import ImapSettings

# The Prefect work pool that every deployment belongs to and that workers poll.
WORK_POOL = "selfeval"
MOST_PROCESSES = 16
_TLS_PORT = 465
_NO_SENDER = "selfeval@localhost.localdomain"  # good enough for a folder, for no server


class SettingsError(Refusal):
    """A variable that does not say what it should; the text names it in Chinese."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`archive` is an fsspec address or a folder; `smtp` None keeps mails in `mail_folder`; `imap` None: no mailbox.

    `inbox_label`, `filing_address` and `site_address` are what units and readers know the inbox, the
    mailbox and the site by; `site` is where it is written, a folder or an fsspec address, and
    `site_command` what runs after that, at most `site_command_timeout` seconds. `log_format` is text or json; `processes`
    judge side by side. `admins` get the daily digest, `bureau_addresses` the list of late units.
    """

    home: Path
    database_url: str
    archive: str
    inbox: Path
    inbox_label: str
    papers: Path
    site: str
    site_address: str
    site_command: tuple[str, ...]
    site_command_timeout: int
    sender: str
    smtp: SmtpSettings | None
    mail_folder: Path
    imap: ImapSettings | None
    filing_address: str
    admins: tuple[str, ...]
    bureau_addresses: tuple[str, ...]
    log_format: str
    processes: int

    def for_other_folders(self) -> dict[str, str]:
        """The variables that name places, absolute: for processes that run in another folder."""
        url = self.database_url
        if url.startswith("sqlite:///"):
            url = f"sqlite:///{Path(url.removeprefix('sqlite:///')).absolute()}"
        return {
            "SELFEVAL_HOME": str(self.home),
            "SELFEVAL_DATABASE_URL": url,
            "SELFEVAL_ARCHIVE": _place(self.archive),
            "SELFEVAL_INBOX": str(self.inbox.absolute()),
            "SELFEVAL_PAPERS": str(self.papers.absolute()),
            "SELFEVAL_SITE": self.site,
            "SELFEVAL_MAIL_FOLDER": str(self.mail_folder.absolute()),
        }

    @property
    def sender_is_set(self) -> bool:
        return self.sender != _NO_SENDER


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from SELFEVAL_* variables; raises SettingsError naming the variable that is wrong."""
    given = tuple((key, environ[key]) for key in environ if key.startswith("SELFEVAL_"))
    return _read(given, Path.cwd(), os.environ.get("HOME"))


@lru_cache(maxsize=8)
def _read(given: tuple[tuple[str, str], ...], *_relative_to: object) -> Settings:
    """The settings that these variables make: a wave asks for them three times for every unit."""
    environ = dict(given)
    home = Path(environ.get("SELFEVAL_HOME", "selfeval-data")).expanduser().resolve()
    inbox = Path(environ.get("SELFEVAL_INBOX") or home / "inbox")
    site = _place(environ.get("SELFEVAL_SITE") or str(home / "site"))
    sender = _sender(environ)
    admins = _addresses(environ, "SELFEVAL_ADMIN_EMAILS")
    return Settings(
        home=home,
        database_url=environ.get("SELFEVAL_DATABASE_URL") or f"sqlite:///{home / 'selfeval.db'}",
        archive=environ.get("SELFEVAL_ARCHIVE") or str(home / "archive"),
        inbox=inbox,
        inbox_label=environ.get("SELFEVAL_INBOX_LABEL") or str(inbox),
        papers=Path(environ.get("SELFEVAL_PAPERS") or home / "papers"),
        site=site,
        site_address=environ.get("SELFEVAL_SITE_ADDRESS") or site,
        site_command=_command(environ, "SELFEVAL_SITE_COMMAND"),
        site_command_timeout=_number(environ, "SELFEVAL_SITE_COMMAND_TIMEOUT", 600, 1),
        sender=sender,
        smtp=_smtp(environ),
        mail_folder=Path(environ.get("SELFEVAL_MAIL_FOLDER") or home / "mails"),
        imap=_imap(environ),
        filing_address=environ.get("SELFEVAL_IMAP_ADDRESS") or sender,
        admins=admins,
        bureau_addresses=_addresses(environ, "SELFEVAL_BUREAU_EMAILS") or admins,
        log_format=_one_of(environ, "SELFEVAL_LOG_FORMAT", "text", ("text", "json")),
        processes=_number(environ, "SELFEVAL_PROCESSES", min(os.cpu_count() or 1, 4), 1, MOST_PROCESSES),
    )


def _place(place: str) -> str:
    """A folder from wherever the work is done, or an address as it is."""
    return place if "://" in place else str(Path(place).expanduser().absolute())


def _command(environ: Mapping[str, str], key: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(environ.get(key, "")))
    except ValueError as error:
        raise SettingsError(f"{key} 应为一条命令，引号要成对，现为“{environ[key]}”") from error


def _sender(environ: Mapping[str, str]) -> str:
    sender = environ.get("SELFEVAL_MAIL_FROM", "")
    if sender and not is_address(sender):
        raise SettingsError(f"SELFEVAL_MAIL_FROM 应为邮箱地址，现为“{sender}”")
    if not sender and environ.get("SELFEVAL_SMTP_HOST"):
        raise SettingsError("设置了 SELFEVAL_SMTP_HOST，还须设置 SELFEVAL_MAIL_FROM")
    return sender or _NO_SENDER


def _smtp(environ: Mapping[str, str]) -> SmtpSettings | None:
    host = environ.get("SELFEVAL_SMTP_HOST", "")
    if not host:
        return None
    port = _number(environ, "SELFEVAL_SMTP_PORT", 587, 1, 65535)
    ca_file = environ.get("SELFEVAL_SMTP_CA_FILE")
    return checked_server(
        SmtpSettings(
            host=host,
            port=port,
            tls=_protection(environ, "SELFEVAL_SMTP_TLS", "tls" if port == _TLS_PORT else "starttls"),
            username=environ.get("SELFEVAL_SMTP_USERNAME", ""),
            password=environ.get("SELFEVAL_SMTP_PASSWORD", ""),
            timeout=_number(environ, "SELFEVAL_SMTP_TIMEOUT", 30, 1),
            connections=_number(environ, "SELFEVAL_SMTP_CONNECTIONS", 2, 1, 20),
            per_minute=_number(environ, "SELFEVAL_SMTP_PER_MINUTE", 0),
            ca_file=Path(ca_file) if ca_file else None,
        ),
        lambda field: f"SELFEVAL_SMTP_{field.upper()}",
    )


def checked_server(smtp: SmtpSettings, named: Callable[[str], str]) -> SmtpSettings:
    """The settings themselves; raises SettingsError where they cannot work together.

    `named` says how the person who set a field knows it.
    """
    if re.search(r"[\s:/@]", smtp.host):
        raise SettingsError(f"{named('host')} 应为主机名或 IP 地址，不带端口和网址前缀，现为“{smtp.host}”")
    if smtp.port == _TLS_PORT and smtp.tls != "tls":
        raise SettingsError(f"{_TLS_PORT} 端口从一开始就加密，{named('tls')} 应为 tls，现为“{smtp.tls}”")
    for given, other in (("username", "password"), ("password", "username")):
        if getattr(smtp, given) and not getattr(smtp, other):
            raise SettingsError(f"设置了 {named(given)}，还须设置 {named(other)}")
    if smtp.ca_file:
        try:
            ssl.create_default_context(cafile=smtp.ca_file)
        except OSError as error:
            raise SettingsError(
                f"{named('ca_file')} 应为 PEM 格式的证书文件，“{smtp.ca_file}”读不了：{error}"
            ) from error
    return smtp


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
        port=_number(environ, "SELFEVAL_IMAP_PORT", 993 if tls == "tls" else 143, 1, 65535),
        tls=tls,
        username=environ["SELFEVAL_IMAP_USERNAME"],
        password=environ["SELFEVAL_IMAP_PASSWORD"],
        folder=environ.get("SELFEVAL_IMAP_FOLDER") or "INBOX",
        done=environ.get("SELFEVAL_IMAP_DONE") or "已收",
        person=environ.get("SELFEVAL_IMAP_PERSON") or "待人工",
        timeout=_number(environ, "SELFEVAL_IMAP_TIMEOUT", 30, 1),
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
    return _one_of(environ, key, default, ("none", "starttls", "tls"))


def _one_of(environ: Mapping[str, str], key: str, default: str, choices: tuple[str, ...]) -> str:
    chosen = environ.get(key) or default
    if chosen not in choices:
        raise SettingsError(f"{key} 应为 {'、'.join(choices[:-1])} 或 {choices[-1]}，现为“{chosen}”")
    return chosen


def _number(environ: Mapping[str, str], key: str, default: int, least: int = 0, most: int = 2**31) -> int:
    text = environ.get(key, "")
    if text and not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        between = f" {least} 到 {most} 的整数" if most < 2**31 else f"不小于 {least} 的整数"
        raise SettingsError(f"{key} 应为{between}，现为“{text}”")
    return int(text) if text else default
