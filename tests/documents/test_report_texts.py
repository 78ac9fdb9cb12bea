"""Reports in the manner of several provinces, invented and consistent, and the mistakes planted in them.

Each report lies in reports/ as text. A planted mistake replaces one phrase; the finding must bear the code
and quote the figures that cannot both hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.reading import read_file
from selfeval.policy import load_policy, policy_names
from selfeval.rules import judge
from tests.documents.builders import word

FOLDER = Path(__file__).with_name("reports")
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
POLICY = load_policy("national-2020")

# Report, phrase, what stands there instead, code and severity of the finding, figures that it quotes.
PLANTED = (
    (
        "hen-county",
        "较年初增加2,755.80万元",
        "较年初增加2,575.80万元",
        "R16",
        "error",
        ("2,575.80", "2755.8"),
    ),
    ("hen-county", "其他收入180.00万元", "其他收入280.00万元", "R01", "error", ("280.00",)),
    ("hen-county", "节约48.8万元", "节约58.8万元", "R16", "warning", ("58.8", "48.8")),
    ("hen-county", "完成率105%", "完成率115%", "R02", "error", ("115%", "2400")),
    ("hen-county", "人均50元", "人均60元", "R16", "warning", ("60元",)),
    ("hen-county", "车均2.9万元", "车均3.9万元", "R16", "warning", ("3.9", "2.9")),
    ("hen-county", "占总支出的20.78%", "占总支出的22.78%", "R02", "error", ("22.78%", "20.78")),
    ("hen-county", "控制率91.2%", "控制率92.1%", "R02", "error", ("92.1%", "91.2")),
    ("hen-county", "亩均投资1500元", "亩均投资1650元", "R16", "warning", ("1650元",)),
    ("hen-county", "平均每座14万元", "平均每座16万元", "R16", "warning", ("16万元", "14")),
    ("hen-county", "同比增长12.3%", "同比增长15.3%", "R02", "error", ("15.3%", "12.3")),
    ("hen-county", "增长7.1%", "增长7.8%", "R02", "error", ("7.8%", "7.1")),
    ("hen-county", "自评总分98.35分", "自评总分88.35分", "D05", "error", ("88.35", "优")),
    (
        "yn-project",
        "资金到位率95%",
        "资金到位率97%",
        "R02",
        "error",
        (
            "97%",
            "95",
        ),
    ),
    (
        "yn-project",
        "预算执行率91.3%",
        "预算执行率93.1%",
        "B05",
        "error",
        (
            "93.1%",
            "91.3",
        ),
    ),
    ("yn-project", "非结构化数据2800万条", "非结构化数据3800万条", "R01", "error", ("3800万条",)),
    (
        "yn-project",
        "网络安全经费58万元",
        "网络安全经费68万元",
        "R01",
        "error",
        (
            "68万元",
            "490",
        ),
    ),
    (
        "yn-project",
        "120批次的110%",
        "120批次的112%",
        "R02",
        "error",
        (
            "112%",
            "110",
        ),
    ),
    (
        "yn-project",
        "满意度95.16%",
        "满意度96.15%",
        "R02",
        "error",
        (
            "96.15%",
            "95.16",
        ),
    ),
    (
        "yn-project",
        "回收率93%",
        "回收率98%",
        "R02",
        "error",
        (
            "98%",
            "93",
        ),
    ),
    ("yn-project", "业务人员3人", "业务人员4人", "R01", "error", ("4人",)),
    (
        "sc-dept",
        "事业编制84名",
        "事业编制82名",
        "R01",
        "warning",
        (
            "128",
            "126",
        ),
    ),
    (
        "sc-dept",
        "事业人员78人",
        "事业人员79人",
        "R01",
        "error",
        (
            "119",
            "120",
        ),
    ),
    ("sc-dept", "其他收入46.55万元，占0.54%", "其他收入64.55万元，占0.54%", "R01", "error", ("64.55",)),
    (
        "sc-dept",
        "占27.05%",
        "占25.07%",
        "R02",
        "error",
        (
            "25.07%",
            "27.05",
        ),
    ),
    (
        "sc-dept",
        "公用经费285.52万元",
        "公用经费258.52万元",
        "R01",
        "error",
        (
            "2,304.18",
            "2277.18",
        ),
    ),
    (
        "sc-dept",
        "完成预算的79.59%",
        "完成预算的75.99%",
        "R02",
        "error",
        (
            "75.99%",
            "79.59",
        ),
    ),
    (
        "sc-dept",
        "下降10.94%",
        "下降12.29%",
        "R02",
        "error",
        (
            "12.29%",
            "10.94",
        ),
    ),
    ("sc-dept", "公务接待费支出6.55万元", "公务接待费支出5.65万元", "R01", "error", ("5.65",)),
    (
        "sc-dept",
        "占71.79%",
        "占77.19%",
        "R02",
        "error",
        (
            "77.19%",
            "71.79",
        ),
    ),
    (
        "sc-dept",
        "绩效结果应用得分8分",
        "绩效结果应用得分9分",
        "R01",
        "error",
        (
            "94.2",
            "95.2",
        ),
    ),
    ("sc-dept", "完成率100%", "完成率105%", "R02", "error", ("105%",)),
    (
        "hub-project",
        "执行率95.6%",
        "执行率96.5%",
        "B05",
        "error",
        (
            "96.5%",
            "95.6",
        ),
    ),
    (
        "hub-project",
        "完成率103.02%",
        "完成率130.2%",
        "R02",
        "error",
        (
            "130.2%",
            "103.02",
        ),
    ),
    (
        "hub-project",
        "完成率104%",
        "完成率102%",
        "R02",
        "error",
        (
            "102%",
            "104",
        ),
    ),
    (
        "hub-project",
        "满意度94%",
        "满意度96%",
        "R02",
        "error",
        (
            "96%",
            "94",
        ),
    ),
    (
        "hub-project",
        "效益指标得分28.7分",
        "效益指标得分27.8分",
        "R01",
        "error",
        (
            "96.82",
            "95.92",
        ),
    ),
    (
        "hub-project",
        "监理费28万元",
        "监理费38万元",
        "R01",
        "error",
        (
            "110",
            "120",
        ),
    ),
    (
        "ah-dept",
        "幼儿园14所",
        "幼儿园15所",
        "R01",
        "error",
        (
            "46",
            "47",
        ),
    ),
    (
        "ah-dept",
        "控制率93.46%",
        "控制率94.36%",
        "R02",
        "error",
        (
            "94.36%",
            "93.46",
        ),
    ),
    (
        "ah-dept",
        "退休983人",
        "退休993人",
        "R01",
        "error",
        (
            "986",
            "996",
        ),
    ),
    ("ah-dept", "全年预算40,800.50万元", "全年预算40,080.50万元", "R01", "error", ("40,080.50",)),
    (
        "ah-dept",
        "预算执行率98%",
        "预算执行率99%",
        "R02",
        "error",
        (
            "99%",
            "98",
        ),
    ),
    ("ah-dept", "商品和服务支出2,450.77万元", "商品和服务支出2,540.77万元", "R01", "error", ("31,206.30",)),
    (
        "ah-dept",
        "下降7.24%",
        "下降7.42%",
        "R02",
        "error",
        (
            "7.42%",
            "7.24",
        ),
    ),
    ("ah-dept", "减少3.54万元", "减少3.45万元", "R02", "error", ("3.45",)),
    (
        "ah-dept",
        "下降29.5%",
        "下降25.9%",
        "R02",
        "error",
        (
            "25.9%",
            "29.5",
        ),
    ),
    (
        "ah-dept",
        "2400个的112.5%",
        "2400个的121.5%",
        "R02",
        "error",
        (
            "121.5%",
            "112.5",
        ),
    ),
    (
        "ah-dept",
        "幼儿园26名",
        "幼儿园36名",
        "R01",
        "error",
        (
            "156",
            "166",
        ),
    ),
    ("ah-dept", "住房保障支出612.00万元", "住房保障支出621.00万元", "R01", "error", ("621.00",)),
    ("ah-dept", "评价等级为“优”", "评价等级为“良”", "D05", "error", ("良",)),
    (
        "gd-dept",
        "支出率95%",
        "支出率96%",
        "R02",
        "error",
        (
            "96%",
            "95",
        ),
    ),
    ("gd-dept", "调整后预算3.8亿元", "调整后预算3.9亿元", "R01", "error", ("3.9亿元",)),
    (
        "gd-dept",
        "占总支出的27.31%",
        "占总支出的23.71%",
        "R02",
        "error",
        (
            "23.71%",
            "27.31",
        ),
    ),
    (
        "gd-dept",
        "增长4.56%",
        "增长5.46%",
        "R02",
        "error",
        (
            "5.46%",
            "4.56",
        ),
    ),
    (
        "gd-dept",
        "采购总额的70%",
        "采购总额的75%",
        "R02",
        "error",
        (
            "75%",
            "70",
        ),
    ),
    ("gd-dept", "减少5%；", "减少6%；", "R02", "error", ("6%",)),
    (
        "gd-dept",
        "增长3.68%",
        "增长3.86%",
        "R02",
        "error",
        (
            "3.86%",
            "3.68",
        ),
    ),
    (
        "gd-dept",
        "全年支出的63.99%",
        "全年支出的69.33%",
        "R02",
        "error",
        (
            "69.33%",
            "63.99",
        ),
    ),
    ("gd-dept", "项目支出26,239.78万元", "项目支出26,329.78万元", "R02", "error", ("26,329.78",)),
    (
        "gx-narr",
        "事业编制23人",
        "事业编制22人",
        "R01",
        "warning",
        (
            "35",
            "34",
        ),
    ),
    (
        "gx-narr",
        "执行率98%",
        "执行率96%",
        "B05",
        "error",
        (
            "96%",
            "98",
        ),
    ),
    ("gx-narr", "项目支出3425.69万元", "项目支出3452.69万元", "R01", "error", ("3452.69",)),
    (
        "gx-narr",
        "农村低保3640户7810人",
        "农村低保3640户7180人",
        "R01",
        "error",
        (
            "7180",
            "8915",
        ),
    ),
    (
        "gx-narr",
        "21285000元，执行率99%",
        "21285000元，执行率97%",
        "R02",
        "error",
        (
            "97%",
            "99",
        ),
    ),
    (
        "gx-narr",
        "分散供养723人",
        "分散供养732人",
        "R01",
        "error",
        (
            "732",
            "865",
        ),
    ),
    (
        "gx-narr",
        "90-99岁731人",
        "90-99岁713人",
        "R01",
        "warning",
        (
            "713",
            "5230",
        ),
    ),
    (
        "hn-city",
        "事业103人",
        "事业101人",
        "R01",
        "warning",
        (
            "148",
            "146",
        ),
    ),
    ("hn-city", "公用经费348.15万元", "公用经费384.15万元", "R01", "error", ("384.15",)),
    (
        "hn-city",
        "占基本支出的87.83%",
        "占基本支出的83.87%",
        "R02",
        "error",
        (
            "83.87%",
            "87.83",
        ),
    ),
    (
        "hn-city",
        "公务接待费支出4.50万元",
        "公务接待费支出5.40万元",
        "R01",
        "error",
        (
            "21.35",
            "22.25",
        ),
    ),
    (
        "hn-city",
        "降低11.04%",
        "降低14.01%",
        "R02",
        "error",
        (
            "14.01%",
            "11.04",
        ),
    ),
    (
        "hn-city",
        "港航设施维护1000万元",
        "港航设施维护1100万元",
        "R01",
        "error",
        (
            "6420.8",
            "6520.8",
        ),
    ),
    (
        "hn-city",
        "110公里的115%",
        "110公里的120%",
        "R02",
        "error",
        (
            "120%",
            "115",
        ),
    ),
    (
        "hn-city",
        "7.5亿元的51.33%",
        "7.5亿元的53.13%",
        "R02",
        "error",
        (
            "53.13%",
            "51.33",
        ),
    ),
    (
        "hn-city",
        "年度目标的105.6%",
        "年度目标的106.5%",
        "R02",
        "error",
        (
            "106.5%",
            "105.6",
        ),
    ),
    ("hn-city", "商品和服务支出336.65万元", "商品和服务支出363.65万元", "R01", "error", ("363.65",)),
    (
        "js-policy",
        "省级补助600万元",
        "省级补助660万元",
        "R01",
        "error",
        (
            "1800",
            "1860",
        ),
    ),
    (
        "js-policy",
        "资金拨付率97%",
        "资金拨付率79%",
        "R02",
        "error",
        (
            "79%",
            "97",
        ),
    ),
    (
        "js-policy",
        "效益类29分",
        "效益类28分",
        "R01",
        "warning",
        (
            "94.85",
            "93.85",
        ),
    ),
    (
        "js-policy",
        "的110.77%",
        "的107.71%",
        "R02",
        "error",
        (
            "107.71%",
            "110.77",
        ),
    ),
    (
        "js-policy",
        "进口443.7亿元",
        "进口434.7亿元",
        "R01",
        "error",
        (
            "1286.4",
            "1277.4",
        ),
    ),
    (
        "gs-project",
        "县级安排1,200万元",
        "县级安排1,020万元",
        "R01",
        "error",
        (
            "14,770",
            "14590",
        ),
    ),
    (
        "gs-project",
        "其他项目8个、",
        "其他项目9个、",
        "R01",
        "error",
        (
            "68",
            "69",
        ),
    ),
    (
        "gs-project",
        "占32%",
        "占23%",
        "R02",
        "error",
        (
            "23%",
            "32",
        ),
    ),
    (
        "gs-project",
        "支出进度95%",
        "支出进度98%",
        "R02",
        "error",
        (
            "98%",
            "95",
        ),
    ),
    ("gs-project", "增加1,530元", "增加1,350元", "R02", "error", ("1,350元",)),
    (
        "gs-project",
        "增幅11.02%",
        "增幅12.01%",
        "R02",
        "error",
        (
            "12.01%",
            "11.02",
        ),
    ),
    (
        "gs-project",
        "满意度97.5%",
        "满意度95.7%",
        "R02",
        "error",
        (
            "95.7%",
            "97.5",
        ),
    ),
    ("gs-project", "超目标20座", "超目标30座", "R16", "error", ("30座",)),
    (
        "zj-dept",
        "执行率98%",
        "执行率89%",
        "R02",
        "error",
        (
            "89%",
            "98",
        ),
    ),
    ("zj-dept", "结余1,136.8万元", "结余1,316.8万元", "R16", "warning", ("1,316.8",)),
    (
        "zj-dept",
        "分别占57.14%、7.56%、35.30%",
        "分别占57.14%、6.57%、35.30%",
        "R02",
        "error",
        (
            "6.57%",
            "7.56",
        ),
    ),
    (
        "zj-dept",
        "合计54.6万剂次",
        "合计56.4万剂次",
        "R01",
        "error",
        (
            "56.4",
            "54.6",
        ),
    ),
    ("zj-dept", "下降1.7个百分点", "下降2.7个百分点", "R16", "error", ("2.7",)),
    ("heb-dept", "的项目2个，占13.33%", "的项目3个，占13.33%", "R02", "error", ("3个",)),
    (
        "heb-dept",
        "占80%",
        "占88%",
        "R02",
        "error",
        (
            "88%",
            "80",
        ),
    ),
    (
        "heb-dept",
        "其他用地209亩",
        "其他用地219亩",
        "R01",
        "error",
        (
            "1,286",
            "1296",
        ),
    ),
    (
        "heb-dept",
        "处置率115.75%",
        "处置率117.55%",
        "R02",
        "error",
        (
            "117.55%",
            "115.75",
        ),
    ),
    (
        "heb-dept",
        "结案率90.48%",
        "结案率94.08%",
        "R02",
        "error",
        (
            "94.08%",
            "90.48",
        ),
    ),
    ("heb-dept", "未结案4宗", "未结案5宗", "R01", "error", ("42",)),
    (
        "heb-dept",
        "项目支出1,840万元",
        "项目支出1,480万元",
        "R01",
        "error",
        (
            "2,960",
            "2600",
        ),
    ),
    ("heb-dept", "（186亩）", "（168亩）", "R16", "error", ("168亩",)),
    (
        "fj-short",
        "执行率99%",
        "执行率95%",
        "R02",
        "error",
        (
            "95%",
            "99",
        ),
    ),
    ("fj-short", "结余0.5万元", "结余1.5万元", "R16", "warning", ("1.5",)),
    (
        "fj-short",
        "其他8场",
        "其他6场",
        "R01",
        "error",
        (
            "48",
            "46",
        ),
    ),
    ("fj-short", "平均每期30人次", "平均每期40人次", "R16", "warning", ("40",)),
    (
        "fj-short",
        "效益29分",
        "效益28分",
        "R01",
        "error",
        (
            "98.9",
            "97.9",
        ),
    ),
    (
        "fj-short",
        "观众满意度98.6%",
        "观众满意度96.8%",
        "R02",
        "error",
        (
            "96.8%",
            "98.6",
        ),
    ),
    (
        "gz-mixed",
        "工勤人员6人",
        "工勤人员8人",
        "R01",
        "error",
        (
            "96",
            "98",
        ),
    ),
    (
        "gz-mixed",
        "项目支出650万元",
        "项目支出560万元",
        "R01",
        "error",
        (
            "1856.4",
            "1766.4",
        ),
    ),
    ("gz-mixed", "人员经费132.85万元", "人员经费123.85万元", "R01", "warning", ("3120.85",)),
    (
        "gz-mixed",
        "执行率97%",
        "执行率99%",
        "R02",
        "error",
        (
            "99%",
            "97",
        ),
    ),
    ("gz-mixed", "项目支出34884825元", "项目支出34448825元", "R01", "error", ("34448825",)),
    ("gz-mixed", "提高0.46个百分点", "提高0.64个百分点", "R16", "error", ("0.64",)),
    (
        "gz-mixed",
        "行政案件52起",
        "行政案件51起",
        "R01",
        "error",
        (
            "57",
            "56",
        ),
    ),
    (
        "gz-mixed",
        "处结率98.25%",
        "处结率95.28%",
        "R02",
        "error",
        (
            "95.28%",
            "98.25",
        ),
    ),
    ("gz-mixed", "4977.25万元", "4797.25万元", "R01", "error", ("4797.25",)),
    (
        "sd-school",
        "高三981人",
        "高三918人",
        "R01",
        "warning",
        (
            "2,982",
            "2919",
        ),
    ),
    (
        "sd-school",
        "占89.93%",
        "占93.89%",
        "R02",
        "error",
        (
            "93.89%",
            "89.93",
        ),
    ),
    (
        "sd-school",
        "增长3.65%",
        "增长5.63%",
        "R02",
        "error",
        (
            "5.63%",
            "3.65",
        ),
    ),
    (
        "sd-school",
        "其他收入58.00万元",
        "其他收入85.00万元",
        "R01",
        "error",
        (
            "6,128.4",
            "6155.4",
        ),
    ),
    ("sd-school", "资本性支出132.60万元", "资本性支出123.60万元", "R01", "warning", ("123.60",)),
    (
        "sd-school",
        "上线率93.4%",
        "上线率94.3%",
        "R02",
        "error",
        (
            "94.3%",
            "93.4",
        ),
    ),
)


def found(text: str) -> list:
    filing = read_file("自评报告.docx", word(text))
    return [f for f in judge(filing, POLICY).findings if f.severity in ("error", "warning")]


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_consistent_report_is_silent(name):
    assert [f.message for f in found(text_of(name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_consistent_report_has_no_error_by_any_policy(name):
    filing = read_file("自评报告.docx", word(text_of(name)))
    found = [(policy, f) for policy in policy_names() for f in judge(filing, load_policy(policy)).findings]
    assert [f"{policy} {f.code} {f.message}" for policy, f in found if f.severity == "error"] == []


@pytest.mark.parametrize(("name", "old", "new", "code", "severity", "figures"), PLANTED)
def test_a_planted_mistake_is_found_with_its_figures(name, old, new, code, severity, figures):
    text = text_of(name)
    assert text.count(old) == 1
    quoted = [
        f"{f.message} {f.expected}"
        for f in found(text.replace(old, new))
        if (f.code, f.severity.value) == (code, severity)
    ]
    assert any(all(figure in said for figure in figures) for said in quoted), quoted


def test_every_mistake_belongs_to_a_report():
    assert {name for name, *_ in PLANTED} == set(NAMES)
