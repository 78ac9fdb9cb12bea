"""The running text of a filing, to be asked by text, section and form instead of read through again by each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from selfeval.filing import Form
from selfeval.statements import Figure, Passage


class Narration:
    """All passages of a filing in their order."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._every = tuple(passages)
        self._named: dict[tuple, dict[str, list[Figure]]] = {}

    def __iter__(self) -> Iterator[Passage]:
        return iter(self._every)

    @cached_property
    def figured(self) -> tuple[Passage, ...]:
        """Those that state a figure."""
        return tuple(passage for passage in self._every if passage.figures)

    @cached_property
    def distinct(self) -> tuple[Passage, ...]:
        """The first passage of each text that states a figure: what a rule finds in a sentence alone it finds
        there; cover, forms and report say the same in the same words."""
        first: dict[str, Passage] = {}
        for passage in self.figured:
            first.setdefault(passage.text, passage)
        return tuple(first.values())

    def of(self, form: Form) -> list[Passage]:
        """The passages of a form."""
        return self._by_form.get(id(form), [])

    def section(self, passage: Passage) -> list[Passage]:
        """The passages of the same section or table that state a figure, the passage itself among them."""
        return self._by_section.get((id(passage.form), passage.at.part), [])

    def before(self, passage: Passage) -> Passage | None:
        """The sentence before it in the same section; a list may begin with 其中 in a sentence of its own."""
        if not passage.at.sentence:
            return None
        # A heading that runs on into its text is a sentence without figures.
        rows = (passage.at.row - 1, passage.at.row - 2)
        return next((p for p in reversed(self.section(passage)) if p.at.row in rows), None)

    def figures_by(self, name: Callable[[Figure], str], passage: Passage) -> dict[str, list[Figure]]:
        """The figures of its section or table by the name that `name` gives them."""
        key = name, id(passage.form), passage.at.part
        if key not in self._named:
            groups = self._named[key] = {}
            for other in self.section(passage):
                for figure in other.figures:
                    groups.setdefault(name(figure), []).append(figure)
        return self._named[key]

    @cached_property
    def _by_form(self) -> dict[int, list[Passage]]:
        groups: dict[int, list[Passage]] = {}
        for passage in self._every:
            groups.setdefault(id(passage.form), []).append(passage)
        return groups

    @cached_property
    def _by_section(self) -> dict[tuple[int, str], list[Passage]]:
        groups: dict[tuple[int, str], list[Passage]] = {}
        for passage in self.figured:
            groups.setdefault((id(passage.form), passage.at.part), []).append(passage)
        return groups
