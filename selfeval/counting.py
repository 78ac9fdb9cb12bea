"""Words that count: which of them may stand for each other (人 and 名) and which count different things (人 and 人次)."""

from __future__ import annotations

_MULTIPLES = "十百千万亿"
# Any thing can be counted by these.
_GENERAL = ("个", "项")
_ALIKE = (
    ("人", "名", "位"),
    ("人次",),
    ("户", "家"),
    ("户次", "家次"),
    ("家", "处", "所", "座", "栋", "幢", "间", "村", "宗", "点", "块", "条", "片"),
    ("次", "场", "场次", "期", "批", "批次", "班", "届", "轮", "起", "件", "例", "宗"),
    ("件", "份", "宗", "起", "例", "条", "篇", "则", "批", "期", "本", "张"),
    ("册", "本", "份", "部", "篇", "套"),
    ("台", "套", "辆", "部", "架", "组", "艘"),
    ("头", "只", "匹", "羽", "尾"),
    ("株", "棵"),
    ("种", "类"),
)
_KNOWN = {word for words in _ALIKE for word in words}


def count_alike(first: str, second: str) -> bool:
    """Whether two units may count the same thing; True where nothing is known of one of them (万人 and 名: True)."""
    one, other = first.lstrip(_MULTIPLES), second.lstrip(_MULTIPLES)
    if one == other or one in _GENERAL or other in _GENERAL or not {one, other} <= _KNOWN:
        return True
    return any(one in words and other in words for words in _ALIKE)
