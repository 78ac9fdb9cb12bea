"""The services and files that the runbook names exist; its commands are checked with those of every guide."""

from __future__ import annotations

import re

from tests.deploy.compose import DEPLOY, raw

RUNBOOK = (DEPLOY / "runbook.md").read_text(encoding="utf-8")


def test_the_services_and_files_that_the_runbook_names_exist():
    services = set(raw()["services"])
    for line in re.findall(r"docker compose -f deploy/compose\.yaml ([^`\n#]+)", RUNBOOK):
        words = [word for word in line.split() if not word.startswith("-")]
        assert words[0] in {"up", "down", "ps", "logs", "run", "exec", "restart", "cp"}, line
        named = [word.split("=")[0].split(":")[0] for word in words[1:2]] if words[0] != "up" else []
        assert set(named) - {"1h"} <= services or "1h" in named, line
    for scaled in re.findall(r"--scale (\w+)=", RUNBOOK):
        assert scaled in services
    for place in re.findall(r"\bdeploy/([\w.-]+)", RUNBOOK):
        made = {".env", "logins", "inbox", "backup", "certs"}
        assert place in made or (DEPLOY / place).exists(), place
