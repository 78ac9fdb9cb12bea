"""The files of a mail: archived before anything reads them, archives opened, forms read."""

from __future__ import annotations

from db.models import MailMessage
from db.submissions import IncomingFile
from documents.bundle import unpack
from documents.grid import Unreadable
from documents.reading import MAX_BYTES, read_file
from selfeval.filing import Filing
from selfeval.letter import Enclosure, Letter, file_name
from tasks.office import archive


def incoming_files(message: MailMessage, source: str, letter: Letter) -> list[tuple[IncomingFile, Enclosure]]:
    """The files of a letter, each in the archive before anything reads it; zips of documents opened."""
    found = []
    for number, enclosure in enumerate(_opened(letter), start=1):
        sha256 = archive().put(enclosure.data)
        found.append(
            (
                IncomingFile(
                    "mail",
                    f"{source}#{number}",
                    enclosure.name,
                    sha256,
                    len(enclosure.data),
                    message.received_at,
                    message.id,
                ),
                enclosure,
            )
        )
    return found


def _opened(letter: Letter) -> list[Enclosure]:
    files: list[Enclosure] = []
    for enclosure in letter.enclosures:
        try:
            members = unpack(enclosure.data)
        except Unreadable:
            members = []  # it is filed as it is, and reading says why it stays closed
        inside = [Enclosure(file_name(path) or "未命名附件", data) for path, data in members]
        files += inside or [enclosure]
    return files


def filings_of(files: list[tuple[IncomingFile, Enclosure]]) -> list[Filing]:
    """What the files hold, with the identity marks that they bear; the largest are not read."""
    return [
        read_file(enclosure.name, enclosure.data)
        for _, enclosure in files
        if len(enclosure.data) <= MAX_BYTES
    ]


def whole_mail(row: MailMessage, source: str) -> IncomingFile:
    """The message itself as what a person finds in the list; one that was not fetched has no hash."""
    name = f"{row.subject or '无主题'}.eml"
    return IncomingFile("mail", source, name, row.sha256 or "", row.size, row.received_at, row.id)
