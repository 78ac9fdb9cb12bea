"""Old word-processor files (.doc, .wps, .rtf) as .docx, by LibreOffice where it is installed.

Every call has a profile and a folder of its own, so that calls side by side do not wait for each other,
and a time limit that ends the whole process group: a hostile file may make the office hang.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from documents.grid import Unreadable

LIMIT = 120  # seconds
# Where it is installed off the path: macOS and Windows.
_USUAL_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
_WANTED = "请用原软件另存为 .docx 后再报送。"


def to_docx(data: bytes, ending: str, what: str) -> bytes:
    """The file as .docx. `ending` is that of its content, `what` its Chinese name in the messages.

    Raises Unreadable when LibreOffice is absent, fails or takes longer than LIMIT.
    """
    found = office()
    if found is None:
        raise Unreadable(f"是{what}，本机没有安装 LibreOffice，不能转换。{_WANTED}")
    with tempfile.TemporaryDirectory(prefix="selfeval-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"source.{ending}"
        source.write_bytes(data)
        _run(
            [
                found,
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                "docx:MS Word 2007 XML",
                "--outdir",
                str(folder / "out"),
                str(source),
            ],
            what,
        )
        converted = folder / "out" / "source.docx"
        if not converted.is_file():
            raise Unreadable(f"是{what}，LibreOffice 打不开它，文件可能已损坏。{_WANTED}")
        return converted.read_bytes()


def office() -> str | None:
    """The command of LibreOffice on this machine, None where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _USUAL_PLACES if Path(place).is_file()), None)


def _run(command: list[str], what: str) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(LIMIT)
    except subprocess.TimeoutExpired as error:
        end_group(process)
        raise Unreadable(f"是{what}，LibreOffice 转换超过 {LIMIT} 秒，已停止。{_WANTED}") from error


def end_group(process: subprocess.Popen[bytes]) -> None:
    """The office starts a process of its own: the whole group is ended where there are groups."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
