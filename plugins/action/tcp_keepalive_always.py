# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's part of the module tcp_keepalive_always: it plans values before anything is sent."""

from ..plugin_utils._planning_action import PlanningAction


class ActionModule(PlanningAction):
    may_be_empty = (*PlanningAction.may_be_empty, "user_timeout")
