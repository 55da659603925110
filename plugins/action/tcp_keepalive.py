# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's part of the module tcp_keepalive: it plans values and renders the template before anything
is sent.
"""

from ansible.plugins.loader import lookup_loader

from ..module_utils._settings import DEFAULTS, KeepaliveError
from ..plugin_utils._planning_action import Options, PlanningAction

TemplateLookup = lookup_loader.get("ansible.builtin.template", class_only=True)


class ActionModule(PlanningAction):
    may_be_empty = (*PlanningAction.may_be_empty, "template")

    def module_options(self, given: Options, task_vars: Options) -> Options:
        """Return the options to send: the chosen values, and the rendered template as content."""
        options = super().module_options(given, task_vars)
        template = options.pop("template", None)
        if template is not None and given.get("state") != "absent":
            if "content" in given:
                raise KeepaliveError('"template" and "content" exclude each other. Give one of them.')
            values = {f"tcp_keepalive_{name}": options[name] for name in DEFAULTS if name in options}
            options["content"] = self._render(template, {**task_vars, **values})
        return options

    def _render(self, template: str, variables: Options) -> str:
        # Lookups inside the template take their variables from the task's own templar.
        self._templar.available_variables = variables
        lookup = TemplateLookup(loader=self._loader, templar=self._templar)
        return lookup.run([template], variables)[0]
