"""What a process does that does one work after another for the run that started it.

What it is to do and what came of it are pickles on its standard input and output. It is not one of
multiprocessing's, which would run the main module of the run first: with that come Prefect and its second of
imports, and a judgement needs neither.
"""

from __future__ import annotations

import os
import pickle
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import BinaryIO, NamedTuple


class Done(NamedTuple):
    """What came of a work: its result, or the traceback of its error, for not every error can travel."""

    result: object
    error: str = ""


def tell(channel: BinaryIO, work: Callable[..., object], arguments: tuple) -> None:
    """Send a work: a function that can be imported, and arguments that can be pickled."""
    # Packed twice: what cannot be unpacked there is an error of that work and no end of the conversation.
    pickle.dump(pickle.dumps((work, arguments)), channel)
    channel.flush()


def hear(channel: BinaryIO) -> Done:
    """The answer to the work sent last; raises EOFError or UnpicklingError when the process ended before it."""
    return pickle.load(channel)


def main() -> None:
    """Work until the run closes the channel or dies."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a work prints, or a program that it starts, must not come between the answers, nor read the questions.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    works: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked, works), daemon=True).start()
    while True:
        done = _done(works.get())
        pickle.dump(done, answers)
        answers.flush()


def _listen(asked: BinaryIO, works: SimpleQueue[bytes]) -> None:
    """Also while a work is done: nobody waits for the answer any more when the run is gone."""
    try:
        while True:
            works.put(pickle.load(asked))
    except EOFError:
        os._exit(0)


def _done(packed: bytes) -> Done:
    try:
        work, arguments = pickle.loads(packed)
        return Done(work(*arguments))
    except Exception as error:  # noqa: BLE001 - told to the run
        return Done(None, "".join(traceback.format_exception(error)).rstrip())
