"""Logs name no person by number or address, whatever made the record; JSON lines carry what a program needs."""

from __future__ import annotations

import io
import json
import logging

import pytest

from selfeval.refusal import Refusal
from tasks.logs import CleanRecord, JsonLines, clean
from tasks.office import log

PERSONAL = {
    "发往 zhang.san@units.example 的邮件未送达：550 5.1.1": "发往 〔电子邮箱〕 的邮件未送达：550 5.1.1",
    "联系电话 13812345678，请核实": "联系电话 〔手机号〕，请核实",
    "身份证号 11010519491231002X 有误": "身份证号 〔身份证号〕 有误",
    "全角１３８１２３４５６７８的号码": "全角〔手机号〕的号码",
}
HARMLESS = [
    "101001 第2次报送：退回修改",
    "2026-04-20 17:00:00.123 | INFO    | Flow run '催报 2025' - 催报 T-3：17家",
    "汇总 310 家，计入 305 家：/var/lib/selfeval/papers/2025 汇总.xlsx",
    "运行 01a1ff04-b3c0-7830-a13e-b7941a5d0f2c 中断，已了结",
    "全年预算数 12345678901.25 万元",
]


@pytest.fixture
def logger():
    """A logger with a stream whose records are made as in a process that keeps its logs clean."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    made = logging.getLogger("tests.logs")
    made.addHandler(handler)
    made.propagate = False
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(CleanRecord)
    yield made, handler, stream
    logging.setLogRecordFactory(before)
    made.removeHandler(handler)


@pytest.mark.parametrize("text", PERSONAL)
def test_numbers_and_addresses_of_persons_are_taken_out(text):
    assert clean(text) == PERSONAL[text]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_names_no_person_stays_as_it_is(text):
    assert clean(text) == text


def test_arguments_and_tracebacks_of_any_logger_are_clean(logger):
    made, _, stream = logger
    made.warning("发往 %s 的邮件未送达", "zhang.san@units.example")
    try:
        raise ValueError("收件人 li.si@units.example，电话 13812345678")
    except ValueError:
        made.exception("没有发出")
    written = stream.getvalue()
    assert "ValueError: 收件人 〔电子邮箱〕，电话 〔手机号〕" in written
    assert "units.example" not in written and "13812345678" not in written


def test_a_record_as_json_is_one_line_with_time_in_beijing_run_and_traceback(logger):
    made, handler, stream = logger
    handler.setFormatter(JsonLines())
    try:
        raise ValueError("电话 13812345678\n第二行")
    except ValueError:
        made.error(
            "“%s”没有做完", "催报", exc_info=True, extra={"flow_run_name": "催报 2025", "flow_run_id": "1"}
        )
    assert stream.getvalue().count("\n") == 1
    line = json.loads(stream.getvalue())
    assert (
        line["time"].endswith("+08:00") and line["level"] == "ERROR" and line["message"] == "“催报”没有做完"
    )
    assert (line["flow_run_name"], line["flow_run_id"]) == ("催报 2025", "1")
    assert "〔手机号〕" in line["error"] and "13812345678" not in line["error"]


def test_the_processes_of_this_house_make_clean_records(monkeypatch):
    import tasks.office

    assert tasks.office.log.name == "selfeval"
    assert logging.getLogRecordFactory() is CleanRecord


def test_lines_on_units_are_let_through_to_the_log_of_the_run():
    """Prefect gives the logger its handler and leaves the level to us."""
    assert log.isEnabledFor(logging.INFO)


def test_a_refusal_stands_in_the_log_without_lines_of_program(logger):
    made, _, stream = logger
    try:
        raise Refusal("张某还没有确认")
    except Refusal as refusal:
        made.error("没有办成：%s", refusal, exc_info=True)
    assert stream.getvalue() == "没有办成：张某还没有确认\n"
