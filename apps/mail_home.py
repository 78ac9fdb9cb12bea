"""Where mails go, said by every command that queues or sends one while no mail server is set."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def says_where_mails_go(command: Callable[..., tuple[Any, str]]) -> Callable[..., tuple[Any, str]]:
    """Add to the text, and as `mails_kept_in` to the data, that mails stay in a folder."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> tuple[Any, str]:
        data, text = command(*args, **kwargs)
        from tasks.settings import load_settings

        settings = load_settings()
        if settings.smtp:
            return data, text
        said = (
            "注意：没有设置邮件服务器（SELFEVAL_SMTP_HOST）。如果 Prefect 里也没有保存，邮件不会发给单位，"
            f"只写成 .eml 放在 {settings.mail_folder}"
        )
        return {**data, "mails_kept_in": str(settings.mail_folder)}, f"{text}\n{said}"

    return wrapper
