"""Requests for more time among the mails of units: recognised carefully, and the day that they name."""

from __future__ import annotations

from datetime import date

import pytest

from selfeval.asking import asking

ON = date(2026, 4, 8)
OURS = (
    "【绩效自评】2025年度报送截止同意延至4月20日17时30分",
    "【绩效自评】请于4月10日17时30分前报送2025年度自评材料",
)


@pytest.mark.parametrize(
    ("subject", "text", "day"),
    [
        ("101001 延期申请", "因财务系统升级，报表无法导出。", None),
        ("回复：【绩效自评】请于4月10日17时30分前报送2025年度自评材料", "申请延期到4月20日报送，请批准。", date(2026, 4, 20)),
        ("", "您好，我单位会计休产假，能否推迟至2026年4月17日提交？", date(2026, 4, 17)),
        ("关于101001", "恳请贵局宽限几天", None),
        ("自评材料", "主任出差未签字，希望晚3天报送", None),
        ("HZ-2025-101001-01", "可以延长报送时间吗", None),
        ("申请", "拟延期至1月5日报送", date(2027, 1, 5)),
        ("申请", "申请由4月10日延期，至4月15日或至4月20日均可", None),
    ],
)  # fmt: skip
def test_a_wish_for_more_time_is_a_request(subject, text, day):
    found = asking(subject, text, on=ON, ours=OURS)
    assert found is not None and found.day == day and "\n" not in found.words


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("自评材料", "请查收"),
        ("咨询", "截止日期是哪天？"),
        ("回复：【绩效自评】2025年度报送截止同意延至4月20日17时30分", "收到，谢谢"),
        ("自评", "我单位不需要延期，今天就报送"),
        ("自评", "已收到同意延期的通知"),
        ("自评", "项目延期完工，原因见报告"),
        ("自评", "希望改进系统。项目延期是因为下雨。"),
        ("", ""),
    ],
)
def test_what_only_speaks_of_time_is_none(subject, text):
    assert asking(subject, text, on=ON, ours=OURS) is None


def test_a_day_that_does_not_exist_is_no_day():
    assert asking("申请延期", "申请延期至2月30日", on=ON).day is None
