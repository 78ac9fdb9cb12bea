"""Texts cleaned for comparing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from selfeval.labels import squash, squash_all

# Among them full-width signs, blanks of several kinds, line breaks and the sign that joins texts.
_SIGNS = st.sampled_from("甲９，％ \u3000\xa0\n\t\u200b〔〕∶:1元\x01")
_TEXTS = st.lists(st.one_of(st.text(_SIGNS, max_size=90), st.text(max_size=8)), max_size=6)


def test_full_width_signs_and_blanks_are_brought_to_one_form():
    assert squash_all(["基本支出：９０\u3000万元", "", "〔2025〕 3号"]) == [
        "基本支出:90万元",
        "",
        "[2025]3号",
    ]


@given(_TEXTS)
def test_texts_cleaned_together_are_those_cleaned_one_by_one(texts: list[str]):
    assert squash_all(texts) == [squash(text) for text in texts]
