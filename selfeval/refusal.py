"""The base of every error that a person caused and can mend."""

from __future__ import annotations

import errno


class Refusal(ValueError):
    """What was asked cannot be done; the text is a Chinese sentence for the person who asked."""


# What the system says when it does not let a program have something.
_BY_NUMBER = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EROFS: "所在的磁盘或文件夹是只读的",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中间有一段是文件，不是文件夹",
    errno.EBUSY: "正在被别的程序使用",
    errno.EIO: "磁盘读写出错，可能坏了",
    errno.ENAMETOOLONG: "名称太长",
}
# What a library says of a server or a database; the first that stands in its words.
_BY_WORDS = {
    "Connection refused": "那台机器的这个端口上没有程序在运行",
    "Connect call failed": "那台机器的这个端口上没有程序在运行",
    "All connection attempts failed": "那台机器的这个端口上没有程序在运行",
    "resolve host": "找不到这个主机名",
    "Name or service not known": "找不到这个主机名",
    "Temporary failure in name resolution": "现在查不到主机名，网络或域名服务可能断了",
    "No address associated with hostname": "找不到这个主机名",
    "getaddrinfo failed": "找不到这个主机名",
    "No route to host": "到不了那台机器",
    "Network is unreachable": "网络不通",
    "imed out": "等了太久没有答复",
    "timeout expired": "等了太久没有答复",
    "CERTIFICATE_VERIFY_FAILED": "对方的证书不可信",
    "WRONG_VERSION_NUMBER": "对方在这个端口上不用这种加密",
    "STARTTLS extension not supported": "服务器不支持 STARTTLS 加密",
    "SMTP AUTH extension is not supported": "服务器在这种加密方式下不接受登录",
    "password authentication failed": "用户名或口令不对",
    "no password supplied": "没有写口令",
    "Mailbox doesn't exist": "没有这个文件夹",
    "401 Unauthorized": "口令不对",
    "illegal status line": "答复的不是所要的程序",
    "file is not a database": "不是数据库文件，或者已经损坏",
    "database disk image is malformed": "数据库文件已经损坏",
    "unable to open database file": "打不开数据库文件，文件夹不在或没有权限",
    "attempt to write a readonly database": "数据库文件只读，没有写的权限",
    "database or disk is full": "磁盘满了",
    "disk I/O error": "磁盘读写出错，磁盘满了或坏了",
    "database is locked": "数据库正忙，别的程序占着它",
    "Could not parse SQLAlchemy URL": "地址的写法不对",
    "Can't load plugin: sqlalchemy": "地址的写法不对，不认识这种数据库",
}


def in_words(fault: BaseException) -> str:
    """Why something could not be had, in Chinese where the reason is one of the usual; else what the library says."""
    # Faults of encryption are OSErrors, too, and their numbers mean something else.
    if isinstance(fault, OSError) and fault.errno in _BY_NUMBER and not hasattr(fault, "library"):
        return _BY_NUMBER[fault.errno]
    said = str(fault).strip() or type(fault).__name__
    return next((words for sign, words in _BY_WORDS.items() if sign in said), said)
