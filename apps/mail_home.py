"""Where mails go, said by every command that queues or sends one while no mail server is set."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def with_mail_home(data: Any, text: str) -> tuple[Any, str]:
    """Add to the text, and as `mails_kept_in` to data that is a mapping, that mails stay in a folder."""
    from tasks.settings import load_settings

    settings = load_settings()
    if settings.smtp:
        return data, text
    said = (
        "注意：没有设置邮件服务器（SELFEVAL_SMTP_HOST）。如果 Prefect 里也没有保存，邮件不会发给单位，"
        f"只写成 .eml 放在 {settings.mail_folder}"
    )
    if isinstance(data, dict):
        data = {**data, "mails_kept_in": str(settings.mail_folder)}
    return data, f"{text}\n{said}"


def says_where_mails_go(command: Callable[..., tuple[Any, str]]) -> Callable[..., tuple[Any, str]]:
    """A command that always queues or sends; one that only sometimes does calls `with_mail_home` itself."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> tuple[Any, str]:
        return with_mail_home(*command(*args, **kwargs))

    return wrapper
