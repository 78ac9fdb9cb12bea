from __future__ import annotations

import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from selfeval.redaction import HIDDEN, STANDARD, leftovers, personal_names, redact

# Numbers that nobody has: 199 0000 …, area code 0000, and a birthday far away.


@pytest.mark.parametrize(
    "number",
    [
        "19900001234",
        "１９９００００１２３４",
        "199 0000 1234",
        "199-0000-1234",
        "199—0000—1234",
        "1990 000 1234",
        "1 9 9 0 0 0 0 1 2 3 4",
        "+86 19900001234",
        "+8619900001234",
        "0000-1234567",
        "（0000）12345678",
        "0000 12345678",
        "０００－１２３４５６７８",
        "000000190001011234",
        "00000019000101123X",
        "000000 19000101 123X",
        "6200000000000000000",
        "6200 0000 0000 0000 000",
        "someone.else@mail.example.org",
        "12345@qq.example",
        "a＠b．example",
    ],
)
@pytest.mark.parametrize("text", ["{}", "联系方式：{}。", "甲{}乙", "（{}）", "编号{}，", "1. {} 2"])
def test_a_personal_number_does_not_survive_in_any_spelling(number, text):
    result = redact(text.format(number))
    assert result == text.format(HIDDEN)
    assert leftovers(text.format(number)) != []
    assert leftovers(result) == []


@pytest.mark.parametrize(
    "text",
    [
        "年初预算15203010510.00元，执行15,203,010,510.00元",
        "支出15203010510元",
        "投入19900001234 元",
        "2022年度 2023年度 2024年度",
        "15 20 30 10 5 10 20 30",
        "3175.20 2060.15 2060.15",
        "完成率127.46%，面积20517.3308亩",
        "文号：某财绩〔2024〕46号",
        "2022-2024年，20220101至20221231",
        "电话费12000元，电话 12000 元，电话会议12次",
        "地质灾害隐患76处12400人",
        "统筹整合资金0.00万元，0.500",
        "sha256 1234567890abcdef1234567890abcdef",
        "≥90%，≤3175.20万元",
    ],
)
def test_figures_of_the_filing_stay_as_they_are(text):
    assert redact(text) == text
    assert leftovers(text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("联系人：张三丰", "联系人：{}"),
        ("填表人：张 三　　联系电话：1234567", "填表人：{}　　联系电话：{}"),
        ("单位负责人（签字）：张三联系电话：19900001234", "单位负责人（签字）：{}联系电话：{}"),
        ("经办人:李四 审核人:王五", "经办人:{} 审核人:{}"),
        ("负责人签字： 欧阳小明  2024年5月8日", "负责人签字： {}  2024年5月8日"),
        ("联系人 | 张三", "联系人 | {}"),
        ("联系人　张三", "联系人　{}"),
        ("填表人：阿卜杜热合曼·买买提", "填表人：{}"),
        ("评价组组长：扎西", "评价组组长：{}"),
        ("项目负责人姓名：张三，职务：科长", "项目负责人姓名：{}，职务：科长"),
    ],
)
def test_the_name_beside_a_label_is_hidden_and_the_label_stays(text, hidden):
    assert redact(text) == hidden.format(HIDDEN, HIDDEN)
    assert leftovers(redact(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "单位负责人签字：      填表人：      联系电话：",
        "由单位负责人签字确认后报送",
        "负责人（签字）：       财政部门归口业务科室意见",
        "项目负责人 落实责任分工",
        "联系人及联系方式见附件",
        "审核人员3名，经办人数12人",
    ],
)
def test_labels_without_a_name_stay_as_they_are(text):
    assert redact(text) == text
    assert personal_names([text]) == frozenset()
    assert leftovers(text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("19900001234，19900005678", "{0}，{0}"),
        ("19900001234,19900005678/0000-1234567", "{0},{0}/{0}"),
        ("1.19900001234", "1.{0}"),
        ("tel19900001234，QQ:123456", "tel{0}，QQ:{0}"),
        ("电话：__19900001234__", "电话：__{0}__"),
        ("199\u200b0000\u200b1234", "{0}"),
        ("199 - 0000 - 1234", "{0}"),
        ("微信号：some_body-1", "微信号：{0}"),
        ("联系电话（手机）：1234567", "联系电话（手机）：{0}"),
        ("账户：12345678", "账户：{0}"),
        ("身份证号码：433100250101123", "身份证号码：{0}"),
        ("𝟏𝟗𝟗𝟎𝟎𝟎𝟎𝟏𝟐𝟑𝟒", "{0}"),
        ("成员：张三、李四光和王五", "成员：{0}、{0}和{0}"),
        ("填表人：__张三__", "填表人：__{0}__"),
        ("组长：张三   副组长：李四光", "组长：{0}   副组长：{0}"),
        ("联系人及联系电话：张三 1234567", "联系人及联系电话：{0} 1234567"),
    ],
)
def test_numbers_and_names_in_company_are_all_hidden(text, hidden):
    assert redact(text) == hidden.format(HIDDEN)
    assert leftovers(redact(text)) == []


_LABELS = st.sampled_from(
    ["项目编码：", "项目代码", "预算编码为", "统一社会信用代码：", "合同编号: ", "文号 ", "发票号码："]
)


@given(_LABELS, st.from_regex(r"[1-9][0-9]{10,24}", fullmatch=True))
def test_codes_of_eleven_digits_and_more_stay_behind_their_label(label, code):
    # A true ID number, with its birthday and check, is hidden wherever it stands.
    assume(len(code) != 18 or code[6:8] not in ("18", "19", "20"))
    assert redact(label + code) == label + code


@given(st.decimals(min_value=0, max_value=10**14, places=2), st.sampled_from(["元", "万元"]))
def test_amounts_in_every_spelling_stay(amount, unit):
    for text in (
        f"预算{amount}{unit}",
        f"支出{amount:,}{unit}",
        f"共{amount:f}",
        f"执行{int(amount)}{unit}",
        f"年初预算数：{int(amount) % 10**14}",
        f"金额 {amount:,.2f}，",
    ):
        assert redact(text) == text


def test_a_kind_that_is_switched_off_and_a_kept_word_stay():
    rules = STANDARD._replace(kinds=("手机号",), keep=("19900005678",))
    text = "联系人：张三 19900001234 19900005678 0000-1234567"
    assert redact(text, rules=rules) == f"联系人：张三 {HIDDEN} 19900005678 0000-1234567"


def test_names_are_collected_from_labels_and_offices_are_not():
    texts = [
        "填表人：张 三　　审核人：李四光",
        "联系人：林业局",
        "联系人：预算股",
        "负责人：阿卜杜热合曼·买买提",
        "联系人：详见附件",
    ]
    assert personal_names(texts) == {"张三", "李四光", "阿卜杜热合曼·买买提"}


def test_a_collected_name_disappears_everywhere_also_when_spread():
    names = personal_names(["填表人：张 三"])
    text = "由张三负责，张　三 复核"
    assert redact(text, names) == f"由{HIDDEN}负责，{HIDDEN} 复核"
    assert redact(text) == text
    assert leftovers(text, names) == ["姓名：张*", "姓名：张**"]


def test_what_is_found_is_masked_in_the_report_of_it():
    assert leftovers("电邮 someone@example.org，手机199-0000-1234") == [
        "电子邮箱：so****************g",
        "手机号：19**********4",
    ]


@given(st.text(alphabet="0123456789０１９ -—.元联系人：电话张三@a（）\n", max_size=60))
def test_redacting_leaves_nothing_and_is_stable(text):
    once = redact(text, ["张三"])
    assert leftovers(once, ["张三"]) == []
    assert redact(once, ["张三"]) == once


def test_no_personal_data_is_left_of_the_shared_filings(shared_filings):
    texts = {path.name: _text(path) for path in sorted(shared_filings.glob("*.docx"))}
    assert any(leftovers(text) for text in texts.values())
    names = personal_names(line for text in texts.values() for line in text.splitlines())
    for text in texts.values():
        assert leftovers(redact(text, names), names) == []


def _text(path) -> str:
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read("word/document.xml"))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return "\n".join("".join(t.text or "" for t in p.iter(f"{space}t")) for p in root.iter(f"{space}p"))


def test_the_words_of_a_cycle_stand_above_those_of_its_policy():
    policy = STANDARD._replace(hide=("甲地", "乙地"), keep=("丙地", "丁地"))
    both = policy.with_words(hide=("丙地", "戊地"), keep=("乙地",))
    assert set(both.hide) == {"甲地", "丙地", "戊地"} and set(both.keep) == {"丁地", "乙地"}
    assert redact("甲地乙地丙地丁地戊地", (), both) == f"{HIDDEN}乙地{HIDDEN}丁地{HIDDEN}"
