"""Programs that import Prefect and the stages start and end in two thirds of the time without the garbage collector.

It goes through all that is imported a dozen times while that grows, and once more at the end, and finds nothing.
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_for_good() -> Iterator[None]:
    """What is imported inside is there until the program ends, and the collector leaves it alone."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()
    atexit.register(gc.freeze)
