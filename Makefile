# 两个命令：make demo（演示一个完整周期）和 make test（全部测试）。首次运行会先安装。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: demo serve test docs tour bench lock

demo: $(INSTALLED)
	$(BIN)/selfeval demo $(if $(DIR),--dir "$(DIR)") $(if $(FILINGS),--filings "$(FILINGS)") $(if $(UI),--ui)

# One machine, until Ctrl+C; DIR (SELFEVAL_HOME) and PORT are optional. See docs/serve.md.
serve: $(INSTALLED)
	$(if $(DIR),SELFEVAL_HOME="$(DIR)") $(BIN)/selfeval serve $(if $(PORT),--port "$(PORT)")

test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# The page of rules from the rules themselves.
docs: $(INSTALLED)
	$(BIN)/python -m apps.catalogue

# The pictures of docs/tour.md from a real run of the example county; needs Chromium and a Chinese font.
tour: $(INSTALLED)
	$(BIN)/python -m examples.make_tour

# Ratios measured in one run each, kept in bench/results and drawn in docs/measured.html; QUICK=1 takes a minute or two apiece.
bench: $(INSTALLED)
	set -e; for name in check fuzz mail mail_faults intake_faults rollup papers publish scale deadline; do $(BIN)/python -m bench.$$name $(if $(QUICK),--quick); done
	$(BIN)/python -m bench.page

# Locked versions with hashes first; then the project itself, which needs nothing more from outside.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	$(BIN)/python -m compileall -q selfeval documents db notifications tasks flows apps
	touch $@

# Needs uv; resolves for Linux, macOS and Windows and Python 3.11 to 3.13 at once.
lock:
	uv pip compile pyproject.toml --extra dev --extra redis --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-strip-extras --quiet --output-file requirements.lock
