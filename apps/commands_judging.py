"""Commands on files alone, without database, server or Prefect: check, annotate, rules, policy."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from apps.imports import kept_for_good
from apps.story import FILE, Story, json_option

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_POLICY = click.option(
    "--policy", default="national-2020", show_default=True, help="政策名称，或政策文件的路径"
)


@click.command()
@_FILES
@_POLICY
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，格式见 docs/check-output.md")
def check(files: tuple[Path, ...], policy: str, as_json: bool) -> None:
    """审核自评材料：读取、复算、列出问题。

    \b
    退出码：0 没有错误级问题，1 至少一项，2 有文件无法读取或调用有误。
    """
    with kept_for_good():
        from apps.check import check_files

    document, status = check_files(files, policy)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        from apps.check_text import readable

        click.echo(readable(document))
    sys.exit(status)


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "-o", "--output", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="输出文件"
)
@_POLICY
@json_option
def annotate(file: Path, out: Path, policy: str) -> tuple[Any, str]:
    """在材料的副本上批注：每一处问题加批注，首页列出清单；原文件不动。"""
    from apps.annotate import annotate_file

    return annotate_file(file, out, policy)


@click.group(cls=Story)
def rules() -> None:
    """审核规则。"""


@rules.command("list")
@json_option
def rules_list() -> tuple[Any, str]:
    """列出全部规则：编号、级别、给单位看的那句话、出处。"""
    from apps.catalogue import listing

    return listing()


@click.group(cls=Story)
def policy() -> None:
    """地方政策。"""


@policy.command("list")
@json_option
def policy_list() -> tuple[Any, str]:
    """列出自带的政策及其出处。"""
    from selfeval.policy import load_policy, policy_names

    loaded = [load_policy(name) for name in policy_names()]
    data = [{"name": p.name, "title": p.title, "source": p.source, "version": p.version} for p in loaded]
    return data, "\n".join(f"{p.name}  {p.title}\n    出处：{p.source}" for p in loaded)


@policy.command("show")
@click.argument("name")
@json_option
def policy_show(name: str) -> tuple[Any, str]:
    """逐项列出一份政策的规定和出处；NAME 是政策名称或政策文件的路径。"""
    from apps.policies import show

    return show(name)


@policy.command("check")
@click.argument("file", type=FILE)
@json_option
def policy_check(file: Path) -> tuple[Any, str]:
    """检查一份政策文件，逐条说明错误。"""
    from selfeval.appraisal.table import unknown_rules
    from selfeval.policy import PolicyError, parse_policy
    from selfeval.rules import registered

    parsed = parse_policy(file.read_text(encoding="utf-8-sig"), source_name=file.name)
    if mistakes := unknown_rules(parsed.appraisal, {rule.code for rule in registered()}):
        raise PolicyError(file.name, mistakes)
    return {"name": parsed.name, "title": parsed.title}, f"政策文件可用：{parsed.name}（{parsed.title}）"


@policy.command("diff")
@click.argument("first")
@click.argument("second")
@_FILES
@json_option
def policy_diff(first: str, second: str, files: tuple[Path, ...]) -> tuple[Any, str]:
    """比较两份政策：哪些规定不同，这些材料的得分、等级和问题会怎样变化。"""
    from apps.policies import diff

    return diff(first, second, files)
