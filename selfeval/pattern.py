"""Regular expressions that are compiled when they are first asked, not when their module is imported.

A check of one file uses a fraction of the patterns of all forms and rules; compiling every one of
them would take longer than reading and judging the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

# What each method gives for a text in which the pattern stands nowhere.
_NOWHERE: dict[str, Callable[[str], Any]] = {
    "search": lambda text: None,
    "match": lambda text: None,
    "fullmatch": lambda text: None,
    "sub": lambda text: text,
    "split": lambda text: [text],
    "findall": lambda text: [],
    "finditer": lambda text: iter(()),
}
_METHODS = tuple(_NOWHERE)


class Pattern:
    """The methods of `re.Pattern` that this project uses; an invalid pattern raises re.error at its first use.

    `needs`: signs or words of which one stands in whatever the pattern matches. It is not compiled before a
    text holds one of them, which for rare patterns is in few filings.
    """

    __slots__ = ("_flags", "_source", "needs", *_METHODS)

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    sub: Callable[..., str]
    split: Callable[..., list[str]]
    findall: Callable[..., list]
    finditer: Callable[..., Iterator[re.Match[str]]]

    def __init__(self, source: str, flags: int = 0, needs: Iterable[str] = ()) -> None:
        self._source = source
        self._flags = flags
        self.needs = tuple(needs)

    def __getattr__(self, name: str) -> Callable:
        """Called for a method that is not set yet: the first use. Later ones find the compiled method."""
        if name not in _METHODS:
            raise AttributeError(name)
        return partial(self._where_needed, name) if self.needs else getattr(self.compiled(), name)

    def compiled(self) -> re.Pattern[str]:
        """The pattern itself, which is asked from now on."""
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return compiled

    def _where_needed(self, name: str, *arguments: Any, **named: Any) -> Any:
        text = arguments[1 if name == "sub" else 0]
        if any(need in text for need in self.needs):
            return getattr(self.compiled(), name)(*arguments, **named)
        return _NOWHERE[name](text)

    def __repr__(self) -> str:
        return f"Pattern({self._source!r})"
