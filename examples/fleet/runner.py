# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set TCP keepalive on a fleet with ansible-runner, as your own service would, and print each host's outcome.

    python runner.py FOLDER INVENTORY ['{"tcp_keepalive_serial": "10%"}']

FOLDER keeps the artifacts of each run: events, output and status.
"""

import json
import sys
from pathlib import Path

import ansible_runner

OUTCOMES = {"runner_on_ok": "ok", "runner_on_failed": "failed", "runner_on_unreachable": "unreachable"}


def outcomes(events):
    """Yield (host, outcome, the module's result) for each event of the module that has one."""
    for event in events:
        data = event["event_data"]
        if data.get("resolved_action") == "netops.tcp_keepalive.tcp_keepalive" and event["event"] in OUTCOMES:
            outcome = OUTCOMES[event["event"]]
            yield (
                data["host"],
                "changed" if outcome == "ok" and data["res"]["changed"] else outcome,
                data["res"],
            )


def main():
    folder, inventory, variables = (*sys.argv[1:], "{}")[:3]
    Path(folder).mkdir(parents=True, exist_ok=True)
    run = ansible_runner.run(
        private_data_dir=folder,
        inventory=str(Path(inventory).resolve()),
        playbook="netops.tcp_keepalive.apply",
        extravars=json.loads(variables),
        quiet=True,
    )
    for host, outcome, result in outcomes(run.events):
        print(json.dumps({"host": host, "outcome": outcome, "message": result.get("msg", "")}))
    print(f"{run.status}: {run.config.artifact_dir}", file=sys.stderr)
    return run.rc


if __name__ == "__main__":
    sys.exit(main())
