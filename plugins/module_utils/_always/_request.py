# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task of tcp_keepalive_always asks for: the module's options, checked and typed."""

import re
from typing import Any, List, Mapping, NamedTuple

from .._settings import SETTINGS, KeepaliveError, Setting, from_option
from ._loader import DEFAULTS, MAXIMUM, Values

_USER_TIMEOUT = Setting("user_timeout", 0, MAXIMUM.user_timeout)
_UNIT = re.compile(r"[A-Za-z0-9:_.\\@-]+\.(?:service|socket|slice)")
_HOSTS_OWN = "-"


class Request(NamedTuple):
    """``values``: the four of the loader's commands, each a number or "-" for the host's own; ``open``: also
    connections that are open now. No ``units``: the whole host, but for ``except_units``."""

    absent: bool
    units: List[str]
    except_units: List[str]
    values: List[str]
    open: bool
    persist: bool
    apply: bool


def from_options(options: Mapping[str, Any]) -> Request:
    """Return the request that the module's options make; KeepaliveError where they make none."""
    absent = options["state"] == "absent"
    if not options["persist"] and not options["apply"]:
        raise KeepaliveError(
            '"persist" and "apply" are both off, which leaves nothing to do. Leave one of them on.'
        )
    units, except_units = (sorted(set(options[name])) for name in ("units", "except_units"))
    if units and except_units:
        raise KeepaliveError(
            '"units" and "except_units" exclude each other: "except_units" belongs to the whole host. '
            "Give one of them."
        )
    for unit in units + except_units:
        if not _UNIT.fullmatch(unit):
            raise KeepaliveError(
                f"{unit!r} is not the name of a service, socket or slice. Give it in full, such as "
                "nginx.service."
            )
        if unit == "-.slice":
            raise KeepaliveError('-.slice is the whole host. Leave "units" out for that.')
        if "@." in unit:
            raise KeepaliveError(
                f"{unit} is a template, which never runs itself. Name its instances, such as "
                f"{unit.replace('@.', '@1.')}, or the slice that they are in."
            )
    values = [
        _HOSTS_OWN if options[setting.name] is None else str(from_option(setting, options[setting.name]))
        for setting in (*SETTINGS, _USER_TIMEOUT)
    ]
    open_too = options["open"] and options["apply"] and not absent
    return Request(absent, units, except_units, values, open_too, options["persist"], options["apply"])


def check_user_timeout(values: Values) -> List[str]:
    """Return a warning for a user timeout that ends connections before all probes are sent; KeepaliveError
    for one that ends them before the second could be answered.

    It ends a connection at the first probe after it has passed (tcp(7), TCP_USER_TIMEOUT).
    """
    limit = values.user_timeout
    if not limit:
        return []
    shortest = values.time + 2 * values.intvl
    if limit < shortest:
        raise KeepaliveError(
            f"user_timeout is {limit}, which ends idle connections before two probes can be answered. Give "
            f"{shortest} (time + 2 · intvl) or more."
        )
    complete = values.time + values.intvl * values.probes
    if limit < complete:
        return [
            f"user_timeout is {limit}: a peer that does not answer is given up before all {values.probes} "
            f"probes are sent, which takes {complete} s."
        ]
    return []


def check_sysctls(values: Values, own: List[int]) -> List[str]:
    """Return a warning where the host's ``own`` sysctls count for its connections in place of the values."""
    if own in (DEFAULTS, list(values[:3])):
        return []
    return [
        "The host's own new connections have its sysctls, time {} s, intvl {} s, probes {}, and not the "
        "values given here, which are for namespaces that have the kernel's defaults. The role "
        "tcp_keepalive sets the sysctls from the same variables.".format(*own)
    ]
