"""Reasons of systems, servers and databases in words that a finance bureau reads."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from selfeval.refusal import in_words


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "磁盘满了"),
        (PermissionError(errno.EACCES, "Permission denied"), "没有权限"),
        (OSError(errno.EROFS, "Read-only file system"), "所在的磁盘或文件夹是只读的"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "没有程序在运行"),
        (socket.gaierror(-2, "Name or service not known"), "找不到这个主机名"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "不用这种加密"),
        (RuntimeError("password authentication failed for user"), "用户名或口令不对"),
        (TimeoutError("timed out"), "等了太久没有答复"),
    ],
)
def test_usual_reasons_are_told_in_chinese(fault, words):
    assert words in in_words(fault)


def test_a_seldom_reason_keeps_its_own_words_and_one_without_words_its_name():
    assert in_words(RuntimeError("the moon is full")) == "the moon is full"
    assert in_words(TimeoutError()) == "TimeoutError"
    # Its number is that of "not permitted".
    assert in_words(ssl.SSLError(1, "no shared cipher")) != "没有权限"
