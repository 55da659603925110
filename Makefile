# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

# make apply      set TCP keepalive here, or on a fleet: make apply INVENTORY=hosts.yml ARGS="--check --diff"
# make audit      what TCP keepalive does here, or on a fleet, as a table, data and a page; changes nothing
# make test       everything: lint, units, plays, sanity, hosts that really reboot; as root, installs packages
# make test-fast  lint and unit tests, in under a minute once set up; needs Python alone
# make lab        what keepalive does, on real kernels: writes docs/guide/lab.md
# make bench      what a run costs, compared with other ways: writes docs/performance.md; 20 minutes
# make clean      remove .venv and .nox; the cached images of test hosts stay

BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)

# Without an inventory: this machine, without SSH.
ifdef INVENTORY
hosts := --inventory $(INVENTORY)
else
hosts := --inventory localhost, --connection local --extra-vars ansible_python_interpreter=auto_silent
endif

.PHONY: apply audit test test-logic test-delivery test-fast lab bench clean

apply: .venv/run.done
	ansible-playbook $(hosts) netops.tcp_keepalive.apply $(ARGS)

audit: .venv/run.done
	ansible-playbook $(hosts) netops.tcp_keepalive.audit $(ARGS)

# Sessions that use one processor, two at a time; then those that use all, or measure time.
test: .venv/test.done
	$(MAKE) --jobs=2 test-logic test-delivery
	nox --tags alone
	pytest -v -s tests/scenarios

test-logic test-delivery: test-%: .venv/test.done
	nox --tags $*

test-fast: .venv/fast.done
	nox --sessions lint
	pytest -q tests/unit

lab: .venv/test.done
	nox --sessions lab -- --write

bench: .venv/test.done
	nox --sessions bench -- --write

clean:
	rm -rf .venv .nox

.venv/run.done: requirements/run.txt
.venv/fast.done .venv/test.done: requirements/test.txt
.venv/%.done: .ci/setup
	.ci/setup $*
