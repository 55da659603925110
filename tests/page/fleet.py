# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fictitious hosts: results in the format of tcp_keepalive_info, as the audit registers them."""

DROPIN = "/etc/sysctl.d/99-tcp-keepalive.conf"
NAMES = ("time", "intvl", "probes")
PLANNED = (235, 38, 9)
DEFAULTS = (7200, 75, 9)
HOP = {"tcp_keepalive_crosses": ["aws_nlb"]}

# Names that would break out of HTML, JavaScript, JSON or Jinja if they were not escaped.
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\"'><b>bold</b>",
    "a\nb\tc",
    "{{ 7 * 7 }} {% raw %}",
    "<!-- <script>",
    "\u202eright to left\u2028\u2029",
    "x" * 4096,
    "ü 漢字 🚀",
    "&lt;amp&amp;",
]


def sockets(protected=0, overlong=0, unprotected=0, busy=0) -> dict:
    return {
        "established": protected + overlong + unprotected + busy,
        "keepalive": protected + overlong,
        "overlong": overlong,
        "unprotected": unprotected,
        "busy": busy,
    }


def process(name, unit=None, ports=(5432,), **counts) -> dict:
    remotes = [{"port": port, "count": 1} for port in ports]
    return {**sockets(**counts), "name": name, "unit": unit, "remote_ports": remotes, "other_remote_ports": 0}


def namespace(owner, values=DEFAULTS, **counts) -> dict:
    return {
        "owner": owner,
        "pid": 4711,
        "runtime": dict(zip(NAMES, values, strict=True)),
        "sockets": sockets(**counts),
    }


def container(number: int) -> dict:
    details = dict.fromkeys(("pod", "project", "user"))
    return {
        "engine": "docker",
        "id": f"{number:064x}",
        "name": f"app-{number}",
        "image": f"shop:1.{number}",
        **details,
    }


def result(now=PLANNED, boot=PLANNED, file=DROPIN, processes=(), namespaces=(), warnings=()) -> dict:
    """Return the info module's result; ``file`` sets all three values at the next boot, None for no file."""
    total = {name: sum(process[name] for process in processes) for name in sockets()}
    drift = [name for name, value, later in zip(NAMES, now, boot, strict=True) if value != later]
    return {
        "changed": False,
        "failed": False,
        "runtime": dict(zip(NAMES, now, strict=True)),
        "detection_time": now[0] + now[1] * now[2],
        "boot": {
            name: {"value": value, "file": file, "line": file and line, "writer": file and "systemd-sysctl"}
            for line, (name, value) in enumerate(zip(NAMES, boot, strict=True), 2)
        },
        "boot_tool": "systemd-sysctl",
        "assignments": [],
        "skipped_lines": [],
        "drift": drift,
        "later_writers": [],
        "mentions": [],
        "returning": [],
        "unread": [],
        "container": None,
        "always": None,
        "sockets": {**total, "processes": list(processes)},
        "namespaces": list(namespaces),
        "warnings": list(warnings),
    }


def unreachable(message="Failed to connect to the host via ssh: No route to host") -> dict:
    return {"unreachable": True, "changed": False, "msg": message}


def small() -> dict:
    """Eight hosts, as in the screenshot in docs: variables by host."""
    web = [
        process("nginx", "nginx.service", (40122, 51000, 38211, 40404), protected=412, overlong=6, busy=3),
        process("node", "shop.service", (5432, 6379), protected=20, unprotected=64),
    ]
    database = [process("postgres", "postgresql@15-main.service", (43210, 50112), protected=118, busy=2)]
    engine = [
        namespace(f"container {name} ({what})", unprotected=9)
        for name, what in (("3f2a61c0d9be", "redis"), ("9c01d2f6a7e4", "java"))
    ]
    hosts = {
        "web1": result(processes=web, namespaces=engine),
        "web2": result(processes=web),
        "db1": result(processes=database),
        "db2": result(
            processes=database,
            namespaces=[namespace("container 51b0aa3e77c2 (postgres)", PLANNED, protected=12)],
        ),
        "cache1": result(
            boot=(600, 60, 5),
            file="/etc/sysctl.conf",
            processes=[process("redis-server", "redis.service", protected=88)],
        ),
        "build1": result(
            boot=DEFAULTS,
            file=None,
            processes=[process("java", "jenkins.service", (22, 443), unprotected=31)],
        ),
        "edge1": result(
            now=(7200, 75, 9),
            processes=[process("haproxy", "haproxy.service", (443, 8443), overlong=520, busy=14)],
        ),
        "edge2": unreachable(),
    }
    return {name: {"tcp_keepalive_audit": registered, **HOP} for name, registered in hosts.items()}


def monitored() -> dict:
    """The same, and one with applications that never ask."""
    attached = {"scope": "host", "units": [], "except_units": [], "user_timeout": None}
    attached |= dict(zip(NAMES, PLANNED, strict=True))
    shop = result(processes=[process("java", "shop.service", protected=12, unprotected=80)])
    shop["always"] = {"program": attached, "boot": attached, "turned_on": 512}
    return {**small(), "shop1": {"tcp_keepalive_audit": shop, **HOP}}


def hostile() -> dict:
    """Hosts whose every text is meant to break the page."""
    return {
        text: {
            "tcp_keepalive_audit": {
                **result(
                    boot=(600, 60, 5),
                    file=f"/etc/sysctl.d/{text}.conf",
                    processes=[process(text, text, unprotected=1)],
                    namespaces=[namespace(text)],
                    warnings=[text],
                ),
                "mentions": [{"file": text, "line": 1, "text": text}],
                "returning": [
                    {"file": text, "line": 1, "setting": "time", "value": 600, "command": "sysctl -p"}
                ],
            }
        }
        for text in HOSTILE
    } | {"gone": {"tcp_keepalive_audit": unreachable("\n".join(HOSTILE))}}


def thousand() -> dict:
    """A thousand hosts, each with more processes and containers than the page shows."""
    processes = [
        process(
            f"worker-{number}",
            f"worker-{number}.service",
            range(40000, 40010),
            protected=9,
            unprotected=number,
        )
        for number in range(20)
    ]
    containers = [
        {
            **namespace(f"docker container app-{number} (shop:1.{number})", unprotected=3),
            "container": container(number),
        }
        for number in range(50)
    ]
    states = [{}, {"boot": DEFAULTS, "file": None}, {"now": DEFAULTS}, {}, {}]
    return {
        f"host{number}.example.net": {
            "tcp_keepalive_audit": unreachable()
            if number % 10 == 9
            else result(**states[number % 5], processes=processes, namespaces=containers)
        }
        for number in range(1, 1001)
    }
