# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's life cycle, with every ansible-core and every Python that it may find on a target."""

KERNEL_DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
ROLE = {"time": 41, "intvl": 6, "probes": 9}


def test_apply_audit_and_remove_work_with_this_python(namespace):
    python = namespace.variables["ansible_python_interpreter"]
    target = ["-i", "host,", "host", "-c", "local", "-e", f"ansible_python_interpreter={python}"]
    setup = ["-m", "ansible.builtin.setup", "-a", "gather_subset=!all,python"]
    facts = namespace.run("ansible", *target, *setup)
    assert f'"executable": "{python}"' in facts.stdout, facts.stdout + facts.stderr

    for changed in (1, 0):
        done = namespace.playbook("netops.tcp_keepalive.apply")
        assert f"changed={changed} " in done.stdout, done.stdout + done.stderr
        assert namespace.kernel() == ROLE

    info = namespace.module("tcp_keepalive_info", sockets="processes", namespaces="all")
    assert (info["failed"], info["runtime"]) == (False, ROLE), info
    refused = namespace.module(time=0)
    assert refused["failed"]
    assert "time: 0 is refused" in refused["msg"]

    done = namespace.playbook("netops.tcp_keepalive.remove")
    assert "changed=1 " in done.stdout, done.stdout + done.stderr
    assert (namespace.kernel(), namespace.file()) == (KERNEL_DEFAULTS, None)
