"""`python -m apps.prefect_program …` is `prefect …` for a program that runs long: it starts with a fifth less work."""

from __future__ import annotations

import runpy
import sys

from apps.imports import kept_for_good

if __name__ == "__main__":
    with kept_for_good():
        if sys.argv[1] == "server":
            import prefect.server.api.server
        else:
            import prefect.workers.process  # noqa: F401
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
