"""The unit's own files with comments, to go along with the mail that returns them."""

from __future__ import annotations

from collections.abc import Sequence

from documents.annotate import NoAnnotation, annotate
from documents.reading import MAX_BYTES
from selfeval.filing import Filing
from selfeval.findings import Severity
from selfeval.repairs import FileFindings, repairs
from selfeval.rules import Judgement
from tasks.archive import Archive
from tasks.papers import safe_name

# Mail servers commonly take 20 MB, and base64 makes three bytes four.
_MOST = 14 * 1024 * 1024


def commented_files(
    judged: Sequence[tuple[Filing, Judgement]], files: Sequence[FileFindings], archive: Archive
) -> tuple[list[tuple[str, str]], list[str]]:
    """(file name, hash in the archive) of each commented file, and sentences on why the others have none.

    Only files with something to repair or to look into; the originals in the archive stay as they are.
    """
    numbered = repairs(files)
    kept, refused, room = [], [], _MOST
    for filing, judgement in judged:
        own = [
            repair.at(judgement.spanning.get(repair.finding, repair.finding.places))
            for repair in numbered
            if repair.finding in judgement.spanning
            or (repair.file == filing.file and repair.finding in judgement.findings)
        ]
        if all(repair.finding.severity is Severity.INFO for repair in own):
            continue
        try:
            name, content = annotate(filing.file, archive.get(filing.sha256, MAX_BYTES + 1), own)
        except NoAnnotation as refusal:
            refused.append(f"{str(refusal).removesuffix('。')}。")
            continue
        room -= len(content)
        if room < 0:
            refused.append(f"“{filing.file}”加批注后太大，不能随邮件发送，请对照清单修改。")
            continue
        kept.append((safe_name(name), archive.put(content)))
    return kept, refused
