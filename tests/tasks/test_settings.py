"""Settings say in Chinese which variable is wrong and what it should be."""

from __future__ import annotations

import pytest

from tasks.settings import SettingsError, load_settings

SERVER = {"SELFEVAL_SMTP_HOST": "mail.example.org", "SELFEVAL_MAIL_FROM": "selfeval@bureau.example"}


def test_without_a_server_mails_stay_in_a_folder_of_the_home(tmp_path):
    settings = load_settings({"SELFEVAL_HOME": str(tmp_path)})
    assert settings.smtp is None and settings.mail_folder == tmp_path / "mails"


def test_everything_about_the_mail_server_is_read(tmp_path):
    given = {
        "PORT": "2525",
        "TLS": "none",
        "USERNAME": "u",
        "PASSWORD": "p",
        "TIMEOUT": "7",
        "CONNECTIONS": "3",
    }
    smtp = load_settings(
        SERVER
        | {f"SELFEVAL_SMTP_{key}": value for key, value in given.items()}
        | {"SELFEVAL_SMTP_PER_MINUTE": "90"}
    ).smtp
    assert (smtp.server, smtp.tls, smtp.username, smtp.password) == (
        "mail.example.org:2525",
        "none",
        "u",
        "p",
    )
    assert (smtp.timeout, smtp.connections, smtp.per_minute, smtp.ca_file) == (7, 3, 90, None)


@pytest.mark.parametrize(("port", "tls"), [("", "starttls"), ("587", "starttls"), ("465", "tls")])
def test_the_port_says_how_the_connection_is_protected_when_nothing_else_does(port, tls):
    assert load_settings(SERVER | {"SELFEVAL_SMTP_PORT": port}).smtp.tls == tls


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("SELFEVAL_SMTP_HOST", "smtps://mail.example.org", "主机名"),
        ("SELFEVAL_SMTP_HOST", "mail.example.org:465", "不带端口"),
        ("SELFEVAL_SMTP_PORT", "0", "1 到 65535"),
        ("SELFEVAL_SMTP_PORT", "70000", "70000"),
        ("SELFEVAL_SMTP_PORT", "五八七", "整数"),
        ("SELFEVAL_SMTP_TLS", "ssl", "none、starttls 或 tls"),
        ("SELFEVAL_SMTP_USERNAME", "u", "SELFEVAL_SMTP_PASSWORD"),
        ("SELFEVAL_SMTP_PASSWORD", "p", "SELFEVAL_SMTP_USERNAME"),
        ("SELFEVAL_SMTP_TIMEOUT", "0", "不小于 1"),
        ("SELFEVAL_SMTP_CONNECTIONS", "0", "1 到 20"),
        ("SELFEVAL_SMTP_PER_MINUTE", "-1", "不小于 0"),
        ("SELFEVAL_SMTP_CA_FILE", "/没有/这个文件.pem", "PEM"),
        ("SELFEVAL_MAIL_FROM", "财政局", "邮箱地址"),
        ("SELFEVAL_MAIL_FROM", "", "还须设置"),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_should_be(key, value, said):
    with pytest.raises(SettingsError, match=key) as mistake:
        load_settings(SERVER | {key: value})
    assert said in str(mistake.value)


def test_the_port_for_encryption_from_the_start_is_not_tried_in_the_clear():
    with pytest.raises(SettingsError, match="SELFEVAL_SMTP_TLS"):
        load_settings(SERVER | {"SELFEVAL_SMTP_PORT": "465", "SELFEVAL_SMTP_TLS": "starttls"})


def test_a_certificate_file_that_holds_none_is_refused(tmp_path):
    broken = tmp_path / "ca.pem"
    broken.write_text("不是证书", encoding="utf-8")
    with pytest.raises(SettingsError, match="SELFEVAL_SMTP_CA_FILE"):
        load_settings(SERVER | {"SELFEVAL_SMTP_CA_FILE": str(broken)})
