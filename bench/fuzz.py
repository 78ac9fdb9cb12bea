"""Mutated files: each must end in a Filing, without a traceback, a hang or more than a gigabyte.

Byte flips, truncations, swapped stretches, and inside the zip: XML attributes, texts and elements changed,
cells and rows moved, numbers made huge. Seeded, so that a file that fails can be made again. The work is
done by a child process per chunk: a crash, 10 seconds for one file or 1 GB end the child and are counted.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bench import measure
from documents.reading import read_file
from selfeval.filing import Filing
from selfeval.policy import load_policy
from selfeval.result import check_entry
from selfeval.rules import judge

LIMIT_SECONDS = 10.0
LIMIT_MB = 1024
# A program of its own is started for each, and the office takes its time.
OTHER_LIMIT_SECONDS = 130.0
_CHUNK = 250
_NUMBERS = ("0", "-1", "1e308", "99999999999", "NaN", "", "１２", "1,2,3", "50%", "x" * 5000)
_CELL = re.compile(rb"<(w:tc|c)[ >].*?</\1>", re.DOTALL)
_ROW = re.compile(rb"<(w:tr|row)[ >].*?</\1>", re.DOTALL)
_TEXT = re.compile(rb"(<(?:w:t|t|v)(?: [^>]*)?>)([^<]*)(</)")
_ATTRIBUTE = re.compile(rb'( [\w:]+=")([^"]*)(")')
_TAG = re.compile(rb"</?[\w:]+[^>]*>")


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 40))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def swap(data: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(data)) for _ in range(2))
    length = chance.randrange(1, 2000)
    return data[:first] + data[second : second + length] + data[first + length :]


def in_parts(change: Callable[[bytes, random.Random], bytes]) -> Callable[[bytes, random.Random], bytes]:
    """The change made inside one XML part, packed again."""

    def mutate(data: bytes, chance: random.Random) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        names = [n for n in parts if n.endswith((".xml", ".rels"))]
        main = [n for n in names if n.startswith(("word/document", "xl/worksheets/", "xl/sharedStrings"))]
        name = chance.choice(main if main and chance.random() < 0.8 else names)
        parts[name] = change(parts[name], chance)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as package:
            for name, content in parts.items():
                # Without a date the clock would be in the bytes, and a seed would not make the same file again.
                package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=1)
        return buffer.getvalue()

    mutate.__name__ = change.__name__
    return mutate


def _replaced(pattern: re.Pattern[bytes], content: bytes, chance: random.Random, new: Callable) -> bytes:
    matches = list(pattern.finditer(content))
    for match in sorted(
        chance.sample(matches, min(len(matches), chance.choice((1, 3, 20)))), reverse=True, key=_start
    ):
        content = content[: match.start()] + new(match) + content[match.end() :]
    return content


def _start(match: re.Match[bytes]) -> int:
    return match.start()


def other_texts(content: bytes, chance: random.Random) -> bytes:
    return _replaced(_TEXT, content, chance, lambda m: m[1] + chance.choice(_NUMBERS).encode() + m[3])


def other_attributes(content: bytes, chance: random.Random) -> bytes:
    return _replaced(_ATTRIBUTE, content, chance, lambda m: m[1] + chance.choice(_NUMBERS).encode() + m[3])


def without_tags(content: bytes, chance: random.Random) -> bytes:
    return _replaced(_TAG, content, chance, lambda m: b"")


def without_cells(content: bytes, chance: random.Random) -> bytes:
    return _replaced(_CELL, content, chance, lambda m: b"")


def moved_cells(content: bytes, chance: random.Random) -> bytes:
    cells = [m[0] for m in _CELL.finditer(content)] or [b""]
    return _replaced(_CELL, content, chance, lambda m: chance.choice(cells))


def moved_rows(content: bytes, chance: random.Random) -> bytes:
    rows = [m[0] for m in _ROW.finditer(content)] or [b""]
    return _replaced(_ROW, content, chance, lambda m: chance.choice(rows) * chance.choice((0, 1, 2)))


def flipped_xml(content: bytes, chance: random.Random) -> bytes:
    return flip(content, chance) if content else content


MUTATIONS = (
    flip,
    truncate,
    swap,
    *map(
        in_parts,
        (other_texts, other_attributes, without_tags, without_cells, moved_cells, moved_rows, flipped_xml),
    ),
)


def mutant(sources: list[tuple[str, bytes]], seed: int) -> tuple[str, bytes, str]:
    """The file of a seed: name, bytes, and the mutation's name."""
    chance = random.Random(seed)
    name, data = sources[seed % len(sources)]
    change = chance.choice(MUTATIONS)
    try:
        changed = change(data, chance)
    except (zipfile.BadZipFile, zlib.error):
        changed = flip(data, chance)  # a source that is no zip (.pdf, .xls)
    return name, changed, change.__name__


def outcome(name: str, data: bytes) -> str:
    """Reads and judges one file: "read" or "refused". Anything raised is the failure that is looked for."""
    filing = read_file(name, data)
    assert isinstance(filing, Filing)
    findings = judge(filing, load_policy("national-2020"))
    json.dumps(check_entry(filing, findings), ensure_ascii=False)
    if filing.unreadable is not None:
        assert name in filing.unreadable and filing.unreadable.endswith("。"), filing.unreadable
        return "refused"
    return "read"


def _work(sources: list[tuple[str, bytes]], seeds: range, report: object) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (3 * LIMIT_MB << 20, 3 * LIMIT_MB << 20))
    begun = _most_megabytes()  # what the program that forked this one held already, a test worker a gigabyte
    for seed in seeds:
        name, data, change = mutant(sources, seed)
        started = time.perf_counter()
        report.send((seed, name, change, None, 0.0, 0.0))
        try:
            said = outcome(name, data)
        except Exception as error:  # noqa: BLE001 whatever it is, it is a failure to count
            said = f"{type(error).__name__}: {error}"[:200]
        report.send((seed, name, change, said, time.perf_counter() - started, _most_megabytes() - begun))
    report.close()


def _most_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(
    sources: list[tuple[str, bytes]], seeds: range, limit: float = LIMIT_SECONDS
) -> tuple[Counter[str], list[str], tuple, float]:
    """Counts of outcomes, the failures, the slowest (seconds, seed, name, mutation), the most megabytes taken."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    slowest: tuple = (0.0, 0, "", "")
    most = 0.0
    context = multiprocessing.get_context("fork")
    first = seeds.start
    while first < seeds.stop:
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(
            target=_work, args=(sources, range(first, min(first + _CHUNK, seeds.stop)), sender)
        )
        child.start()
        sender.close()
        seed, name, change = first, "", ""
        while True:
            try:
                if not receiver.poll(limit):
                    failures.append(f"seed {seed} {name} {change}: over {limit} s")
                    break
                seed, name, change, said, seconds, megabytes = receiver.recv()
            except EOFError:
                if seed + 1 < min(first + _CHUNK, seeds.stop):
                    failures.append(f"seed {seed} {name} {change}: the process died")
                break
            if said is None:
                continue
            counts[said if said in ("read", "refused") else "failed"] += 1
            if said not in ("read", "refused"):
                failures.append(f"seed {seed} {name} {change}: {said}")
            slowest = max(slowest, (seconds, seed, name, change))
            most = max(most, megabytes)
        child.kill()
        child.join()
        first = seed + 1
    return counts, failures, slowest, most


def sources() -> list[tuple[str, bytes]]:
    """The shared filings in turn with the smaller forms of the example county."""
    examples = Path(__file__).parents[1] / "examples"
    small = sorted(
        p for p in examples.rglob("*") if p.suffix in (".docx", ".xlsx") and p.stat().st_size < 100_000
    )
    return [(path.name, path.read_bytes()) for path in (*measure.filings(), *small[:16])]


def other_kinds() -> list[tuple[str, bytes]]:
    """A form as .xls, .pdf and, one time in nine, .doc: those are read by other programs, each in its process."""
    form = next((n, d) for n, d in reversed(sources()) if n.endswith(".docx"))
    stored: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        source = folder / form[0]
        source.write_bytes(form[1])
        table = folder / "form.xlsx"
        table.write_bytes(next(data for file, data in sources() if file.endswith(".xlsx")))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        for ending, origin in (("pdf", source), ("doc", source), ("xls", table)):
            command = [
                "soffice",
                profile,
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                name,
                str(origin),
            ]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            stored[ending] = origin.with_suffix(f".{ending}").read_bytes()
    return [(f"form.{ending}", stored[ending]) for ending in (*("xls", "pdf") * 4, "doc")]


def main() -> None:
    files = 400 if measure.quick_wanted(__doc__) else 10_000
    started = time.perf_counter()
    counts, failures, slowest, most = run(sources(), range(files))
    seconds = time.perf_counter() - started
    others: Counter[str] = Counter()
    if shutil.which("soffice"):
        others, failed, *_ = run(other_kinds(), range(files // 20), OTHER_LIMIT_SECONDS)
        failures += failed
    for failure in failures:
        print(failure, file=sys.stderr)  # noqa: T201 the list of what to mend
    measure.write(
        "fuzz",
        {
            "files": files,
            "read": counts["read"],
            "refused": counts["refused"],
            "failures": len(failures),
            "other_kinds_read": others["read"],
            "other_kinds_refused": others["refused"],
            "files_per_second": round(files / seconds, 1),
            "slowest_seconds": round(slowest[0], 2),
            "slowest_file": f"seed {slowest[1]} {slowest[2]} {slowest[3]}",
            "most_megabytes": round(most),
        },
    )
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
