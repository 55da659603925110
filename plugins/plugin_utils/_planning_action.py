# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's part of the modules that set values: they are planned before anything is sent."""

from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ..module_utils._settings import DEFAULTS, KeepaliveError
from ._plan import choose

ALIASES = {"idle": "time", "interval": "intvl", "count": "probes"}
PLANNED_FROM = ("crosses", "detect_within")

Options = dict[str, Any]


class PlanningAction(NormalAction):
    """Replaces ``crosses`` and ``detect_within`` by the values that they lead to."""

    # Options that stand for nothing where they are empty.
    may_be_empty: tuple[str, ...] = (*DEFAULTS, "detect_within")

    def run(self, tmp: None = None, task_vars: Options | None = None) -> dict[str, Any]:
        given = {ALIASES.get(name, name): value for name, value in self._task.args.items()}
        for name in self.may_be_empty:
            # Before ansible-core 2.19 a variable without a value arrives as an empty string.
            if given.get(name) in (None, ""):
                given.pop(name, None)
        try:
            self._task.args = self.module_options(given, task_vars or {})
        except KeepaliveError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        return super().run(tmp, task_vars)

    def module_options(self, given: Options, task_vars: Options) -> Options:
        """Return the options to send, with the chosen values."""
        options = {name: value for name, value in given.items() if name not in PLANNED_FROM}
        if given.get("state") != "absent" and any(name in given for name in PLANNED_FROM):
            values = {name: given.get(name) for name in DEFAULTS}
            chosen, problems = choose(values, *map(given.get, PLANNED_FROM))
            options.update(chosen)
            for problem in problems:
                host = task_vars["inventory_hostname"]
                Display().warning(
                    f"TCP keepalive values of {host} do not meet what is asked of them: {problem}"
                )
        return options
