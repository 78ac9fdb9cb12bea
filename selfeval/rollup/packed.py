"""Values that a province has millions of, as bytes: what is only read through a few times need not stand as objects."""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
_INT64 = 2**63 - 1
_PIECE = 256
_shared = lru_cache(maxsize=1024)(lambda keys: keys)


class Packed(Sequence[T]):
    """Rows in a tenth of their room; they are made again, some hundred at a time, whenever they are asked for."""

    __slots__ = ("_count", "_pieces")

    def __init__(self, rows: Iterable[T] = ()):
        self._count, self._pieces = 0, []
        coming = iter(rows)
        while made := tuple(islice(coming, _PIECE)):
            self._count += len(made)
            # The fastest level: it saves most of what the slowest does.
            self._pieces.append(zlib.compress(pickle.dumps(made, pickle.HIGHEST_PROTOCOL), 1))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        for piece in self._pieces:
            yield from pickle.loads(zlib.decompress(piece))

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index):
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packed | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


class PackedFigures(Mapping[str, Decimal]):
    """Figures by key as one text, and the keys once for all who say the same: a unit's stand in a tenth of their room."""

    __slots__ = ("_keys", "_values")

    def __init__(self, figures: Mapping[str, Decimal]):
        self._keys = _shared(tuple(figures))
        self._values = " ".join(map(str, figures.values()))

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __getitem__(self, key: str) -> Decimal:
        try:
            return Decimal(self._values.split()[self._keys.index(key)])
        except ValueError:
            raise KeyError(key) from None

    def items(self) -> ItemsView[str, Decimal]:
        """All of them at once, which is quicker than one after the other."""
        return dict(zip(self._keys, map(Decimal, self._values.split()), strict=True)).items()


class Integers:
    """A column that grows: eight bytes for each number while all of them fit, Python's integers beyond."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: array[int] | list[int] = array("q")

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def append(self, number: int) -> None:
        """Add a number of any size."""
        try:
            self._numbers.append(number)
        except OverflowError:
            self._numbers = [*self._numbers, number]

    def series(self) -> pd.Series:
        """As a column whose sums cannot overflow: int64 where the sum of all would fit, else Python integers."""
        import pandas as pd

        most = max(max(self._numbers, default=0), -min(self._numbers, default=0))
        fits = most * max(len(self), 1) <= _INT64
        return pd.Series(self._numbers, dtype="int64" if fits else object)
