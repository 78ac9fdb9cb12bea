"""Personal data out of texts that will be published: numbers of persons, addresses, names beside labels.

In doubt it hides: a hidden digit is still in the filing, a published one cannot be taken back. Amounts
stay: a decimal point, a thousands separator or 元 behind the digits tells them from a person's number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from selfeval.pattern import Pattern

HIDDEN = "〔已隐去〕"

# Full-width forms as half-width ones, one for one: a place in the narrow text is the place in the text.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    map(ord, "　\u00a0\u2002\u2003"), " "
)
_NARROW |= dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")

_SEPARATOR = r"[ .\-]"
_BEFORE = r"(?<![0-9A-Za-z_])(?<![0-9][.,])"
_AFTER = r"(?![0-9A-Za-z_]|[.,][0-9]| ?[亿万千]?元)"


def _shapes(leading: Sequence[str], *shapes: Sequence[int]) -> str:
    """Digits in groups: each shape gives the sizes of its groups, `leading` the first digits."""
    alternatives = []
    for shape in shapes:
        digits = iter([*leading, *[r"\d"] * (sum(shape) - len(leading))])
        alternatives.append(_SEPARATOR.join("".join(next(digits) for _ in range(size)) for size in shape))
    return "(?:" + "|".join(alternatives) + ")"


_NUMBERS = {
    # GB 11643, the last character may be X
    "身份证号": _shapes([], [17], [6, 8, 3], [6, 4, 4, 3]) + "[0-9Xx]",
    "银行账号": rf"(?:\d{{16,19}}|{_shapes([], [4, 4, 4, 4])}(?:{_SEPARATOR}\d{{1,3}})?)",
    "手机号": rf"(?:(?:\(\+?86\)|\+?86|0086){_SEPARATOR}?)?"
    + _shapes(["1", "[3-9]"], [11], [3, 4, 4], [4, 3, 4], [3, 3, 5], [1] * 11),
    "固定电话": rf"(?:\(0\d{{2,3}}\)|0\d{{2,3}}){_SEPARATOR}?\d{{3,4}}{_SEPARATOR}?\d{{4}}",
}
_PATTERNS = {kind: Pattern(f"{_BEFORE}{shape}{_AFTER}") for kind, shape in _NUMBERS.items()}
_PATTERNS["电子邮箱"] = Pattern(r"[A-Za-z0-9._%+\-]+ ?@ ?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
# Beside such a label any number is a person's, also a local one without its area code.
_PATTERNS["号码"] = Pattern(
    r"(?:电话|手机|传真|微信|QQ|[账帐]号)(?:号码?)? ?:? ?(?P<found>\d(?:[ \-()]{0,2}\d){4,})(?!\d)(?! ?[亿万千]?元)"
)

_LABELS = (
    *("联系人", "填表人", "填报人", "制表人", "经办人", "审核人", "复核人"),
    *("负责人", "评价组组长", "评价组长", "法定代表人"),
)
_SIGNED = r"(?: ?\((?:签字|签名|签章|盖章|姓名)\)|签字|签名|签章|姓名)?"
_LABEL = Pattern(rf"(?:{'|'.join(_LABELS)}){_SIGNED}(?P<gap> *[:|] *| +)")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_RUN = Pattern(rf"{_HAN}(?:(?: {{0,3}}|[·•・]){_HAN}){{1,20}}")
# What follows a name on the same line, or stands where no name was filled in.
_END_OF_NAME = Pattern(
    r"联系|电话|手机|传真|邮箱|职务|职称|签字|签名|签章|盖章|日期|时间|填[表报]|制表|经办|[审复]核|"
    r"单位|部门|项目|财务|分管|负责|评价|法定|[（(]"
)
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦"
    "昌马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹"
    "姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐"
    "邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲家"
    "封储靳段富巫乌焦巴牧谷车侯全班秋仲伊宫宁仇栾甘厉祖武符刘景詹龙叶幸司黎溥印怀蒲从鄂索咸赖卓蔺屠蒙"
    "池乔阴胥苍双闻莘党翟谭贡劳姬申扶堵冉宰雍桑桂濮牛寿通边扈燕冀尚农温别庄晏柴瞿阎充慕连茹习艾容向古易"
    "慎戈廖庾终居衡步都耿满弘匡国文寇广禄东殳沃利蔚越隆师巩厍聂晁勾敖融冷辛阚那简饶空曾沙养鞠须丰巢关"
    "查后荆红游竺权盖益桓公肖涂欧丘佟岳覃闫付代麦苟楚占粟尧银晋侍佘苑"
)  # 百家姓 and what is frequent beside it
_OFFICE = tuple("科股室处局部组站所办会队院委厅司")


def redact(text: str, names: Iterable[str] = ()) -> str:
    """The text with mobile and fixed numbers, ID and account numbers, e-mail addresses and names hidden.

    Hides what stands as a name beside a label such as 联系人, and every one of `names` wherever it stands.
    """
    parts, end = [], 0
    for start, stop, _ in sorted(_spans(text, names)):
        if stop > end:
            parts += [text[end:start], HIDDEN] if start >= end else []
            end = stop
    return "".join([*parts, text[end:]])


def personal_names(texts: Iterable[str]) -> frozenset[str]:
    """Names of persons beside a label in these texts, without inner spaces, to be hidden everywhere.

    A label and a name in two cells are passed as one text "联系人：…". Offices and other words, which
    may stand there too and would then vanish from every text, are left out: a name starts with a
    Chinese surname or carries the dot of a transcribed one.
    """
    found = (
        text[start:stop].replace("　", "").replace(" ", "") for text in texts for start, stop in _beside(text)
    )
    return frozenset(name for name in found if _is_name(name))


def leftovers(text: str, names: Iterable[str] = ()) -> list[str]:
    """What personal data a text still shows, as "手机号：13*********0" with the middle masked; [] if none.

    Looks at the compatibility form (NFKC) too, so that a spelling unknown to redact() comes to light.
    """
    names = tuple(names)
    found = {
        f"{kind}：{_masked(version[start:stop])}": None
        for version in (text, unicodedata.normalize("NFKC", text))
        for start, stop, kind in sorted(_spans(version, names))
    }
    return list(found)


def _spans(text: str, names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of everything personal; spans may overlap."""
    narrow = text.translate(_NARROW)
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(narrow):
            yield *match.span("found" if "found" in match.re.groupindex else 0), kind
    for start, stop in _beside(text):
        yield start, stop, "姓名"
    for name in names:
        # Forms spread short names over the width of a cell: 张　三.
        for match in re.finditer(" *".join(map(re.escape, name.replace(" ", ""))), narrow):
            yield *match.span(), "姓名"


def _beside(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand beside labels: two to four characters, or more with the dot of a transcribed name."""
    narrow = text.translate(_NARROW)
    for label in _LABEL.finditer(narrow):
        run = _RUN.match(narrow, label.end())
        if not run:
            continue
        end = _END_OF_NAME.search(run[0])
        found = run[0][: end.start()].rstrip() if end else run[0]
        length = len(found.replace(" ", ""))
        if not 2 <= length <= 4 and not re.search("[·•・]", found):
            continue
        # Without a colon, and before 部门 or 单位, it is another word more often than a name.
        certain = label["gap"].strip() and not (end and end[0] in ("部门", "单位"))
        if certain or _is_name(found.replace(" ", "")):
            yield label.end(), label.end() + len(found)


def _is_name(text: str) -> bool:
    if re.search("[·•・]", text):
        return True
    return 2 <= len(text) <= 4 and text[0] in _SURNAMES and not (len(text) > 2 and text.endswith(_OFFICE))


def _masked(found: str) -> str:
    return (
        f"{found[:2]}{'*' * (len(found) - 3)}{found[-1]}"
        if len(found) > 3
        else f"{found[0]}{'*' * (len(found) - 1)}"
    )
