# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's part of the module tcp_keepalive: it plans values and renders the template before anything
is sent.
"""

from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.plugins.loader import lookup_loader
from ansible.utils.display import Display

from ..module_utils._settings import DEFAULTS, KeepaliveError
from ..plugin_utils._plan import choose

ALIASES = {"idle": "time", "interval": "intvl", "count": "probes"}
PLANNED_FROM = ("crosses", "detect_within")
MAY_BE_EMPTY = (*DEFAULTS, "detect_within", "template")
TemplateLookup = lookup_loader.get("ansible.builtin.template", class_only=True)

Options = dict[str, Any]


class ActionModule(NormalAction):
    def run(self, tmp: None = None, task_vars: Options | None = None) -> dict[str, Any]:
        given = {ALIASES.get(name, name): value for name, value in self._task.args.items()}
        for name in MAY_BE_EMPTY:
            # Before ansible-core 2.19 a variable without a value arrives as an empty string.
            if given.get(name) in (None, ""):
                given.pop(name, None)
        try:
            self._task.args = self._module_options(given, task_vars or {})
        except KeepaliveError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        return super().run(tmp, task_vars)

    def _module_options(self, given: Options, task_vars: Options) -> Options:
        """Return the options to send: the chosen values, and the rendered template as content."""
        options = {name: value for name, value in given.items() if name not in (*PLANNED_FROM, "template")}
        if given.get("state") == "absent":
            return options
        if any(name in given for name in PLANNED_FROM):
            values = {name: given.get(name) for name in DEFAULTS}
            chosen, problems = choose(values, *map(given.get, PLANNED_FROM))
            options.update(chosen)
            for problem in problems:
                host = task_vars["inventory_hostname"]
                Display().warning(
                    f"TCP keepalive values of {host} do not meet what is asked of them: {problem}"
                )
        if "template" in given:
            if "content" in given:
                raise KeepaliveError('"template" and "content" exclude each other. Give one of them.')
            values = {f"tcp_keepalive_{name}": options[name] for name in DEFAULTS if name in options}
            options["content"] = self._render(given["template"], {**task_vars, **values})
        return options

    def _render(self, template: str, variables: Options) -> str:
        # Lookups inside the template take their variables from the task's own templar.
        self._templar.available_variables = variables
        lookup = TemplateLookup(loader=self._loader, templar=self._templar)
        return lookup.run([template], variables)[0]
