"""The picture tour: its pages, their pictures, and the deployments that it opens."""

from __future__ import annotations

import re

from apps.deployments import wanted_deployments
from examples.make_tour import DOCS
from examples.tour_pictures import pictures


class _Names:
    """Keeps the names instead of asking a server."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def deployment(self, name: str) -> str:
        self.asked.add(name)
        return name

    form = run = deployment

    def board(self, key: str) -> str:
        return key


def test_every_picture_of_the_tour_is_there_small_and_named_on_its_page():
    text = (DOCS / "tour.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(tour/(.+?\.png)\)", text)
    assert named == [f"{picture.name}.png" for step in pictures(2025).values() for picture in step]
    sizes = {path.name: path.stat().st_size for path in (DOCS / "tour").iterdir()}
    assert set(sizes) == set(named)
    assert max(sizes.values()) < 120_000


def test_the_tour_opens_only_deployments_that_there_are():
    names = _Names()
    for step in pictures(2025).values():
        for picture in step:
            picture.path(names)
    assert names.asked <= {wanted.name for wanted in wanted_deployments()}
