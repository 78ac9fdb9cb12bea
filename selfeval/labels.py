"""Field → official Chinese label and the synonyms seen in filings of other places.

Sources: the forms of 财预〔2020〕10号 and the layout families in the field (central, 湖南, 安徽, 四川, 云南,
湖北, 河北, 宁夏, 重庆, 新疆, 北京). Texts are compared after `squash`, headings after `bare` as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from selfeval.filing import FundingRole
from selfeval.pattern import Pattern

_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
# What shows nothing, between words and within them.
BLANKS = " \t\r\n\u3000\xa0\u200b\u200c\u200d\u2060\ufeff\x0b\x0c\x07"
_SQUASH = (
    _WIDE | dict.fromkeys(map(ord, BLANKS)) | {ord("〔"): "[", ord("〕"): "]", ord("﹕"): ":", ord("∶"): ":"}
)
_SQUASHED = [(chr(code), plain or "") for code, plain in _SQUASH.items()]
_TO_SQUASH = Pattern("[" + "".join(re.escape(character) for character, _ in _SQUASHED) + "]")
# Stands in no document; a text that holds it nevertheless is squashed alone.
_BETWEEN = "\x01"
_BRACKETS = Pattern(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NUMBER = Pattern(r"^[一二三四五六七八九十]+、")
# With the full-width forms of its signs, so that a text need not be squashed to be found blank.
_BLANK = Pattern(rf"[-—–－_＿/／\\＼…⋯.．·*＊×{BLANKS}]*")


def squash(text: str) -> str:
    """A text for comparing: no white space, half-width signs."""
    # Headings, labels and level names come again and again; running text does not. For that, looking
    # for each character takes a fifth of the time of `translate`, which looks up every character of the text.
    if len(text) <= 60:
        return _squash(text)
    for character, plain in _SQUASHED:
        if character in text:
            text = text.replace(character, plain)
    return text


@lru_cache(maxsize=8192)
def _squash(text: str) -> str:
    return text.translate(_SQUASH) if _TO_SQUASH.search(text) else text


def squash_all(texts: Iterable[str]) -> list[str]:
    """Each text squashed; far cheaper than one by one, since each character is looked for once in all of them."""
    many = list(texts)
    squashed = squash(_BETWEEN.join(many)).split(_BETWEEN) if many else []
    return squashed if len(squashed) == len(many) else [squash(text) for text in many]


def bare(text: str) -> str:
    """A heading for comparing: squashed, without brackets (units, formulas), colon and leading star."""
    # What is longer is no heading and is compared with none.
    return _bare(text) if len(text) <= 60 else text


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return _BRACKETS.sub("", squash(text)).strip(":;、。*★☆")


def unnumbered(label: str) -> str:
    """A bare label without the number of its block (五、自评得分)."""
    return _NUMBER.sub("", label)


def is_blank(text: str) -> bool:
    """Whether a text is one of the fillers that mean blank: ——, ———, /, ……, spaces."""
    return len(text) <= 12 and _BLANK.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Label:
    """A field's official label and the pattern of its synonyms.

    `weak` words name the field only when no other column of the same header does.
    """

    official: str
    synonyms: str
    weak: str = ""
    _strong: Pattern = field(init=False, repr=False, compare=False)
    _weak: Pattern = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_strong", Pattern(f"(?:{self.official}|{self.synonyms})"))
        object.__setattr__(self, "_weak", Pattern(f"(?:{self.weak})"))

    def names(self, heading: str) -> int:
        """2 for the label or a synonym, 1 for a weak word, 0 for something else. `heading` is bare."""
        if self._strong.fullmatch(heading):
            return 2
        return 1 if self.weak and self._weak.fullmatch(heading) else 0


Field = TypeVar("Field")


class Labels(dict[Field, Label]):
    """The labels of one kind of heading. Most texts of a form are none of them, which one pattern tells."""

    def __init__(self, labels: dict[Field, Label]) -> None:
        super().__init__(labels)
        words = (word for label in labels.values() for word in (label.official, label.synonyms, label.weak))
        self._any = Pattern("|".join(filter(None, words)))

    def named(self, heading: str) -> tuple[tuple[Field, int], ...]:
        """The fields that a bare heading may name, with how clearly it does (see Label.names)."""
        if not self._any.fullmatch(heading):
            return ()
        return tuple((name, fits) for name, label in self.items() if (fits := label.names(heading)))


RECHECKED = r"(?:主管|预算)?(?:部门|单位)?(?:复核|复评|审核|再评价|核定|抽查|复审)(?:得|评)?分(?:数|值)?"

FUNDING_COLUMNS: Labels[str] = Labels(
    {
        "initial_budget": Label(
            "年初预算数",
            r"年初(?:部门)?(?:预算|批复|安排|批复预算)(?:数|金额|安排数?|批复数?|资金|情况)?|年初数|年初预算总?金?额|预算申报数?",
        ),
        "adjusted_budget": Label(
            "全年预算数",
            r"(?:全年|调整后?|调整后全年|全年调整后?|调整后的|本年|追加后)(?:总)?预算(?:数|金额|总额|安排数?)?|全年(?:计划|安排)(?:数|金额)?"
            r"|扣除.{0,8}(?:统筹|整合).{0,6}(?:预算|资金)(?:数|额)?",
            weak=r"合计|预算(?:数|金额|安排|安排数|总额|资金)?|年度预算(?:数|金额)?|预算安排情况|计划(?:数|金额|投资)|资金(?:总额|额度)|(?:下达|安排|批复)(?:数|金额|资金)",
        ),
        "executed": Label(
            "全年执行数",
            r"(?:全年|全年实际|预算|实际|资金|累计|年度|本年|年度预算)?(?:执行|支出|支付)(?:数|金额|数额|额|资金)|资金执行(?:情况)?|实际支出|(?:全年)?实际执行|(?:资金)?使用(?:金额|数)|(?:全年|支出|全年支出)?决算(?:数|金额|支出)?",
            weak=r"(?:全年|本年|实际|累计)?执行|全年(?:实际)?支出",
        ),
        "weight": Label(
            "分值",
            r"(?:执行率)?(?:权重|权重值|权重分|权数|参分|参考分值?|标准分|满分|分值权重|权重分值|标准分值)(?:占比)?",
        ),
        "execution_rate": Label(
            "执行率",
            r"(?:全年)?(?:预算|资金|年度预算)?(?:执行|完成|支出|使用)(?:率|进度|比例|百分比)|预算执行完成率|执行率%",
        ),
        "score": Label(
            "得分",
            r"(?:自评价?|评价|执行率|指标|折算|实际|实际自评|部门自评|单位自评|预算执行率?)?(?:得分|得分值)|自评(?:分|分数|分值|评分)|实得分",
        ),
        "recheck_score": Label("复核分", RECHECKED),
    }
)

# 一级指标及分值: the points stand in brackets behind the names.
_WITH_POINTS = r"(?:及|和|与|、|/)其?(?:分值|权重)"
INDICATOR_COLUMNS: Labels[str] = Labels(
    {
        "level1": Label("一级指标", r"一级|一级绩效指标|指标类型|指标类别|一级指标" + _WITH_POINTS),
        "level2": Label("二级指标", r"二级|二级绩效指标|二级指标" + _WITH_POINTS),
        "name": Label(
            "三级指标",
            r"三级|三级绩效指标|三级指标(?:名称|内容)|指标名称|明细指标|具体指标|三级指标" + _WITH_POINTS,
            weak=r"绩效指标|指标|指标内容|评价内容|评价指标|考核指标|四级指标",
        ),
        "target": Label(
            "年度指标值",
            r"(?:本?年度?|年初|全年|预期|预期当年|目标|设定|预期年度|年初设定|计划|绩效|绩效目标|预设|本年度|当年|全年预期|指标)?(?:绩效|目标)?(?:指标值|目标值|计划值)"
            r"|年初目标|计划完成值|年度预期值|预期值|预期(?:完成|实现)值|年度(?:指标值?|标值)|标杆值",
            weak=r"绩效目标|年度目标|目标|值|年初|预期|设定",
        ),
        "adjusted_target": Label(
            "调整指标值", r"(?:年中)?调整后?的?(?:年度)?(?:指标|目标)值|全年(?:指标|目标)值"
        ),
        "actual": Label(
            "实际完成值",
            r"(?:全年|年度|实际|本年|本年度|全年实际|年度实际|当年|指标|自评|全年累计|年[底终末]|单项指标)?(?:实际)?(?:完成|实现|达成)(?:值|数|指标值|结果|值情况)"
            r"|(?:全年|年度)?实际值|全年实际(?:指标)?值|业绩值|实际指标值",
            weak=r"(?:实际|全年|指标|目标|年度)?(?:完成|实现)情况|完成|实际完成|实际|(?:实施|完成)进度",
        ),
        "weight": Label(
            "分值",
            r"(?:指标)?(?:权重|权重值|权重分|权数|参分|(?:参考|基准)分值?|分值|标准分|标准分值|满分|分值权重|权重分值)(?:占比)?|分数|权重%|权重占比%|三级(?:指标)?(?:权重|分值)",
        ),
        "score": Label(
            "得分",
            r"(?:自评价?|评价|指标|实际|实际自评|部门自评|单位自评|绩效|本次)?得分(?:值)?|自评(?:分|分数|分值|评分)|实得分|(?:单项指标)?折算得分",
            weak=r"单项指标得分",
        ),
        "recheck_score": Label("复核分", RECHECKED),
        # Where department and finance office both look again, the finance office's score is the one that stands.
        "final_recheck_score": Label(
            "财政复核分",
            r"财政(?:部门|局|所)?(?:复核|复评|审核|再评价|核定|抽查|复审|评价)(?:得|评)?分(?:数|值)?",
        ),
        "deviation_note": Label(
            "偏差原因分析及改进措施",
            r".*(?:原因|偏差|改进措施|扣分|失分).*",
            weak=r"备注|说明|情况说明|指标完成情况说明|完成情况分析|(?:自评|评分|得分)(?:说明|依据)",
        ),
        "nature": Label("指标性质", r"性质|符号|运算符号?|比较符号?|指标方向|指标值性质|计算符号"),
        "unit": Label("度量单位", r"(?:计量|指标|指标值|度量)?单位|指标值单位"),
    }
)

# What heads the first column of a list of projects.
LIST_COLUMN = Pattern("序号|编号|项目(?:编码|代码)")
# Below a wide heading: the column of what the heading names itself, beside its weight, sign or unit.
PLAIN_COLUMN = Pattern(r"(?:指标)?(?:名称|内容|数值|值)")
# Columns that speak of another year or of how the target came about; they must not be taken for the above.
OTHER_COLUMNS = Pattern(
    r"(?:上年|去年|上一?年度?|前三年|历史|近.年).*|.*(?:设置依据|赋分规则|计算方法|评分标准|评分规则|佐证|证明材料|指标解释|指标说明|指标内涵|评价标准|得分系数|核心指标|完成率|完成比例)"
)

FUNDING_ROWS: Labels[FundingRole] = Labels(
    {
        FundingRole.TOTAL: Label(
            "年度资金总额",
            r"(?:本?年度?|全年|项目|预算|部门)?(?:预算)?(?:财政)?(?:资金|金额|支出|收入|收支|收入/支出|预算|支出预算|经费|资金投入|整体支出)(?:总额|合计|总计|总金额|总量)"
            r"|合计|总计|总额|总金额|全年支出|(?:年度)?预算数|年度总金额|(?:部门)?整体支出|年度总额|资金总额|年度(?:预算|财政)资金总额|年度资金|年度资金总额?合计",
        ),
        FundingRole.BY_SOURCE: Label(
            "按收入性质分", r"按收入(?:性质|来源|类型|类别)(?:划?分)?|按资金(?:性质|来源)(?:划?分)?"
        ),
        FundingRole.GENERAL_BUDGET: Label(
            "一般公共预算",
            r"(?:一般)?公共(?:财政)?预算(?:财政)?(?:拨款|资金|收入|支出|财政拨款)?|公共财政拨款|一般预算(?:拨款)?",
        ),
        FundingRole.FUND_BUDGET: Label(
            "政府性基金拨款", r"政府性?基金(?:预算)?(?:财政)?(?:拨款|资金|收入|支出|财政拨款)?"
        ),
        FundingRole.STATE_CAPITAL: Label(
            "国有资本经营预算", r"国有资本(?:经营)?(?:预算)?(?:财政)?(?:拨款|资金|收入|支出|财政拨款)?"
        ),
        FundingRole.SPECIAL_ACCOUNT: Label(
            "纳入专户管理的非税收入拨款",
            r"(?:纳入)?(?:财政)?专户(?:管理)?的?(?:非税收入)?(?:拨款|资金|收入)|非税收入(?:拨款)?",
        ),
        FundingRole.BY_NATURE: Label("按支出性质分", r"按支出(?:性质|用途|类型|类别|构成)(?:划?分)?"),
        FundingRole.BASIC_EXPENDITURE: Label("基本支出", r"基本支出(?:合计|总额|小计)?"),
        FundingRole.PROJECT_EXPENDITURE: Label("项目支出", r"项目支出(?:合计|总额|小计)?"),
        FundingRole.APPROPRIATION: Label(
            "当年财政拨款",
            r"(?:当年|本年|本年度|年度|全年)?(?:预算)?财政(?:性)?(?:拨款|资金|拨款资金)(?:收入)?|当年拨款|当年财政资金拨款|政府预算资金"
            r"|(?:当年|本年|本年度)(?:政府性基金|一般公共预算|国有资本经营)(?:预算)?(?:财政)?(?:拨款|资金|收入|支出)?",
        ),
        FundingRole.CARRY_OVER: Label(
            "上年结转资金",
            r"(?:上年|以前年度|历年|往年|年初|上年度|财政)?(?:财政拨款)?(?:结转|结余|结转结余|结转和结余|结转及结余)(?:资金)?",
        ),
        FundingRole.OTHER_FUNDS: Label(
            "其他资金",
            r"其它资金|其[他它](?:收入|拨款|来源|来源资金)?|单位(?:自有|自筹)?资金|自有资金|(?:单位)?自筹(?:资金)?|非财政拨款(?:资金)?|社会资金|配套资金",
        ),
    }
)

HEAD: Labels[str] = Labels(
    {
        "project": Label(
            "项目名称",
            r"项目(?:支出)?名称|(?:专项|专项资金|转移(?:支付)?|政策|专项资金项目|转移支付项目|政策和?项目|政府性基金|政府性基金预算支出|政府性基金支出|基金项目|二级项目|一级项目|基金|险种)(?:项目)?名称|项目名称及(?:编码|代码)|项目(?:编码|代码)(?:及|和|、)?名称",
        ),
        "department": Label(
            "主管部门",
            r"(?:项目|预算|市级|省级|县级|区级|州级|自治区|市县|中央|业务|中央主管|地方)?主管(?:预算)?(?:部门|单位)(?:及代码|名称)?",
        ),
        "unit": Label(
            "部门名称",
            r"(?:[市区县州省乡镇]级?|自治区|市直|县直|州直)?(?:预算)?(?:部门|单位)(?:名称|全称)|(?:[市区县州省乡镇]级?|市直|县直|州直)?预算部门(?:、|及|和)?(?:预算)?单位名称|部门、单位名称|部门\(单位\)名称|预算(?:部门|单位)|部门|(?:填报|自评|评价|使用|用款|申报)(?:部门|单位)(?:名称)?",
        ),
        "implementer": Label(
            "实施单位",
            r"项目(?:实施|承担|使用)?单位|(?:具体|项目)?实施(?:部门|单位)|资金使用单位|承担单位|用款单位",
        ),
    }
)
REPORTED_SCORE = Label(
    "自评总分",
    r"(?:项目)?(?:自评|综合|评价|绩效自评|自评综合|绩效评价|最终)(?:总?得分|总分|分数|评分)|(?:项目)?总得分|绩效自评综合得分",
)
REPORTED_GRADE = Label(
    "评价等级",
    r"(?:自评|评价|绩效|绩效自评|绩效评价|评定|自评结果|自评价|评价结果)?(?:等级|等次|级别|评级)|(?:绩效)?(?:自评|评价)(?:结论|结果)",
)
TOTAL_ROW = Pattern(
    r"(?:[一二三四五六七八九十]+、)?(?:自评|综合|评价|绩效|指标)?(?:总分|总计|合计|总得分|得分合计|合计得分|得分总计|总分值|分值合计)(?:值|数)?"
)
GOAL_TARGET = Label(
    "预期目标",
    r"(?:年度|年初|项目|全年|总体|年初设定|项目年度|年度总体|年度绩效|绩效)*(?:设定)?(?:预期)?(?:目标|绩效目标)(?:值|内容|设定|情况)?|年初设定目标",
)
GOAL_ACTUAL = Label(
    "实际完成情况",
    r"(?:年度|全年|具体|目标|总体|项目|绩效|年度总体|年度绩效|截止.*|截至.*)*(?:目标)?(?:实际)?(?:完成|实现)(?:情况|程度|结果|值)?(?:综述)?|实际情况",
)
# Rows below the indicators that speak of the whole form.
CLOSING = Pattern(
    r"(?:评价|自评)(?:结论|结果|得分|总分|等级|等次).*|存在(?:的)?(?:主要)?问题.*|(?:下一步)?改进(?:措施|建议).*|其[他它]需要说明.*|其[他它]说明.*"
    r"|偏差大或.*|说明|备注|注|填报?注意.*|(?:主管|财政)?(?:部门|单位|科室)(?:审核)?意见.*|有关建议|综合评价.*|绩效(?:自评)?(?:结论|等级).*|.*应用(?:方案|情况).*"
    r"|(?:填表|填报|联系|经办|审核|负责)人.*|联系电话.*|(?:单位|项目|财务)负责人.*|资金管理情况.*|.*原因(?:及|和|分析).*(?:措施|说明).*"
)
FOOTER = Pattern(
    r"^(?:填表)?(?:说明|备注|注)\d*:|^(?:自评|评价|绩效|评定|结果)*(?:等级|等次)(?:\([^()]{0,12}\))?:|(?:填表人|填报人|经办人|审核人|制表人|联系人|联系电话|填报日期|填表日期|填报时间|填表时间|负责人签[字名章]|负责人\(签|负责人:|\(盖章\)|\(公章\)|\(签章\)|签字:|签名:)"
)
# Where a form asks for reasons and remarks on it as a whole, and what it prints there for whoever fills it in.
REASON_ROW = Pattern(
    r"(?:情况|补充|资金|预算)?(?:说明|备注|注)|其[他它](?:需要)?说明(?:的)?(?:事项|问题|情况)?|(?:未完成|偏差|偏离|执行率?|支出|预算).{0,16}原因.{0,16}"
)
REASON_COLUMN = Pattern("(?:.{0,12})?原因(?:.{0,8})?|备注|说明|情况说明")
INSTRUCTED = Pattern(
    "字以内|(?:需|须|应|请|要)(?:单独|简要|详细|在此)*(?:说明|填写|列明)|口径[:：]|(?:计分|汇总|评分)(?:原则|标准|办法)|是指|指标?分为|资金包括|得分=|=.{0,12}[÷/×*]"
)
# Rows of a form that tell how to fill it in, not what was done.
INSTRUCTION = Pattern(
    r"(?:填[表报]|评分|计分|打分|得分|指标|政策)(?:说明|备注|注|须知|要求|标准|办法|方法|规则)\d*[:：]?|(?:\d+[.、])?(?:注|备注|说明)[:：]|根据|按照|定性指标|定量指标|其他需要说明|其他说明"
)
SEAL = Pattern("盖章|公章|印章|签章")
TITLE = Pattern(
    r"(?!附件?\d*[:、.]|\d+[、.．]|\(\d|[一二三四五六七八九十]+[、.．]|\([一二三四五六七八九十]+\)|说明|注)[^。;,!]{2,60}"
    r"(?:自评表|评价表|评分表|得分表|评价指标表|数据表|情况表|目标表|汇总表|报告表|完成表|公开表|审核表|自评结果|明细表|报告|通知|封面)(?:\([^()]*\))*"
)
ATTACHMENT = Pattern(r"附(?:件|表)?[\d一二三四五六七八九十]*(?:[-—.]\d+)*[:：]?")
# One of these stands in every placeholder.
PLACEHOLDER_SIGNS = ("×", "X", "x", "参考", "字以内", "_", "＿")
PLACEHOLDER = Pattern(
    r"[×Xx]{2,8}(?:部门|单位|年度|年|项目|局|市|县|区|州)|参考(?:提纲|格式)|\([^()]{0,20}字以内\)|[×]{2,}|[_＿]{3,20}年度"
)
GRADE = r"优秀|良好|中等|合格|基本合格|不合格|较差|较好|一般|优|良|中|差"
