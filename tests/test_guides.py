"""Every command that the guides tell a person to type exists, with its options; every file they link to as well."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from apps.cli import main

ROOT = Path(__file__).parent.parent
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "deploy" / "runbook.md"]
_COMMENT = re.compile(r"(^|\s+)#.*$")
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def _after_the_program(lines: list[str]) -> set[str]:
    """What follows `selfeval` where a line runs it; settings of the Windows service only name it."""
    found = (re.search(r"^(?!nssm\b)(?:.*(?<!-u)\s)?selfeval ([a-z].*)$", line) for line in lines)
    return {match[1] for match in found if match}


def _typed() -> list[tuple[str, str]]:
    """(guide, command) for each line of a code block."""
    found = []
    for guide in GUIDES:
        blocks = _BLOCK.findall(guide.read_text(encoding="utf-8"))
        lines = [_COMMENT.sub("", line) for block in blocks for line in block.splitlines()]
        found += [(guide.name, command) for command in sorted(_after_the_program(lines))]
    return found


def _mentioned() -> list[tuple[str, str]]:
    """(guide, command) for each piece of code in a sentence, which may leave arguments to the reader."""
    found = []
    for guide in GUIDES:
        pieces = re.findall(r"`([^`\n]+)`", _BLOCK.sub("", guide.read_text(encoding="utf-8")))
        found += [(guide.name, command) for command in sorted(_after_the_program(pieces))]
    return found


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


@pytest.mark.parametrize(("guide", "command"), _typed())
def test_a_command_to_type_is_whole(guide, command):
    assert _problem(command.split()) == "", f"{guide}: {command}"


@pytest.mark.parametrize(("guide", "command"), _mentioned())
def test_a_command_that_a_sentence_names_exists(guide, command):
    named = command.split("…")[0].split()
    assert not _problem(named) or _problem(named).startswith(("参数", "命令没有写完")), f"{guide}: {command}"


def test_commands_are_found_and_wrong_ones_would_be_noticed():
    commands = {command for guide, command in _typed() if guide == "runbook.md"}
    assert len(commands) > 25
    assert {"backup restore", "db move", "db upgrade", "db downgrade", "backup create"} <= {
        " ".join(command.split()[:2]) for command in commands
    }
    for wrong in ("audit prove", "db move --into x", "backup restore", "cycle", "db downgrade 1 2"):
        assert _problem(wrong.split())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_linked_files_exist(guide):
    for place in _LINK.findall(guide.read_text(encoding="utf-8")):
        assert (guide.parent / place).exists(), f"{guide.name}: {place}"
