"""The mail server as a Prefect block, for bureaus that keep passwords in Prefect and not in a file.

The environment comes first: while SELFEVAL_SMTP_HOST is set, no block is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from prefect.blocks.core import Block
from prefect.exceptions import ObjectNotFound
from pydantic import Field, SecretStr

from notifications.smtp import SmtpSettings
from tasks.settings import SettingsError, checked_server, load_settings

BLOCK_NAME = "selfeval"


class MailServer(Block):
    """selfeval 的邮件服务器。登记后建一个名为 selfeval 的，发送邮件时即使用它。"""

    _block_type_name = "selfeval 邮件服务器"
    _block_type_slug = "selfeval-mail-server"

    host: str = Field(title="服务器地址", min_length=1)
    port: int = Field(465, title="端口", description="tls 一般为 465，starttls 一般为 587", ge=1, le=65535)
    tls: Literal["tls", "starttls", "none"] = Field("tls", title="加密方式")
    username: str = Field("", title="用户名", description="留空即不登录")
    password: SecretStr = Field(SecretStr(""), title="密码或授权码")
    timeout: int = Field(30, title="每一步等待的秒数", ge=1)
    connections: int = Field(2, title="同时使用的连接数", ge=1, le=20)
    per_minute: int = Field(0, title="每分钟最多发送的封数", description="0 为不限", ge=0)
    ca_file: str = Field(
        "", title="自建证书机构的证书文件", description="工作进程所在机器上的路径；留空即用系统自带的"
    )


def mail_server() -> SmtpSettings | None:
    """The server that flows send over; None keeps mails in the folder. To be called inside a flow.

    Raises SettingsError when what is set cannot be used.
    """
    settings = load_settings()
    if settings.smtp:
        return settings.smtp
    try:
        block = MailServer.load(BLOCK_NAME)
    except ValueError as error:
        if isinstance(error.__cause__, ObjectNotFound):
            return None
        raise
    where = f"Prefect 的“{MailServer._block_type_name}”{BLOCK_NAME}"
    if not settings.sender_is_set:
        raise SettingsError(f"使用{where}时，还须设置发件地址 SELFEVAL_MAIL_FROM")
    return checked_server(
        SmtpSettings(
            host=block.host,
            port=block.port,
            tls=block.tls,
            username=block.username,
            password=block.password.get_secret_value(),
            timeout=block.timeout,
            connections=block.connections,
            per_minute=block.per_minute,
            ca_file=Path(block.ca_file) if block.ca_file else None,
        ),
        lambda field: f"{where}的“{MailServer.model_fields[field].title}”",
    )
