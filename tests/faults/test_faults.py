# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault at every changing system call: the host is unchanged or as asked, and the next run converges.

EVERY_FAULT=1 tries all kinds of faults, for ten minutes more.
"""

import os
import re

import pytest
from host import changing_calls

OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
OLD = {"time": 600, "intvl": 60, "probes": 5}
NEW = {"time": 120, "intvl": 30, "probes": 4}


def text(values: dict) -> str:
    return "".join(f"net.ipv4.tcp_keepalive_{name} = {value}\n" for name, value in values.items())


EARLIER = {OURS: "# earlier\n" + text(OLD)}
LATER = {"/etc/sysctl.d/99-zz.conf": "# a vendor's\nnet.ipv4.tcp_keepalive_time = 700\n# its end"}
LAST = {"/etc/sysctl.conf": "net.ipv4.tcp_keepalive_probes = 8\nnet.ipv4.tcp_keepalive_time = 800\n"}
VENDOR = {"/usr/lib/sysctl.d/50-vendor.conf": "net.ipv4.tcp_keepalive_intvl = 50\n"}
VENDOR_LAST = {"/usr/lib/sysctl.d/99-zy.conf": "net.ipv4.tcp_keepalive_intvl = 50\n"}
MARK = "# disabled by netops.tcp_keepalive ({}): "
DISABLED = {
    "/etc/sysctl.d/99-zz.conf": MARK.format("b229460a") + "net.ipv4.tcp_keepalive_time = 700\n",
    "/etc/sysctl.d/99-zy.conf": "# netops.tcp_keepalive (c8cf662a): "
    "this copy of /usr/lib/sysctl.d/99-zy.conf hides it, to disable lines of it.\n"
    + MARK.format("175dda1e")
    + "net.ipv4.tcp_keepalive_intvl = 50\n",
}
DISABLE = {**NEW, "overrides": "disable"}

# The host's Debian, its files, the kernel's values, and the module's options.
CASES = {
    "present, no earlier file": ("bookworm", VENDOR, DEFAULTS, NEW),
    "present, an earlier file": ("bookworm", {**EARLIER, **VENDOR}, OLD, NEW),
    "present, an earlier file and a backup": ("bookworm", EARLIER, OLD, {**NEW, "backup": True}),
    "present, one setting fewer": ("bookworm", {**EARLIER, **VENDOR}, OLD, {"time": 120, "probes": 4}),
    "absent, an earlier file": ("bookworm", {**EARLIER, **VENDOR}, OLD, {"state": "absent"}),
    "absent, no earlier file": ("bookworm", VENDOR, OLD, {"state": "absent"}),
    "disable, no earlier file": ("bookworm", {**LATER, **VENDOR}, DEFAULTS, DISABLE),
    "disable, an earlier file": ("bookworm", {**EARLIER, **LATER}, OLD, DISABLE),
    "disable two, no earlier file": ("bookworm-sysvinit", {**LATER, **LAST}, DEFAULTS, DISABLE),
    "disable two, an earlier file": (
        "bookworm-sysvinit",
        {**EARLIER, **LATER, **LAST, **VENDOR},
        OLD,
        DISABLE,
    ),
    "disable a vendor's, an earlier file": ("bookworm", {**EARLIER, **LATER, **VENDOR_LAST}, OLD, DISABLE),
    "absent, lines come back": ("bookworm", {**EARLIER, **DISABLED, **VENDOR_LAST}, OLD, {"state": "absent"}),
}

# The call fails from then on, during the roll-back too.
LASTING = "EIO and on"
FAULTS = ["ENOSPC", "EINTR", LASTING, "SIGTERM", "SIGKILL"]
# The others end in the same ways.
if os.environ.get("EVERY_FAULT"):
    FAULTS += ["EIO", "EROFS", "EPERM", "SIGHUP", "SIGINT"]


def shape(state: dict) -> dict:
    """Return the state without the variable part of a backup's name."""
    return {
        **state,
        "files": {
            re.sub(r"\.\d+\.[-\d@:]{19}~$", " backup", path): file for path, file in state["files"].items()
        },
    }


def injection(fault: str, name: str, when: int) -> str:
    if fault == LASTING:
        return f"inject={name}:error=EIO:when={when}+"
    return f"inject={name}:{'signal' if fault.startswith('SIG') else 'error'}={fault}:when={when}"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("case", CASES)
def test_host_survives_a_fault_at_every_changing_call(hosts, record_property, case, fault):
    suite, tree, kernel, options = CASES[case]
    host = hosts(suite)
    host.put(tree, kernel)
    before = host.look()
    result, log = host.run(options, "-e", "trace=all")
    assert result.get("changed"), result
    after = host.look()
    calls = changing_calls(log)
    assert len(calls) > 5
    expected = shape(after)

    for name, when in calls:
        where = f"{fault} at {name} number {when}"
        host.put(tree, kernel)
        result, log = host.run(options, "-e", f"trace={name}", "-e", injection(fault, name, when))
        injected = sum(line.startswith(f"{name}(") for line in log.splitlines()) >= when
        assert injected if fault.startswith("SIG") else "(INJECTED)" in log, where + log
        state = host.look()
        assert state["boot"] in (before["boot"], after["boot"]), where
        if result is not None and result.get("failed"):
            assert result["changed"] is False
            if fault == LASTING and state != before:
                words = "Not everything could be put back|putting them back failed"
                assert re.search(words, result["msg"]), where
            else:
                assert state == before, f"{where}: {result['msg']}"
        elif result is not None:
            hidden = [path for path in state["files"] if re.search(r"\.tcp_keepalive-(old|keep)\d", path)]
            assert bool(hidden) == ("The next run will remove" in str(result.get("warnings"))), where
            for path in hidden:
                del state["files"][path]
            assert shape(state) == expected, where
        else:
            # No result: it was killed, ended before it began, or could no longer write.
            assert fault == "SIGKILL" or (fault == LASTING and name == "write") or state == before, where
        result, _log = host.run(options)
        assert not result.get("failed"), f"{where}: {result}"
        assert shape(host.look()) == expected, where
        result, _log = host.run(options)
        assert result["changed"] is False, where
    record_property("faults", len(calls))
