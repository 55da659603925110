# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's part of the module: options from the role's variables, planned and rendered before anything is sent.

Ansible compiles the template of each argument anew for each host, which took the controller longer than all else of the task.
A variable without a template is taken here as it is.
"""

import os

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.template import generate_ansible_template_vars
from ansible.utils.display import Display

from ..module_utils import _plan
from ..module_utils._settings import DEFAULTS, KeepaliveError

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19, which trusts all text

    def trust_as_template(text):
        return text


PREFIX = "tcp_keepalive_"
AS_THEY_ARE = ("state", "path", "persist", "apply", "overrides", "backup")


class ActionModule(NormalAction):
    def run(self, tmp=None, task_vars=None):
        if boolean(self._task.args.pop("role_variables", False)):
            try:
                self._task.args.update(self._role_options(task_vars))
            except KeepaliveError as error:
                raise AnsibleActionFail(str(error)) from error
        return super().run(tmp, task_vars)

    def _role_options(self, task_vars):
        """Return the module's options that the role's variables ask for."""

        def variable(name):
            if PREFIX + name not in task_vars:
                raise KeepaliveError(f"{PREFIX}{name} is not defined: role_variables is for the role, which has defaults.")
            return self._templar.template(task_vars[PREFIX + name])

        options = {name: variable(name) for name in AS_THEY_ARE}
        if options["state"] == "absent":
            return options
        given = {name: variable(name) for name in DEFAULTS}
        values, problems = _plan.settle(given, variable("crosses"), variable("detect_within"))
        for problem in problems:
            host = task_vars["inventory_hostname"]
            Display().warning(f"TCP keepalive values of {host} break what is asked of them: {problem}")
        return {**options, **values, "content": self._content(variable("template"), task_vars, values)}

    def _content(self, template, task_vars, values):
        """Return what a template makes of all variables, and of the three values as they were settled."""
        path = self._find_needle("templates", template)
        with open(self._loader.get_real_file(path), encoding="utf-8") as file:
            text = trust_as_template(file.read())
        folders = [folder for one in task_vars.get("ansible_search_path", []) for folder in (os.path.join(one, "templates"), one)]
        # Lookups in the template, too, have their variables from the task's own templar before ansible-core 2.19.
        self._templar.available_variables = {
            **generate_ansible_template_vars(template, path),
            **task_vars,
            **{PREFIX + name: value for name, value in values.items()},
        }
        templar = self._templar.copy_with_new_env(searchpath=[os.path.dirname(path), *folders])
        return to_text(templar.template(text, escape_backslashes=False), nonstring="simplerepr")
