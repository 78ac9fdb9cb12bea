"""Where numbers of persons stand in a text: mobile and fixed telephones, ID cards, accounts, addresses.

In doubt a number is a person's: a hidden digit is still in the filing, a published one cannot be taken
back. Amounts stay (a decimal point, a thousands separator, 元 behind or 预算数 before the digits), and so
does what follows a label such as 项目编码.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from selfeval.pattern import Pattern

MOBILE, FIXED, ID_CARD, ACCOUNT, EMAIL, LABELLED = (
    "手机号",
    "固定电话",
    "身份证号",
    "银行账号",
    "电子邮箱",
    "号码",
)
# Full-width forms as half-width ones; whatever else Unicode knows is brought to its plain form one by one.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "　\u00a0\u2002\u2003\u2007\u2009\u202f\t"), " "
)
_NARROW |= dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_INVISIBLE = Pattern("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


def narrow(text: str) -> tuple[str, Sequence[int]]:
    """The text with plain digits, letters and signs and without invisible characters.

    Beside it, for each place of it and its end, the place in the text.
    """
    plain = text.translate(_NARROW)
    if plain.isascii() or (unicodedata.is_normalized("NFKC", plain) and not _INVISIBLE.search(plain)):
        return plain, range(len(plain) + 1)
    parts: list[str] = []
    places: list[int] = []
    for place, character in enumerate(plain):
        if not _INVISIBLE.match(character):
            written = unicodedata.normalize("NFKC", character).translate(_NARROW)
            parts.append(written)
            places += [place] * len(written)
    return "".join(parts), [*places, len(text)]


_SEPARATOR = r"(?: {0,2}[.\-·] {0,2}| {1,2})"
_YUAN = r"(?! ?[亿万千百]{0,2}元)"
# A word may stand before the digits (tel, QQ), but digits and letters in turn are a code or a checksum.
_WORD = r"(?:(?<![0-9A-Za-z])[A-Za-z]{1,12}[_\-]?|(?<![0-9A-Za-z]))"
_NO_CODE = rf"(?![0-9])(?![A-Za-z]+[0-9])(?!\.[0-9]{{1,6}}(?![0-9])){_YUAN}"
# 0.98 with all its digits; behind any other whole number a point may end the number of a list.
_NO_FRACTION = r"(?<!(?<![0-9])0\.)"
_NO_AMOUNT = r"(?!,[0-9]{3}(?:[,.]|(?![0-9 \-])))"


def _groups(leading: Sequence[str], *shapes: Sequence[int]) -> str:
    """Digits in groups: each shape gives the sizes of its groups, `leading` the first digits."""
    alternatives = []
    for shape in shapes:
        digits = iter([*leading, *["[0-9]"] * (sum(shape) - len(leading))])
        alternatives.append(_SEPARATOR.join("".join(next(digits) for _ in range(size)) for size in shape))
    return "(?:" + "|".join(alternatives) + ")"


_COUNTRY = rf"(?:(?:\(\+?86\)|\+?86|0086){_SEPARATOR}?)?"
_LEAD = ["1", "[3-9]"]
_SHAPES = (
    (
        ID_CARD,
        rf"{_NO_FRACTION}{_WORD}(?P<found>{_groups([], [17], [6, 8, 3], [6, 4, 4, 3], [6, 4, 2, 2, 3])}{_SEPARATOR}?[0-9Xx]){_NO_CODE}",
    ),
    (ID_CARD, rf"{_NO_FRACTION}{_WORD}(?P<found>{_groups([], [15], [6, 6, 3])}){_NO_CODE}"),
    (
        ACCOUNT,
        rf"{_NO_FRACTION}{_WORD}(?P<found>[0-9]{{16,19}}|{_groups([], [4, 4, 4, 4])}(?:{_SEPARATOR}[0-9]{{1,3}})?){_NO_CODE}",
    ),
    (
        MOBILE,
        rf"{_NO_FRACTION}{_WORD}(?P<found>{_COUNTRY}{_groups(_LEAD, [11])}){_NO_CODE}",
    ),
    (
        MOBILE,
        rf"(?<![0-9]\.){_WORD}(?P<found>{_COUNTRY}"
        rf"{_groups(_LEAD, [3, 4, 4], [4, 3, 4], [3, 3, 5], [7, 4], [3, 8], [1] * 11)}){_NO_CODE}{_NO_AMOUNT}",
    ),
    (
        FIXED,
        rf"(?<![0-9][.,]){_WORD}(?P<found>(?:\(0[0-9]{{2,3}}\)|0[0-9]{{2,3}}){_SEPARATOR}?"
        rf"[0-9]{{3,4}}{_SEPARATOR}?[0-9]{{4}}){_NO_CODE}{_NO_AMOUNT}",
    ),
)
_NUMBERS = tuple((kind, Pattern(shape)) for kind, shape in _SHAPES)
_EMAIL = Pattern(r"[A-Za-z0-9._%+\-]+ ?@ ?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
# Beside such a label any number is a person's, also a local one without its area code.
_BESIDE = (
    r"(?:电话|手机|传真|微信|(?i:qq|wechat)|[账帐]号|卡号|[账帐]户|身份证)(?:号码?)?(?: ?\([^()]{0,8}\))?"
)
_DIGITS = r"(?![0-9]|[.,][0-9])" + _YUAN
_LABELLED = (
    Pattern(rf"{_BESIDE} ?[:|][ _]*(?P<found>[0-9](?:[ \-()/]{{0,2}}[0-9]){{4,}}){_DIGITS}"),
    Pattern(rf"{_BESIDE}[ _]*(?P<found>[0-9](?:[ \-()]{{0,2}}[0-9]){{6,}}){_DIGITS}"),
    Pattern(r"(?:微信|(?i:qq|wechat|vx))(?:号码?)? ?[:|][ _]*(?P<found>[A-Za-z][A-Za-z0-9_.\-]{4,})"),
)
# One look that spares the others: most texts hold neither such a label nor ten digits close to each other.
_ANY_LABEL = Pattern(r"电话|手机|传真|微信|[账帐][号户]|卡号|身份证|(?i:qq|wechat|vx)")
_ANY_NUMBER = Pattern(r"[0-9](?:[ .\-·()]{0,6}[0-9]){9}")
# 投资项目统一代码: digits in groups that are nobody's telephone.
_PROJECT_CODE = Pattern(r"(?<![0-9])[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}(?![0-9])")
_CODE = (
    r"(?:项目|预算|单位|机构|信用|区划|科目|资产|物资|政策|指标|财政)(?:编码|代码|编号)|组织机构代码|"
    r"文号|发文字号|(?:合同|文件|发票|凭证|批准|备案|采购|招标|档案|证书)(?:编)?号码?"
)
_AMOUNT = r"金额|预算数?|执行数?|支出数?|收入数?|合计|总计|总额|结转|结余|资金|投资额?|资产|负债|拨款|决算数?"
_CODE_BEFORE = Pattern(rf"(?:{_CODE})(?: ?\([^()]{{0,8}}\))?(?:[为是]|[ :|_])*$")
_AMOUNT_BEFORE = Pattern(rf"(?:{_AMOUNT})(?: ?\([^()]{{0,6}}\))?(?:[为达共约计]|[ :|_])*$")
_ID_BEFORE = Pattern(r"(?:身份证|证件)[^0-9]{0,10}$")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
    ]
)
_PROVINCES |= frozenset(["61", "62", "63", "64", "65", "71", "81", "82"])
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def names_a_figure(label: str) -> bool:
    """Whether digits beside this label of a table are an amount or a code."""
    plain = narrow(label)[0]
    return bool(_CODE_BEFORE.search(plain) or _AMOUNT_BEFORE.search(plain))


def numbers(plain: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of every number of a person in a narrow text; they may overlap."""
    if "@" in plain:
        yield from ((*match.span(), EMAIL) for match in _EMAIL.finditer(plain))
    if _ANY_LABEL.search(plain):
        for pattern in _LABELLED:
            yield from ((*match.span("found"), LABELLED) for match in pattern.finditer(plain))
    if not _ANY_NUMBER.search(plain):
        return
    codes = [match.span() for match in _PROJECT_CODE.finditer(plain)]
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(plain):
            start, stop = match.span("found")
            if any(begin <= start and stop <= end for begin, end in codes):
                continue
            if _personal(kind, match["found"], plain[max(0, start - 30) : start]):
                yield start, stop, kind


def _personal(kind: str, found: str, before: str) -> bool:
    """Whether a number of this shape is a person's, by what stands before it and by its own check."""
    digits = re.sub(r"[^0-9Xx]", "", found).upper()
    if kind == ID_CARD and _ID_BEFORE.search(before):
        return True
    if _CODE_BEFORE.search(before):
        return kind == ID_CARD and len(digits) == 18 and _born(digits[6:14]) and _checked(digits)
    if kind == ID_CARD and len(digits) == 18:
        return _born(digits[6:14])
    if kind == ID_CARD:
        return digits[:2] in _PROVINCES and _born("19" + digits[6:12])
    if kind in (MOBILE, FIXED) and digits == found:
        return not _AMOUNT_BEFORE.search(before)
    return True


def _born(digits: str) -> bool:
    try:
        return 1880 <= date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}").year < 2100
    except ValueError:
        return False


def _checked(digits: str) -> bool:
    """GB 11643: the last of 18 characters follows from the others."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return "10X98765432"[total % 11] == digits[17]
