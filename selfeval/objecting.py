"""Whether a mail objects to a return. It only says that a person should answer.

Recognised carefully: in the sender's own words, not in what an answer quotes or repeats in its subject; who has
no objection, takes one back or asks how to raise one, raises none.
"""

from __future__ import annotations

from collections.abc import Collection

from selfeval.letter import Enclosure, one_line
from selfeval.mailrules import bare_subject, is_paper
from selfeval.pattern import Pattern

_WORDS = 1000  # an objection is answered by its words: more of them are kept than of a request
_SENTENCE = Pattern(r"[^。！？!?；;\n]+")
_OBJECTION = Pattern(
    r"异议|申诉|不(?:能|予|太|完全)?(?:同意|认可|认同|接受)(?:[这该此]|退回|审核|贵局|扣分|意见|结果|判定|$)|不服(?!务)"
    r"|(?:审核|退回|判断|判定|扣分|认定|规则)(?:意见|结果)?(?:有误|错误|不当|不准确|不合理|不成立)|误判|(?:申请|请求|要求)(?:重新审核|复审|复核)"
)
_NONE = Pattern(
    r"(?:没有|没|无|未|不存在|不再|并无)(?:任何|其他|什么)?(?:提出|提|有)?异议|(?:撤回|收回|撤销|放弃).{0,6}(?:异议|申诉)"
    r"|(?:怎么|怎样|如何|能否|可否|是否可以|可以).{0,6}(?:提出|提|申请)?.{0,4}(?:异议|申诉|复审|复核)[吗么]?|异议.{0,8}(?:已登记|不成立)"
)
_SUPPORT = Pattern(r"异议|申诉|说明|佐证|证明|依据|凭证")


def objecting(subject: str, text: str, *, ours: Collection[str] = ()) -> str:
    """The objection that a letter makes, in its own words on one line; "" when it makes none.

    `text` is what the sender wrote, `ours` the subjects that the bureau used: an answer repeats them, and what they
    say is not the sender's.
    """
    title = bare_subject(subject)
    said = [] if not title or any(other in title for other in ours) else [title]
    for sentence in (*said, *_SENTENCE.findall(text)):
        if _OBJECTION.search(sentence) and not _NONE.search(sentence):
            return one_line(text or title, _WORDS)
    return ""


def is_support(enclosure: Enclosure) -> bool:
    """Whether an attached file supports an objection and is no filing: a statement, evidence, a picture."""
    return _SUPPORT.search(enclosure.name) is not None or not is_paper(enclosure)
