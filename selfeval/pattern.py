"""Regular expressions that are compiled when they are first asked, not when their module is imported.

A check of one file uses a fraction of the patterns of all forms and rules; compiling every one of
them would take longer than reading and judging the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_METHODS = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer")


class Pattern:
    """The methods of `re.Pattern` that this project uses; an invalid pattern raises re.error at its first use."""

    __slots__ = ("_flags", "_source", *_METHODS)

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    sub: Callable[..., str]
    split: Callable[..., list[str]]
    findall: Callable[..., list]
    finditer: Callable[..., Iterator[re.Match[str]]]

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Callable:
        """Called for a method that is not set yet: the first use. Later ones find the compiled method."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)

    def __repr__(self) -> str:
        return f"Pattern({self._source!r})"
