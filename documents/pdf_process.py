"""PDF files parsed in a process of their own, with limits on time and memory.

The format lets a small file ask for endless work or gigabytes; such a file must end in a message and take
nothing else along. Run as a module it is that process: the file on standard input, the document on its output.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import subprocess
import sys

from documents import pdf
from documents.convert import end_group
from documents.grid import Document, Unreadable

SECONDS = 60
MEMORY = 1024 * 1024 * 1024
_WANTED = "请报送 Word 或 Excel 原件；扫描件只能作为附件。"


def read(data: bytes, seconds: float = SECONDS) -> Document:
    """Read a PDF; raises Unreadable when it is damaged, protected, scanned, too long or asks for too much."""
    process = subprocess.Popen(
        [sys.executable, "-m", "documents.pdf_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        answer, _ = process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        end_group(process)
        raise Unreadable(f"是 PDF 文件，读取超过 {seconds:g} 秒，已停止。{_WANTED}") from error
    if process.returncode != 0 or not answer:
        raise Unreadable(
            f"是 PDF 文件，读取需要超过 {MEMORY // 1024 // 1024} MB 的内存或已损坏，读不出来。{_WANTED}"
        )
    # Written by the lines below, in a process of ours.
    found = pickle.loads(answer)
    if isinstance(found, str):
        raise Unreadable(found)
    return found


def _limit() -> None:
    """On systems that know such limits; elsewhere the time limit of the caller stands alone."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _serve() -> None:
    _limit()
    # What a library prints must not get into the answer.
    answer = os.fdopen(os.dup(1), "wb")
    sys.stdout = io.StringIO()
    try:
        found: Document | str = pdf.read(sys.stdin.buffer.read())
    except Unreadable as reason:
        found = str(reason)
    with answer:
        pickle.dump(found, answer)


if __name__ == "__main__":
    _serve()
