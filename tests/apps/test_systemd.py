"""The unit for Linux: systemd reads it, and it starts, stops and confines the service as the docs say."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

UNIT = ROOT / "deploy" / "systemd" / "selfeval.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_to_complain_of(tmp_path):
    unit = tmp_path / UNIT.name
    installed = UNIT.read_text(encoding="utf-8").replace("/opt/selfeval/.venv/bin/selfeval", sys.executable)
    unit.write_text(installed, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []


def test_the_service_is_unprivileged_confined_and_stopped_in_good_order():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(UNIT, encoding="utf-8")
    service = unit["Service"]
    assert service["ExecStart"].endswith("/selfeval serve")
    assert service["User"] == "selfeval" and service["CapabilityBoundingSet"] == ""
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    # Longer than serve itself takes to stop: runs get 30 seconds, then worker and server 15 each.
    assert service["KillMode"] == "mixed" and int(service["TimeoutStopSec"]) > 30 + 30 + 15 + 15
