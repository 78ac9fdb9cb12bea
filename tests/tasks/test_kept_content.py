"""What is kept of the public content is of no use to another program."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import grimp

from tasks.kept_content import program_files


def test_every_module_that_makes_the_public_content_is_part_of_its_version():
    graph = grimp.build_graph("selfeval", "documents", "db", "notifications", "tasks", "flows", "apps")
    makers = {"tasks.public_content"} | graph.find_upstream_modules("tasks.public_content")
    assert {"documents.site_data", "selfeval.list_items", "selfeval.public_totals"} <= makers
    assert {Path(find_spec(name).origin) for name in makers} <= set(program_files())
