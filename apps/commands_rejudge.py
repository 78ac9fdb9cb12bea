"""`selfeval rejudge`: judge again what has been judged, after the policy or the rules have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from apps.mail_home import with_mail_home
from apps.story import bring_up_to_date, json_option, year_option


@click.command()
@click.option("--policy", default="", help="自带政策的名称，或本局政策文件的路径；不写为现行政策")
@click.option("--by", "person", default="", help="决定的人；不写只列出会改变什么")
@click.option("--reason", default="", help="理由，写在给单位的邮件里")
@click.option("--mail", is_flag=True, help="发邮件告知结果有变化的单位")
@year_option
@json_option
def rejudge(policy: str, person: str, reason: str, mail: bool, year: int | None) -> tuple[Any, str]:
    """重新评判已审核的报送：政策或审核规则变了以后使用。

    \b
    不写 --by 只列出哪些单位的结果会有变化，什么也不改变。
    写明 --by 和 --reason 的，替换有变化的结果（原结果留存），这些单位的审核同意、
    复核得分和公开的审批失效；此后收到的也按新的政策审核。重复运行不会重复改变。
    政策只能改怎样评判，不能改通知里已经写明的期限、催报、公开等。
    """
    from selfeval.policy import policy_names
    from selfeval.refusal import Refusal
    from tasks.office import batches
    from tasks.rejudge import Order, again_words, begin_again, judge_again

    if bool(person.strip()) != bool(reason.strip()):
        raise Refusal("重新评判应同时写明决定的人（--by）和理由（--reason）")
    path = Path(policy)
    own = path.is_file() and policy not in policy_names()
    text = path.read_text(encoding="utf-8-sig") if own else None
    done = bool(person)
    order = Order(path.name if own else policy, text, done, mail, reason or "预览", person or "预览")
    bring_up_to_date()
    ids = begin_again.fn(year, order, None)
    changed = [each for batch in batches(ids) for each in judge_again.fn(batch, order, None)]
    lines = [f"{each.code} {each.name} 第{each.version}次报送：{'；'.join(each.said)}" for each in changed]
    lines += again_words(changed, len(ids), order)
    if not done:
        lines.append("没有改变任何东西。确认后加上 --by 姓名 --reason 理由 再运行一次。")
    data = {"done": done, "looked": len(ids), "changed": [each._asdict() for each in changed]}
    said = "\n".join(lines)
    return with_mail_home(data, said) if done and mail and changed else (data, said)
