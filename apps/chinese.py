"""What click itself says on a terminal, in Chinese: headings of the help, mistakes in a command.

It asks gettext, which reads catalogues of the language that the system is set to; who reads these commands reads
Chinese, whatever that is. What is not listed stays English: mistakes of the program, not of a person.
"""

from __future__ import annotations

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

_SAYS = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示这些说明。",
    "Show the version and exit.": "显示版本。",
    "default: {default}": "缺省：{default}",
    "env var: {var}": "环境变量：{var}",
    "required": "必填",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "说明：{command} {option}",
    "Missing command.": "没有写命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少",
    "No such command {name!r}.": "没有“{name}”这个命令。",
    "No such option {name!r}.": "没有“{name}”这个选项。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是不是其中之一：{possibilities}）",
    "Got unexpected extra argument ({args})": "多写了：{args}",
    "Option {name!r} requires an argument.": "选项“{name}”后面要写内容。",
    "Option {name!r} does not take a value.": "选项“{name}”后面不写内容。",
    "Invalid value: {message}": "不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 不对：{message}",
    "Choose from:\n\t{choices}": "可以写：\n\t{choices}",
    "{value!r} is not one of {choices}.": "“{value}”不是 {choices} 之一。",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数字。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 之内。",
    "{value!r} does not match the format {format}.": "“{value}”写法不对，应如 {format}（%Y 年、%m 月、%d 日）。",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "没有{name}“{filename}”。",
    "{name} {filename!r} is a file.": "“{filename}”是文件，应为{name}。",
    "{name} {filename!r} is a directory.": "“{filename}”是文件夹，应为{name}。",
    "{name} {filename!r} is not readable.": "{name}“{filename}”没有读的权限。",
    "{name} {filename!r} is not writable.": "{name}“{filename}”没有写的权限。",
    "Do you want to continue?": "继续吗？",
    "Aborted!": "已取消。",
}


def _say(message: str) -> str:
    return _SAYS.get(message, message)


def _say_some(one: str, several: str, count: int) -> str:
    return _SAYS.get(one) or _SAYS.get(several) or (one if count == 1 else several)


def speak_chinese() -> None:
    """From here on click says what a person meets with in Chinese."""
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.termui,
        click.types,
    ):
        module._ = _say
        if hasattr(module, "ngettext"):
            module.ngettext = _say_some
