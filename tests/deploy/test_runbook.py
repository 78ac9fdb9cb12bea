"""Every command that the runbook tells a person to type exists, with its options."""

from __future__ import annotations

import re

import click
import pytest

from apps.cli import main
from tests.deploy.compose import DEPLOY, raw

RUNBOOK = (DEPLOY / "runbook.md").read_text(encoding="utf-8")
_COMMENT = re.compile(r"(^|\s+)#.*$")


def _commands() -> list[str]:
    """Lines of code blocks and pieces of code in sentences that run `selfeval`, without what stands before it."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", RUNBOOK, flags=re.MULTILINE | re.DOTALL)
    lines = [_COMMENT.sub("", line) for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", RUNBOOK, flags=re.MULTILINE | re.DOTALL))
    return sorted({found[1] for line in lines if (found := re.search(r"(?:^|\s)selfeval (\S.*)$", line))})


def _problem(words: list[str]) -> str:
    """What is wrong with a command, "" for nothing: groups, command, options and number of arguments."""
    command: click.Command = main
    while isinstance(command, click.Group) and words:
        if words[0] not in command.commands:
            return f"没有命令 {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    if isinstance(command, click.Group):
        return "命令没有写完"
    options = {name: p for p in command.params for name in (*p.opts, *p.secondary_opts) if name[0] == "-"}
    given = 0
    while words:
        word, words = words[0], words[1:]
        if word.startswith("-"):
            if word not in options:
                return f"没有选项 {word}"
            if not options[word].is_flag:
                words = words[1:]
        else:
            given += 1
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    least = sum(p.required for p in arguments)
    most = 99 if any(p.nargs == -1 for p in arguments) else len(arguments)
    return "" if least <= given <= most else f"参数应为 {least} 个，写了 {given} 个"


@pytest.mark.parametrize("command", [c for c in _commands() if c != "…"])
def test_the_command_exists(command):
    assert _problem(command.split()) == "", command


def test_commands_are_found_and_wrong_ones_would_be_noticed():
    commands = _commands()
    assert len(commands) > 30 and "audit verify" in commands
    assert {"backup restore", "db move", "db upgrade", "db downgrade", "backup create", "run deliver"} <= {
        " ".join(command.split()[:2]) for command in commands
    }
    for wrong in ("audit prove", "db move --into x", "backup restore", "cycle", "db downgrade 1 2"):
        assert _problem(wrong.split())


def test_the_services_and_files_that_the_runbook_names_exist():
    services = set(raw()["services"])
    for line in re.findall(r"docker compose -f deploy/compose\.yaml ([^`\n#]+)", RUNBOOK):
        words = [word for word in line.split() if not word.startswith("-")]
        assert words[0] in {"up", "down", "ps", "logs", "run", "exec", "restart", "cp"}, line
        named = [word.split("=")[0].split(":")[0] for word in words[1:2]] if words[0] != "up" else []
        assert set(named) - {"1h"} <= services or "1h" in named, line
    for scaled in re.findall(r"--scale (\w+)=", RUNBOOK):
        assert scaled in services
    for place in re.findall(r"\bdeploy/([\w.-]+)", RUNBOOK):
        made = {".env", "logins", "inbox", "backup", "certs"}
        assert place in made or (DEPLOY / place).exists(), place
