"""Personal data out of texts that will be published: numbers of persons, addresses, names beside labels.

What is looked for comes from the policy (`Redaction`), numbers from `personal_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from selfeval.pattern import Pattern
from selfeval.personal_numbers import (
    ACCOUNT,
    EMAIL,
    FIXED,
    ID_CARD,
    LABELLED,
    MOBILE,
    narrow,
    numbers,
)

HIDDEN = "〔已隐去〕"
NAME, WORD = "姓名", "指定隐去"
# What a policy may switch off; from the most telling to the most general.
KINDS = (ID_CARD, MOBILE, FIXED, ACCOUNT, EMAIL, LABELLED, NAME)


class Redaction(NamedTuple):
    """What is hidden before publication.

    labels: beside which a name stands, in a line or a table. kinds: what is looked for, of KINDS. hide:
    words that always go. keep: words that look like a person's and are not; they stay.
    """

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    hide: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


STANDARD = Redaction(
    labels=(
        *("联系人", "填表人", "填报人", "制表人", "编制人", "经办人", "审核人", "复核人", "批准人", "姓名"),
        *("负责人", "评价组组长", "评价组长", "组长", "成员", "法定代表人", "法人代表"),
    ),
    kinds=KINDS,
)


class Span(NamedTuple):
    """From `start` to before `stop` of a text stands something personal."""

    start: int
    stop: int
    kind: str


_SIGNED = r"(?:名单|及(?:联系)?(?:电话|方式))?(?: ?\((?:签字|签名|签章|盖章|姓名)\)|签字|签名|签章|姓名)?"
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\U00020000-\U0003134f]"
_RUN = Pattern(rf"{_HAN}(?:(?: {{0,3}}|[·•・]){_HAN}){{1,20}}")
_NEXT = Pattern(r" *[、,/;和及 ] *")
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
_DOUBLE = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "东方",
    "端木",
    "百里",
)
# Words of the forms that begin like a name.
_WORDS = frozenset(
    [
        "单位",
        "项目",
        "金额",
        "金融",
        "安全",
        "安排",
        "常规",
        "平均",
        "成本",
        "成效",
        "成果",
        "成员",
        "管理",
        "计划",
        "计算",
        "计量",
        "应急",
        "宣传",
        "广告",
        "文化",
        "文件",
        "林业",
        "农业",
        "农村",
        "农户",
        "经费",
        "万元",
        "解决",
        "支出",
        "支付",
        "支持",
        "支部",
        "程序",
        "方案",
        "方式",
        "路线",
        "施工",
        "明细",
        "严格",
        "时间",
        "时效",
        "时限",
        "通知",
        "通过",
        "满意",
        "利用",
        "从业",
        "司机",
        "向上",
        "连续",
        "盖章",
        "简介",
        "许可",
        "房屋",
        "车辆",
        "广场",
        "国家",
        "国库",
        "全年",
        "全部",
        "全县",
        "全面",
        "高度",
        "高效",
        "高于",
        "贡献",
        "都要",
        "双方",
        "包括",
        "巩固",
        "温馨",
        "符合",
        "水平",
        "温暖",
        "凌晨",
        "伍拾",
        "陆续",
        "易地",
        "丰富",
        "蓝图",
        "白天",
        "黄金",
        "江河",
        "空白",
        "居民",
        "居委",
        "谢谢",
        "于是",
        "和谐",
        "和县",
        "贺信",
        "余额",
        "贝壳",
        "元整",
        "平台",
        "平方",
        "公里",
        "公示",
        "公开",
        "公用",
        "公务",
        "公司",
        "公共",
        "边界",
        "暨南",
        "向社",
        "党员",
        "党委",
        "党组",
        "谈话",
        "查看",
        "查询",
        "后勤",
        "后续",
        "游客",
        "付款",
        "权限",
        "权益",
        "权重",
        "季度",
        "强化",
        "沟通",
        "康复",
        "危房",
        "童年",
        "石材",
        "柴油",
        "牧民",
        "古镇",
        "充分",
        "习近",
    ]
)
_OFFICE = tuple("科股室处局部组站所办会队院委厅司")


def redact(text: str, names: Iterable[str] = (), rules: Redaction = STANDARD) -> str:
    """The text with numbers of persons, addresses and names hidden.

    Hides what stands as a name beside a label such as 联系人, and every one of `names` wherever it stands.
    """
    parts, end = [], 0
    for start, stop, _ in spans(text, names, rules):
        parts += [text[end:start], HIDDEN]
        end = stop
    return "".join([*parts, text[end:]])


def spans(text: str, names: Iterable[str] = (), rules: Redaction = STANDARD, before: str = "") -> list[Span]:
    """Everything personal in order, none over another. `before` stands before the text elsewhere.

    It is the label in the cell to the left, or the line that ends with a label.
    """
    merged: list[Span] = []
    offset = len(before)
    for start, stop, kind in sorted(
        _found(before + text, names, rules), key=lambda span: (span[0], -span[1], _RANK.get(span[2], 0))
    ):
        if stop <= offset:
            continue
        start = max(start, offset)
        if merged and start - offset < merged[-1].stop:
            merged[-1] = merged[-1]._replace(stop=max(stop - offset, merged[-1].stop))
        else:
            merged.append(Span(start - offset, stop - offset, kind))
    return merged


def personal_names(texts: Iterable[str], rules: Redaction = STANDARD) -> frozenset[str]:
    """Names of persons beside a label in these texts, without inner spaces, to be hidden everywhere.

    A label and a name in two cells are passed as one text "联系人：…". Offices and other words, which
    may stand there too and would then vanish from every text, are left out: a name starts with a
    Chinese surname or carries the dot of a transcribed one.
    """
    found = set()
    for text in texts:
        plain = narrow(text)[0]
        found |= {plain[start:stop].replace(" ", "") for start, stop in _beside(plain, rules.labels)}
    return frozenset(name for name in found if is_name(name) and name not in rules.keep)


def leftovers(text: str, names: Iterable[str] = (), rules: Redaction = STANDARD) -> list[str]:
    """What personal data a text still shows, as "手机号：13*********0" with the middle masked; [] if none."""
    return list(
        dict.fromkeys(
            f"{kind}：{masked(text[start:stop])}" for start, stop, kind in spans(text, names, rules)
        )
    )


def masked(found: str) -> str:
    """Enough of it to find it again, too little to use it."""
    return (
        f"{found[:2]}{'*' * (len(found) - 3)}{found[-1]}"
        if len(found) > 3
        else f"{found[0]}{'*' * (len(found) - 1)}"
    )


def is_name(text: str) -> bool:
    """Whether a word without spaces looks like a person's name: a surname first, or the dot of a transcription."""
    if re.search("[·•・]", text):
        return True
    if not 2 <= len(text) <= 4 or text[0] not in _SURNAMES or text[:2] in _WORDS:
        return False
    return not (len(text) > 2 and text.endswith(_OFFICE))


_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def _found(text: str, names: Iterable[str], rules: Redaction) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of everything personal; they may overlap."""
    plain, places = narrow(text)

    def placed(start: int, stop: int, kind: str) -> Iterator[tuple[int, int, str]]:
        if plain[start:stop].replace(" ", "") not in rules.keep:
            yield places[start], places[stop - 1] + 1, kind

    for start, stop, kind in numbers(plain):
        if kind in rules.kinds:
            yield from placed(start, stop, kind)
    if NAME in rules.kinds:
        for start, stop in _beside(plain, rules.labels):
            yield from placed(start, stop, NAME)
    for kind, words in ((NAME, names), (WORD, rules.hide)):
        if words:
            for start, stop in _named(plain, frozenset(words)):
                yield from placed(start, stop, kind)


def _named(plain: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where these words stand; forms spread short names over the width of a cell: 张　三."""
    by_first = _by_first(names)
    if not by_first.keys() & set(plain):
        return
    kept = [place for place, character in enumerate(plain) if character != " "]
    tight = "".join(plain[place] for place in kept)
    for index, character in enumerate(tight):
        for name in by_first.get(character, ()):
            if tight.startswith(name, index):
                yield kept[index], kept[index + len(name) - 1] + 1
                break


@lru_cache(maxsize=8)
def _by_first(names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Names by their first character, longest first: a county's names are looked for in every cell."""
    tight = sorted({narrow(name)[0].replace(" ", "") for name in names} - {""}, key=lambda n: (-len(n), n))
    grouped: dict[str, tuple[str, ...]] = {}
    for name in tight:
        grouped[name[0]] = (*grouped.get(name[0], ()), name)
    return grouped


@lru_cache(maxsize=8)
def _label(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, labels))}){_SIGNED}(?P<gap>[ _]*[:|][ _]*|[ _]+)")


def _beside(plain: str, labels: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where names stand beside labels: two to four characters, or more with the dot of a transcribed name."""
    for label in _label(labels).finditer(plain) if labels else ():
        run = _RUN.match(plain, label.end())
        if not run:
            continue
        end = _END_OF_NAME.search(run[0])
        # Without a colon, and before 部门 or 单位, it is another word more often than a name.
        certain = ":" in label["gap"] or "|" in label["gap"]
        found = _one_name(run[0][: end.start()] if end else run[0])
        tight = found.replace(" ", "")
        likely = is_name(tight) and (certain or len(tight) < 4 or tight.startswith(_DOUBLE))
        if not found or not (likely or (certain and not (end and end[0] in ("部门", "单位")))):
            continue
        start = label.end()
        yield start, start + len(found)
        # More names behind the first one: 成员：张三、李四.
        while (gap := _NEXT.match(plain, start + len(found))) and (run := _RUN.match(plain, gap.end())):
            start, found = gap.end(), _one_name(run[0])
            if not is_name(found.replace(" ", "")):
                break
            yield start, start + len(found)


def _one_name(run: str) -> str:
    """The name at the start of a run of characters, "" when it is none.

    张 三 is one name, 张三 李四光 and 张三和李四 begin with one.
    """
    run = run.rstrip()
    if 2 <= len(run.replace(" ", "")) <= 4 or re.search("[·•・]", run):
        return run
    for end in re.finditer("[ 和及与]+", run):
        first = run[: end.start()]
        if 2 <= len(first.replace(" ", "")) <= 4:
            return first
    return ""
