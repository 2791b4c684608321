# Every target sets up what it needs first; the second time that costs no more than a look.
.DEFAULT_GOAL := help
.PHONY: help run test drill pages check format lock rules bench clean

help:
	@echo 'make run     start Canbao with a made-up county, and the outside world it talks to'
	@echo 'make test    everything that must hold: check, then every test (under 20 minutes)'
	@echo 'make drill   what takes longer: 20,000 simulated worlds, every planted bug, kills, a restore, a pooler'
	@echo 'make pages   pictures of every page in both versions and both widths, in build/pages'
	@echo 'make check   form, types and the direction of imports (under 2 minutes)'
	@echo 'make format  put the code into the form that check asks for'
	@echo 'make lock    write requirements/*.txt anew from pyproject.toml'
	@echo 'make rules   write docs/rules.md anew: every rule, its pack value, code and case'
	@echo 'make bench   measure against references in the same run; print the ratios; ROWS="P1 P2" names some'
	@echo 'make clean   remove what was made: .venv, node_modules, build; var (the data) stays'

run:
	@setup/ready run
	@.venv/bin/canbao demo $(ARGS)

test:
	@setup/ready work
	@setup/test

drill:
	@setup/ready drill
	@setup/drill

pages:
	@setup/ready work
	@setup/pages

check:
	@setup/ready work
	@setup/check

format:
	@setup/ready work
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format .

lock:
	@setup/ready work
	@setup/lock

rules:
	@setup/ready work
	@.venv/bin/python setup/rules.py

bench:
	@setup/ready work
	@setup/bench $(ROWS)

clean:
	@setup/clean
