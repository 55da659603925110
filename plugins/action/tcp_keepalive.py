# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's part of the module: options from the role's variables, planned and rendered before anything is sent.

Ansible compiles the template of each argument anew for each host, which took the controller longer than all else of the task.
A variable without a template is taken here as it is.
"""

import os

from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.template import generate_ansible_template_vars
from ansible.utils.display import Display

from ..module_utils._settings import DEFAULTS, KeepaliveError
from ..plugin_utils import _plan

try:
    from ansible.errors import AnsibleValueOmittedError as Omitted
    from ansible.template import trust_as_template
except (
    ImportError
):  # before ansible-core 2.19, which trusts all text, and where a variable holds what stands for omitted
    trust_as_template = None

    class Omitted(Exception):
        pass


PREFIX = "tcp_keepalive_"
AS_THEY_ARE = ("path", "persist", "apply", "overrides", "backup")
ALIASES = ("idle", "interval", "count")


class ActionModule(NormalAction):
    def run(self, tmp=None, task_vars=None):
        try:
            if self._asked_for_role_variables():
                for alias in ALIASES:
                    self._task.args.pop(alias, None)
                self._task.args.update(self._role_options(task_vars))
        except KeepaliveError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        return super().run(tmp, task_vars)

    def _asked_for_role_variables(self):
        try:
            return boolean(self._task.args.pop("role_variables", False))
        except TypeError as error:
            raise KeepaliveError(f"role_variables: {error}") from error

    def _role_options(self, task_vars):
        """Return the module's options that the role's variables ask for."""
        variables = self._templar.available_variables = dict(task_vars)

        def variable(name):
            if PREFIX + name not in variables:
                raise KeepaliveError(
                    f"{PREFIX}{name} is not defined: role_variables is for the role, which has defaults."
                )
            return self._template(variables[PREFIX + name])

        state = variable("state")
        values = {}
        if state != "absent":
            asked = variable("crosses"), variable("detect_within")
            # One may refer to another, which is planned.
            unset = {name: variables.get(PREFIX + name) for name in DEFAULTS}
            variables.update(_prefixed(_plan.filled(unset, *asked)))
            values, problems = _plan.settle({name: variable(name) for name in DEFAULTS}, *asked)
            # Whole numbers: before ansible-core 2.19 a text from a host could be taken for a template.
            variables.update(_prefixed(values))
            for problem in problems:
                host = task_vars["inventory_hostname"]
                Display().warning(f"TCP keepalive values of {host} break what is asked of them: {problem}")
            values["content"] = self._content(variable("template"))
        options = {"state": state, **values, **{name: variable(name) for name in AS_THEY_ARE}}
        return {name: value for name, value in options.items() if value is not None}

    def _template(self, value):
        """Return a variable's value, None for one that is to be omitted."""
        try:
            found = self._templar.template(value)
        except Omitted:
            return None
        return None if found == self._templar.available_variables.get("omit", Omitted) else found

    def _content(self, template):
        """Return what a template makes of the variables."""
        path = self._find_needle("templates", template)
        variables = self._templar.available_variables
        of_the_template = generate_ansible_template_vars(template, path)
        if trust_as_template:
            text = trust_as_template(self._loader.get_text_file_contents(path))
            if "ansible_managed" in variables:
                del of_the_template["ansible_managed"]
        else:
            text = to_text(self._loader._get_file_contents(path)[0], errors="surrogate_or_strict")
        # Lookups have their variables from the task's own templar before ansible-core 2.19.
        self._templar.available_variables = {**variables, **of_the_template}
        folders = [
            folder
            for one in variables.get("ansible_search_path", [])
            for folder in (os.path.join(one, "templates"), one)
        ]
        templar = self._templar.copy_with_new_env(searchpath=[os.path.dirname(path), *folders])
        rendered = templar.template(text, escape_backslashes=False)
        self._templar.available_variables = variables
        return to_text(rendered, nonstring="simplerepr")


def _prefixed(values):
    return {PREFIX + name: value for name, value in values.items()}
