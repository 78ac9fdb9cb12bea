from __future__ import annotations

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from notifications.kinds import Office
from notifications.render import moment, render, short_moment, size
from selfeval.workdays import SHANGHAI


def test_a_value_that_the_caller_forgot_fails_the_mail_instead_of_leaving_a_hole():
    with pytest.raises(UndefinedError, match="published_at"):
        render(
            "publication",
            "主题",
            {"office": Office("某局"), "unit_name": "甲", "year": 2025, "address": "https://example.org"},
        )


def test_instants_are_written_in_the_official_way_and_in_shanghai_time():
    assert moment(datetime(2026, 5, 8, 17, 30, tzinfo=SHANGHAI)) == "2026年5月8日（星期五）17时30分"
    assert moment(datetime(2026, 5, 31, 16, 5, tzinfo=UTC)) == "2026年6月1日（星期一）0时05分"
    assert short_moment(datetime(2026, 5, 8, 17, 0, tzinfo=SHANGHAI)) == "5月8日17时"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="时区"):
        moment(datetime(2026, 5, 8))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 字节"), (1023, "1023 字节"), (1536, "1.5 KB"), (5 * 1024**2, "5.0 MB"), (3 * 1024**3, "3.0 GB")],
)
def test_sizes_are_written_as_file_managers_do(octets, said):
    assert size(octets) == said
