"""Old word-processor files and PDFs: read like the Word file that they were made of, or refused with a reason."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from documents import convert, pdf_process
from documents.grid import Unreadable
from documents.reading import read_file
from selfeval.filing import Filing
from tests.documents import builders, layouts

with_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")

# Enough rows for the table to go on over a page, with a level name that hangs over both.
LONG = layouts.CENTRAL.replace(
    "^|^|质量指标|指标1：验收合格率|100%|100%|10|10|",
    "\n".join(
        f"^|^|质量指标|合格率其{number}的说明文字较长需要换行才写得下|≥{number}%|{number + 1}%|1|1|第{number}次抽查未能覆盖全部河段"
        for number in range(40, 70)
    ),
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    """The long form as .docx, .doc, .rtf and .pdf."""
    folder = tmp_path_factory.mktemp("formats")
    source = folder / "form.docx"
    source.write_bytes(builders.word("单位自评情况", LONG))
    # LibreOffice 7.4 writes the tables of python-docx into a .doc as text; by way of RTF they stay tables.
    for ending, origin in (("rtf", source), ("pdf", source), ("doc", folder / "form.rtf")):
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                str(folder),
                str(origin),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return folder


def said(filing: Filing) -> list[object]:
    """Everything but places; line breaks in names and goals are those of the page in a PDF."""
    (form,) = filing.forms
    return [
        (form.kind, form.project, form.unit, form.department, form.year, form.amount_unit),
        [(f.label, f.role, f.adjusted_budget.number, f.executed.number, f.score.text) for f in form.funding],
        [
            (i.level1, i.level2, i.name, i.target.text, i.actual.number, i.weight.number, i.score.number)
            for i in form.indicators
        ],
        [i.deviation_note.text for i in form.indicators],
        form.reported_score.number,
    ]


@with_office
@pytest.mark.parametrize("ending", ["doc", "rtf", "pdf"])
def test_another_format_says_what_its_word_file_says(stored, ending):
    name = f"form.{ending}"
    filing = read_file(name, (stored / name).read_bytes())
    assert filing.unreadable is None and filing.notes == ()
    word = read_file("form.docx", (stored / "form.docx").read_bytes())
    assert said(filing) == said(word)
    assert len(word.forms[0].indicators) > 30


@with_office
def test_a_place_in_a_pdf_names_its_page(stored):
    (form,) = read_file("form.pdf", (stored / "form.pdf").read_bytes()).forms
    assert str(form.funding[0].at).startswith("第1页 第")
    assert form.indicators[-1].at.part not in ("第1页", "表1")


@with_office
def test_a_file_that_only_claims_to_be_rtf_is_refused_with_a_reason():
    filing = read_file("坏.rtf", b"{\\rtf1")
    assert filing.unreadable is not None and filing.forms == ()


def test_without_libreoffice_an_old_file_is_refused_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    if convert.office() is not None:
        pytest.skip("LibreOffice stands in one of its usual places")
    with pytest.raises(Unreadable, match=r"没有安装 LibreOffice.*另存为 .docx"):
        convert.to_docx(b"{\\rtf1}", "rtf", " RTF 文件")


def test_a_pdf_without_text_is_said_to_be_a_scan_and_is_an_attachment():
    page = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    filing = read_file("扫描件.pdf", page)
    assert filing.attachment and "扫描的 PDF" in filing.unreadable
    damaged = read_file("坏.pdf", b"%PDF-1.7 nothing")
    assert damaged.attachment and "PDF 文件，已损坏" in damaged.unreadable


def _pdf(stream: bytes) -> bytes:
    """One page whose contents are this stream, packed."""
    packed = zlib.compress(stream, 9)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length " + str(len(packed)).encode() + b">>stream\n" + packed
    ) + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def test_a_pdf_that_unpacks_to_gigabytes_is_refused_and_takes_nothing_along():
    resource = pytest.importorskip("resource")
    bomb = _pdf(b"\n" * (300 << 20))
    assert len(bomb) < 2_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    filing = read_file("报告.pdf", bomb)
    assert "PDF 文件" in filing.unreadable and filing.attachment
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 512 * 1024


def test_a_pdf_that_takes_too_long_is_stopped():
    endless = _pdf(b"q 0 0 m 1 1 l S Q\n" * 4_000_000)
    with pytest.raises(Unreadable, match="超过 1 秒，已停止"):
        pdf_process.read(endless, seconds=1)
