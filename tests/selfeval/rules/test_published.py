"""Sentences as departments publish them with their accounts: sound they are let pass, with one figure changed they are found."""

from __future__ import annotations

import pytest

from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.rules.text_samples import alone

POLICY = load_policy("national-2020")

PAIRS = (
    # 增收 and 减收, 多支 and 少支 are changes, no figures of last year.
    ("税收收入5200万元，比上年增收1000万元，增长23.8%。", "23.8%|32.8%", "R02", "23.81%"),
    (
        "基金支出累计完成4200万元，完成年初预算数20000万元的21%，比上年减支800万元，下降16%。",
        "16%|61%",
        "R02",
        "16.00%",
    ),
    ("本月支出6900万元，较上年同月多支1500万元，增长27.8%。", "27.8%|28.7%", "R02", "27.78%"),
    ("车辆运行费3.10万元，比去年3.40万元少0.30万元。", "0.30|0.03", "R16", "0.3"),
    ("民生支出14.4亿元，较2024年同期增加支出2.4亿元，增幅达20%。", "达20%|达30%", "R02", "20.00%"),
    ("全县支出完成54800万元，较上年同期增长9.6%，增支4800万元。", "9.6%|6.9%", "R02", "9.60%"),
    (
        "全县累计完成61600万元，占年初预算数110000万元的56%，同比增长10%，增收5600万元。",
        "增长10%|增长17%",
        "R02",
        "10.00%",
    ),
    # The comparison stands in a clause of its own.
    ("公务接待费支出4.20万元，与2024年度预算相比，减少0.80万元，下降16%。", "16%|61%", "R02", "16.00%"),
    ("“三公”经费预算9.60万元，较上年减少6.40万元（40.00%）。", "40.00|60.00", "R02", "40.00%"),
    ("经比较2025年度“三公”经费42.00万元，较上年减少18.00万元，下降30%。", "30%|43%", "R02", "30.00%"),
    ("“三公”经费支出数为190.00万元，按同口径同比减少10.00万元，下降5%。", "降5%|降2%", "R02", "5.00%"),
    # A share of what its own clause names, of the longer name before it, of the budget of the same breath.
    (
        "地方收入8000万元，税收收入完成5000万元，增收900万元，税收收入占地方收入62.5%。",
        "62.5%|65.2%",
        "R02",
        "62.50%",
    ),
    (
        "政府采购合同授予中小企业的总采购额640.00万元，授予小微企业的采购额240.00万元，占授予中小企业总采购额的37.50%。",
        "37.50|35.70",
        "R02",
        "37.50%",
    ),
    (
        "本级一般公共预算支出年初预算为860.00万元，支出决算为817.00万元，完成年初预算的95.00%。",
        "95.00|59.00",
        "R02",
        "95.00%",
    ),
    ("现有在职人员57人，占编制数60人的比率为95%。", "95%|59%", "R02", "95.00%"),
    (
        "货物类、工程类和服务类采购金额分别为300万元、500万元和200万元，占采购总规模的30%、50%和20%。",
        "50%和|55%和",
        "R02",
        "50.00%",
    ),
    # What is called by its kinds alone.
    (
        "支出640.00万元。其中：人员经费支出400.00万元，公用经费支出60.00万元，项目支出180.00万元。",
        "180.00|108.00",
        "R01",
        "568万元",
    ),
    (
        "支出总计640.00万元，其中：本年支出合计630.00万元，结余分配0.00万元，年末结转和结余10.00万元。",
        "余10.00|余1.00",
        "R01",
        "631万元",
    ),
    (
        "设备购置12.50万元；维修费8.30万元；培训费5.20万元；共计26.00万元，项目已验收。",
        "26.00|62.00",
        "R01",
        "26万元",
    ),
    (
        "2025年收支总预算850.00万元。收入包括：财政拨款850.00万元。支出包括：教育支出600.00万元、住房保障支出250.00万元。",
        "250.00|205.00",
        "R01",
        "805万元",
    ),
    (
        "一般公共预算基本支出920.00万元，主要包括：人员经费800.00万元，用于工资；公用经费120.00万元，用于办公。",
        "120.00|102.00",
        "R01",
        "902万元",
    ),
    (
        "全县财政收入6400万元，增长12%。其中，中央财政收入3200万元，增长10%；地方本级收入3200万元，增长14%。",
        "地方本级收入3200|地方本级收入2300",
        "R01",
        "5500万元",
    ),
    (
        "本级收入1580万元。其中：地方税收收入990万元，增长5%；非税收入590万元，增长23%。",
        "非税收入590|非税收入509",
        "R01",
        "1499万元",
    ),
    # What was saved is of the plan, or of what was bought and saved together.
    (
        "采购计划金额共计980.00万元，实际采购金额共计833.00万元，共节约资金147.00万元，节约率为15%，其中货物类采购计划金额"
        "480.00万元，实际采购金额432.00万元，共节约资金48.00万元，节约率为10%。",
        "为10%|为15.5%",
        "R02",
        "10.00%",
    ),
    (
        "政府采购规模为36.00亿元，较采购计划节约资金4.00亿元，资金节约率达10.00%。",
        "10.00%|11.00%",
        "R02",
        "10.00%",
    ),
    (
        "政府采购预算执行800.00万元，实际采购金额720.00万元，节约资金80.00万元。",
        "节约资金80.00|节约资金88.00",
        "R16",
        "80万元",
    ),
    # A reason between the parts ends no list; a list may stand behind 中.
    (
        "开支“三公”经费600.00万元，较上年下降2%。其中：公务用车购置70.00万元，主要是执法车辆增加；公车运行维护460.00万元，"
        "主要是任务较多；公务接待费50.00万元；因公出国20.00万元。",
        "接待费50.00|接待费40.00",
        "R01",
        "590万元",
    ),
    (
        "“三公”经费预算79.60亿元中，因公出国（境）费21.30亿元，公务用车购置及运行费44.00亿元，公务接待费14.30亿元。",
        "14.30|13.40",
        "R01",
        "78.7亿元",
    ),
    # 万 behind 资金 is 万元.
    (
        "安排资金1920.50万。其中，省级1400.00万元、市级300.00万元、县级220.50万元。",
        "1400.00|1600.00",
        "R01",
        "2120.5万元",
    ),
    (
        "全年支出完成960.00亿，其中与民生相关的支出累计完成672.00亿元，占支出完成额的70%。",
        "占支出完成额的70%|占支出完成额的77%",
        "R02",
        "70.00%",
    ),
    ("资金支付1824.00万元，未支96.00万元，支付率95%。", "95%|90%", "R02", "95.00%"),
    ("年初预算为1600.00万元，本年追加数为400.00万元，预算控制率为25%。", "25%|52%", "R02", "25.00%"),
    ("公务用车运行费支出2.40万元，年初预算为3.00万元，差值为0.60万元。", "0.60|0.06", "R16", "0.6万元"),
    # Sums written out.
    (
        "三公经费变动率=(本年-上年)÷上年=(18.60-20.00)÷20.00=-7%，控制率=(45÷50)×100%=90%。",
        "=90%|=99%",
        "R16",
        "90%",
    ),
    ("人均水费6000元÷40人=150元，得分8-0.5×2=7分。", "=7分|=6分", "R16", "7分"),
    # A change and the changes that it is made of, over two sentences as well.
    (
        "“三公”经费较上年减少5.00万元，其中：因公出国费与上年持平，公务接待费减少3.00万元，公务用车运行费减少2.00万元。",
        "费减少3.00|费减少3.50",
        "R16",
        "5.5万元",
    ),
    (
        "“三公”经费支出决算数比上年减少5.00万元，下降20%。其中：因公出国费支出减少0.00万元；公务用车运行费支出决算减少7.00万元，公务接待费支出决算增加2.00万元。",
        "减少7.00|减少9.00",
        "R16",
        "7万元",
    ),
)
NEXT = (
    # A sentence on other things may stand between, and 费 may be called 经费支出.
    (
        (
            "因公出国（境）费24.00万元。",
            "全年组织出国团组10个，累计16人次。",
            "与2024年相比，因公出国（境）经费支出减少6.00万元，下降20%。",
        ),
        "20%|25%",
        "20.00%",
    ),
    (
        (
            "一般公共预算财政拨款开支的“三公”经费总支出为720.00万元。",
            "与上年相比，“三公”经费支出减少了80.00万元，下降了10%。",
        ),
        "10%|18%",
        "10.00%",
    ),
    # What a sentence of its own is compared with stands in the one before.
    (
        ("上年结转和结余7.50万元，为以前年度资金。", "较2024年度决算数增加1.50万元，增长25%。"),
        "25%|52%",
        "25.00%",
    ),
    (
        (
            "2025年度财政拨款收入支出总计880.00万元。",
            "与2024年度相比，财政拨款收入支出总计减少120.00万元，下降12%。",
        ),
        "12%|21%",
        "12.00%",
    ),
    (
        ("全区“三公”经费总支出为720.00万元。", "与上年相比，“三公”经费支出减少了80.00万元，下降了10%。"),
        "10%|18%",
        "10.00%",
    ),
    (
        (
            "“三公”经费预算为900.00万元。",
            "其中，公务接待费100.00万元，公务用车费800.00万元。",
            "同口径比2024年减少100.00万元，下降10%。",
        ),
        "10%|11.5%",
        "10.00%",
    ),
)
SOUND = (
    # Last year's base stands nowhere; the money of the whole is not that of its parts.
    "“三公”经费年初预算为20.00万元，支出决算为12.00万元，完成年初预算的60%。其中：公务用车运行费支出决算为8.00万元，"
    "完成年初预算的80%；公务接待费支出决算为4.00万元，完成年初预算的40%。",
    "采购规模为3000.0亿元，较上年减少200.0亿元，下降6.3%，占财政支出和生产总值的比重分别为10.0%和3.3%。",
    "“三公”经费决算数比2024年度减少0.30万元，下降（增长）20.00%，其中：公务接待费支出决算减少0.30万元，下降20.00%。",
    # A reason is no list, and a sum taken back no part.
    "出国经费决算120万元，比上年增长9%，主要是“两地合作”任务增加；公务接待费决算300万元，公务用车费决算500万元。",
    "下达补助经费131.40万元（其中中央直达资金144.70万元，省直达-13.30万元）。",
    "中央单位、地方单位采购规模分别为200.0亿元和2300.0亿元，占采购规模的8%和92%。",
    "税收收入5200万元，非税收入1800万元，比上年减收200万元，下降10%。",
    "实有教职工62人，其中高级职称4人，中级职称58人，退休职工28人。",
    "年均增长率=2.4÷12=20%，完成率按实际数/计划数计算，标准为50元/人×20人=1000元。",
    "三公经费减少5.00万元，其中公务接待费减少3.00万元，主要是压缩开支。",
)


def accusations(*texts: str) -> list[tuple[str, str, str]]:
    found = judge(alone(*texts), POLICY).findings
    return [
        (f.code, f.severity.value, f"{f.message} {f.expected}")
        for f in found
        if f.severity.value in ("error", "warning") and f.code not in ("R08", "R09")
    ]


def sentences(text: str) -> list[str]:
    return [f"{one}。" for one in text.split("。") if one]


@pytest.mark.parametrize(("text", "changed", "code", "right"), PAIRS)
def test_one_changed_figure_of_a_published_sentence_is_found(text, changed, code, right):
    assert accusations(*sentences(text)) == []
    old, new = changed.split("|")
    assert text.count(old) == 1
    ((said, severity, message),) = accusations(*sentences(text.replace(old, new)))
    assert (said, severity) == (code, "error") and right in message


@pytest.mark.parametrize(("texts", "changed", "right"), NEXT)
def test_a_change_that_goes_on_about_the_sentence_before_is_held_against_it(texts, changed, right):
    assert accusations(*texts) == []
    old, new = changed.split("|")
    ((code, severity, message),) = accusations(*texts[:-1], texts[-1].replace(old, new))
    assert (code, severity) == ("R02", "error") and right in message


def test_any_figure_of_the_section_may_be_what_a_nameless_change_is_of():
    told = (
        "支出合计500.00万元。",
        "基本支出300.00万元，项目支出200.00万元。",
        "较上年增加100.00万元，增长25%。",
    )
    assert accusations(*told) == []


def test_what_a_list_of_changes_does_not_tell_may_have_changed_as_well():
    told = ("“三公”经费较上年减少6.00万元，其中：公务接待费减少3.00万元，公务用车运行费减少2.00万元。",)
    ((code, severity, message),) = accusations(*told)
    assert (code, severity) == ("R16", "warning") and "3.00万元 + 2.00万元 = 5万元" in message


def test_kinds_of_staff_right_behind_their_number_may_leave_some_out():
    text = "在职人员80人，专业技术人员56人、管理人员2人、工勤人员22人。"
    assert accusations(text) == []
    ((code, severity, message),) = accusations(text.replace("56人", "50人"))
    assert (code, severity) == ("R01", "warning") and "74人" in message
    ((code, severity, message),) = accusations(text.replace("56人", "65人"))
    assert (code, severity) == ("R01", "error") and "89人" in message


def test_names_that_come_again_in_a_list_are_columns_with_a_total_each():
    text = (
        "审定60宗，送审金额8.60亿元，审定金额8.00亿元，核减0.60亿元，其中预算40宗，送审金额5.00亿元，审定金额4.70亿元，"
        "核减0.30亿元，结算20宗，送审金额{}亿元，审定金额3.30亿元，核减0.30亿元。"
    )
    assert accusations(text.format("3.60")) == []
    ((code, severity, message),) = accusations(text.format("3.06"))
    assert (code, severity) == ("R01", "warning") and "8.06亿元" in message


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_published_sentence_is_let_pass(text):
    assert accusations(*sentences(text)) == []
