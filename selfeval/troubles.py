"""What a run that went wrong is told as, to people who know no programs. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_EXCEPTION = re.compile(r"^Flow run encountered an exception[:.]?\s*(?:(\w+):\s*)?", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
AGAIN = "没有做完的，定时的环节到下次运行时接着做；手工发起的请再运行一次，不会重复。"
_DOCTOR = "selfeval doctor"
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Trouble:
    """A matter for the administrators. `key` names it: the same matter is told once.

    `title` follows “2025年度自评：”, `sentence` says what is wrong, `remedy` what to do, `command` with what.
    """

    key: str
    title: str
    sentence: str
    remedy: str
    command: str = ""


def known_as(name: str, stage: str | None) -> str:
    """What people call a run: by its own name once it has begun, before that by its stage.

    Until then Prefect calls it by two English words drawn by lot.
    """
    return name if stage is None or _CHINESE.search(name) else stage


def ended_badly(name: str, message: str, *, crashed: bool, once: str) -> Trouble:
    """A run that failed or crashed, by its name and the message of its last state.

    `once`: what tells this matter from others, such as the run's number.
    """
    name, plain = _line(name), _line(_EXCEPTION.sub("", message))
    if crashed:
        said, remedy, command = plain if _CHINESE.search(plain) else "进程中断", AGAIN, _DOCTOR
    elif _CHINESE.search(plain):
        said, remedy, command = plain, "按这句话处理以后，再运行一次；定时的环节到时间会再试。", _DOCTOR
    else:
        kind = (_EXCEPTION.match(message) or [None, None])[1] or "没有写明"
        said = f"程序出错（{kind}），没有做完的都没有写入"
        remedy = f"{AGAIN}同样的错误再出现时，请把这封邮件和运行记录 logs/selfeval.log 发给维护的人。"
        command = _DOCTOR
    return Trouble(f"R{_short(once)}", f"“{name}”没有办成", f"{said.rstrip('。')}。", remedy, command)


def not_begun(name: str, due: str, *, once: str) -> Trouble:
    """A run whose time has come and that nobody has begun."""
    return Trouble(
        f"L{_short(once)}",
        f"“{_line(name)}”到时间没有开始",
        f"应于{due}开始，现在还在等待。",
        "看工作进程是否在线、工作池是否被暂停（Prefect 界面 Work Pools → selfeval），一个环节是否一直没有结束。",
        _DOCTOR,
    )


def _line(text: str) -> str:
    """What people typed into a form stands on one line of a mail."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())[:_LONGEST]


def _short(once: str) -> str:
    return hashlib.sha256(once.encode()).hexdigest()[:20]
