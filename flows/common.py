"""What every flow shares: a recognisable run name, and the board refreshed at its end."""

from __future__ import annotations

from collections.abc import Callable

from prefect.runtime import flow_run


def run_name(stage: str) -> Callable[[], str]:
    """Run names such as 「收集报送 2025」; without a year the latest cycle is meant."""

    def name() -> str:
        year = flow_run.parameters.get("year")
        return f"{stage} {year}" if year else f"{stage} 当前周期"

    return name
