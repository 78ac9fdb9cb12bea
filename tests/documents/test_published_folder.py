"""A filing of the real world on a published site: nothing of its persons is left in any file, unzipped ones included."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

from documents.personal_search import find_personal
from documents.reading import read_file
from documents.redacted import redacted_copy
from documents.site import render_site
from documents.site_folder import stage_site, switch_site
from selfeval.policy import load_policy
from selfeval.publication import Copy
from selfeval.redaction import STANDARD
from selfeval.result import check_document, check_entry
from selfeval.rules import judge
from tests.selfeval.test_publication import published, status

_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_SIGNED = re.compile(r"(?:签字|填表人|联系人)\s*[：:]?\s*([\u4e00-\u9fff]{2,3})(?=\s|$|联系|填)")


def test_no_number_or_signature_name_of_a_real_filing_survives_in_the_published_folder(
    shared_filings, tmp_path
):
    files = [shared_filings / f"xiangxi-2022.{ending}" for ending in ("docx", "xlsx")]
    policy = load_policy("xiangxi-2022")
    filings = [read_file(file.name, file.read_bytes()) for file in files]
    result = check_document(policy.name, [check_entry(filing, judge(filing, policy)) for filing in filings])
    site = published([status("305001", "accepted")], {"305001": result})
    copies = [
        Copy(
            file.stem, file.suffix[1:], redacted_copy(file.name, file.read_bytes(), STANDARD, site.hidden)[0]
        )
        for file in files
    ]
    switch_site(
        stage_site(render_site(replace(site, copies=lambda unit: copies)), tmp_path / "site"),
    )
    assert find_personal(tmp_path / "site", STANDARD, site.hidden) == []
    originals = "\n".join(text for file in files for text in _texts(file.name, file.read_bytes()))
    personal = {*_PHONE.findall(originals), *_ID.findall(originals), *_SIGNED.findall(originals)}
    assert any(_PHONE.fullmatch(word) for word in personal)
    assert any(not word[0].isdigit() for word in personal)
    for path in sorted((tmp_path / "site").rglob("*")):
        for text in _texts(path.name, path.read_bytes()) if path.is_file() else ():
            assert not [word for word in personal if word in text], path.name


def _texts(name: str, content: bytes) -> list[str]:
    """What a reader of the bytes finds: parts of a package one by one, tags taken out, paragraphs apart."""
    if not name.endswith(("docx", "xlsx")):
        return [content.decode("utf-8-sig")]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [package.read(part).decode("utf-8", "ignore") for part in package.namelist()]
    return [re.sub("<[^>]*>", "", re.sub("</(?:w:p|si|w:tc)>", "\n", part)) for part in parts]
