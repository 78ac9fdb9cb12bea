"""What every command shares: the order of the story, mistakes as sentences, `--json`, `--year`, the database."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from apps.chinese import speak_chinese
from selfeval.refusal import Refusal

speak_chinese()
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
year_option = click.option("--year", type=int, default=None, help="预算年度，缺省为最近的周期")


class Story(click.Group):
    """A group that lists its commands in the order of the cycle and speaks Chinese about mistakes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--json`: its return value is printed as JSON, else as the text it was given."""

    @click.option("--json", "as_json", is_flag=True, help="输出 JSON，便于其他程序使用")
    @functools.wraps(command)
    def wrapper(*args: Any, as_json: bool, **kwargs: Any) -> None:
        data, text = command(*args, **kwargs)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2) if as_json else text)

    return wrapper


def bring_up_to_date() -> None:
    """Create or migrate the configured database before a task looks into it.

    Raises DatabaseUnavailable. Loads what speaks to it only now: the help and the check need none of it.
    """
    from apps.offline import database

    with database():
        pass
