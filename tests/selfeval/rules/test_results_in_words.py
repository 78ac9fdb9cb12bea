"""Targets and results as units write them: met or missed, whatever words say it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.selfeval.build import indicator, project_form, with_row
from tests.selfeval.rules.test_honest import accusations, total_of


@pytest.mark.parametrize(
    ("name", "target", "actual"),
    [
        ("资金拨付时间", "下达后30日内", "20日内"),
        ("响应时间", "≤2小时", "90分钟"),
        ("完成时间", "2025年12月20日前", "2025年12月"),
        ("完成时间", "2025年10月底", "2025年"),
        ("完成时间", "12月31日前", "12月30日"),
        ("完成时间", "5月底前完成", "5月"),
        ("使用年限", "5年以上", "8年"),
        ("发放补贴人数", "据实", "1023人"),
        ("监测点位", "不少于五十个", "52个"),
        ("安全生产", "零死亡", "0人"),
        ("完成时间", "第四季度", "第三季度"),
        ("污水处理量", "≥365万吨", "372.6万立方米"),
        ("水域治理面积", "400平方公里", "0.04万平方公里"),
        ("水土流失治理", "1500亩", "100公顷"),
        ("修复堤防", "2.35千米", "2350米"),
        ("管护机制", "健全", "较为健全"),
        ("预期目标", "达成预期指标", "基本达成预期指标"),
        ("工程质量", "合格", "优良"),
        ("工程质量", "优秀", "优良"),
        ("群众评价", "基本满意", "满意"),
        ("服务能力", "明显提升", "显著提升"),
        ("管护机制", "建立健全", "建立健全，基本满足管护需要"),
        ("提升效果", "效果明显", "效果较明显"),
        ("出境断面水质", "不劣于Ⅴ类", "Ⅴ类"),
        ("出境断面水质", "达到或优于Ⅲ类", "Ⅱ类"),
        ("出境断面水质", "Ⅳ类及以上", "三类"),
        ("劣质水体治理", "消除劣Ⅴ类", "Ⅳ类"),
        ("档案分类", "二类", "三类"),
        ("发表论文", "2篇", "3篇"),
        ("新建站点", "≥1", "2"),
        ("抽查比例", "≥3%", "5%"),
    ],
)
def test_what_units_mean_by_their_targets_is_met(name, target, actual):
    assert (
        accusations(with_row(project_form(), "项目完成时间", name=name, target=target, actual=actual)) == []
    )


@pytest.mark.parametrize(
    ("name", "target", "actual", "code"),
    [
        ("完成时间", "10月31日前", "12月30日", "D04"),
        ("完成时间", "2025年9月底", "2025年12月", "D04"),
        ("完成时间", "第三季度", "第四季度", "D04"),
        ("污水处理量", "≥365万吨", "352.6万立方米", "D04"),
        ("资金拨付时间", "30日内", "45日", "D04"),
        ("施工工期", "180天", "216天", "D04"),
        ("监测点位", "不少于五十个", "42个", "D04"),
        ("安全生产", "零死亡", "1人", "D04"),
        ("审计发现问题", "0个", "3个", "D04"),
        ("管护机制", "健全", "不健全", "D09"),
        ("管护机制", "健全", "基本健全", "D09"),
        ("管护机制", "管护制度完善", "管护制度基本完善", "D09"),
        ("工程质量", "优良", "合格", "D09"),
        ("项目验收等级", "优秀", "良好", "D09"),
        ("群众评价", "满意", "一般", "D09"),
        ("群众评价", "满意", "基本满意。", "D09"),
        ("群众评价", "满意以上", "一般", "D09"),
        ("提升效果", "效果明显", "效果一般", "D09"),
        ("服务能力", "显著提升", "有所提升", "D09"),
        ("人居环境", "持续改善", "基本改善", "D09"),
        ("道路等级", "优良工程", "合格工程", "D09"),
        ("管护机制", "建立健全", "基本建立健全，个别村组待完善", "D09"),
        ("出境断面水质", "Ⅲ类及以上", "劣于Ⅲ类", "D09"),
        ("出境断面水质", "Ⅲ类", "Ⅳ类", "D09"),
        ("出境断面水质", "不低于III类", "IV类水质", "D09"),
        ("出境断面水质", "达到三类及以上", "四类", "D09"),
        ("出境断面水质", "≥Ⅴ类", "劣Ⅴ类", "D09"),
        ("发表论文", "2篇", "4篇", "C03"),
        ("发表论文", "2万篇", "3万篇", "C03"),
        ("新修步道", "1公里", "2公里", "C03"),
        ("抽查比例", "≥3%", "8%", "C03"),
    ],
)
def test_what_misses_its_target_in_other_words_is_found(name, target, actual, code):
    form = with_row(project_form(), "项目完成时间", name=name, target=target, actual=actual)
    assert code in {said.split()[1] for said in accusations(form)}


@pytest.mark.parametrize(
    ("actual", "score", "note", "doubts"),
    [
        ("5740册", "19", "部分图书延期到馆", 0),  # 19.13
        ("5740册", "19", "", 2),
        ("5740册", "18", "部分图书延期到馆", 1),
        ("5640册", "19", "部分图书延期到馆", 1),  # 18.80
        ("5640册", "18", "部分图书延期到馆", 1),
    ],
)
def test_a_score_may_be_cut_to_whole_points_where_the_reason_is_said(actual, score, note, doubts):
    form = with_row(project_form(), "采购中文图书", actual=actual, score=score, deviation_note=note)
    assert len(accusations(total_of(form, str(79.5 + int(score))))) == doubts


def test_an_execution_among_the_indicators_needs_no_target_and_no_reason():
    form = project_form()
    row = replace(indicator("", "", 15, "预算执行率（10分） | | 95% | 10 | 9.5 | "), level1_weight=None)
    funds = tuple(replace(fund, weight=None, score=None) for fund in form.funding)
    assert accusations(replace(form, funding=funds, indicators=(*form.indicators, row))) == []


@pytest.mark.parametrize(("note", "doubts"), [("", 1), ("无", 1), ("部分图书延期到馆，次年补齐", 0)])
def test_a_form_without_points_says_why_a_target_was_missed(note, doubts):
    form = with_row(project_form(), "采购中文图书", target="≥6000册", actual="5400册", deviation_note=note)
    rows = tuple(replace(row, weight=None, score=None) for row in form.indicators)
    funds = tuple(replace(fund, weight=None, score=None) for fund in form.funding)
    form = replace(form, indicators=rows, funding=funds, reported_score=None, total_weight=None)
    assert [said[:11] for said in accusations(form)] == ["warning E03"] * doubts
