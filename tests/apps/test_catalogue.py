"""The page of rules says what the program does."""

from __future__ import annotations

from apps.catalogue import PAGE, page


def test_the_page_of_rules_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "运行 make docs 更新 docs/rules.md"
