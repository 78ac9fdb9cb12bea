"""What a worker starts for each run: `python -m apps.engine`, Prefect's engine as every run needs it.

deploy/prefect.yaml names it as the command of every deployment. Without a command Prefect 3.8 first starts a
program that would fetch the code of the flow. Ours is installed, and that program imports all of Prefect once
more: half of the processor time of a run that finds nothing to do.
"""

from __future__ import annotations

import os
import runpy
import sys

from apps.imports import kept_for_good


def _run() -> None:
    with kept_for_good():
        import prefect.flow_engine  # noqa: F401

        from flows.common import frugally
    # What is run as a program must not be a module already, or each run begins with a warning.
    del sys.modules["prefect.engine"]
    with frugally():
        runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if os.name == "posix":
        # A process group of its own: a signal to that of the worker leaves the run alone, and who has to cut
        # a run off reaches all that it has started.
        os.setsid()
    _run()
