# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TuneD: how it is configured, and what its active profile then writes
(tuned-main.conf(5), tuned/daemon/daemon.py)."""

import configparser
from typing import Callable, List, Optional

from . import _tuned_files, _tuned_profile, _tuned_sysctl, _tuned_version
from ._errors import CannotPredict
from ._outcome import Outcome
from ._prediction import LaterWriter
from ._tree import Tree
from ._tuned_version import Version

MAIN = "/etc/tuned/tuned-main.conf"
# The file has no section.
_SECTION = "tuned-main.conf"
_MODES = ("", "auto", "manual")


def run(tree: Tree, outcome: Outcome) -> None:
    """Write what TuneD would, once it is started; CannotPredict where that is unknown as a whole."""
    ways = [_applied(tree, version) for version in _tuned_version.candidates(tree)]
    outcome.either("versions of TuneD differ, and that of this host could not be read", *ways)


def _applied(tree: Tree, version: Version) -> Callable[[Outcome], None]:
    def apply(outcome: Outcome) -> None:
        configuration = _configuration(tree, version)
        names = _profile_names(tree)
        profile = _tuned_profile.load(tree, names, configuration.folders, version) if names else None
        if profile is None:
            return
        for unit in _tuned_profile.in_order(profile, configuration.priority, version):
            _tuned_sysctl.apply(tree, outcome, unit, profile, configuration)
        if profile.heading and not outcome.writers:
            outcome.writers.append(LaterWriter("tuned", *profile.heading, None, None))

    def unless_absent(outcome: Outcome) -> None:
        # TuneD ends without this file; a host on which it is missing may have lost it only here.
        if not tree.exists(MAIN):
            outcome.either(f"TuneD does not start without {MAIN}", apply, lambda _outcome: None)
        else:
            apply(outcome)

    return unless_absent


def _configuration(tree: Tree, version: Version) -> "_tuned_sysctl.Configuration":
    parser = configparser.ConfigParser(delimiters="=", inline_comment_prefixes="#", strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(f"[{_SECTION}]\n" + _tuned_files.text(tree, MAIN))
        main = parser[_SECTION]
        folders = _listed(main.get("profile_dirs")) if version.has_profile_dirs else None
        return _tuned_sysctl.Configuration(
            folders=version.folders if folders is None else folders,
            priority=main.getint("default_instance_priority", 0),
            reapply=main.getboolean("reapply_sysctl", True),
            exclude=(_listed(main.get("reapply_sysctl_exclude")) or []) if version.can_exclude else [],
            version=version,
        )
    except (configparser.Error, ValueError) as error:
        raise CannotPredict(f"{MAIN} is not valid: {error}")


def _listed(text: Optional[str]) -> Optional[List[str]]:
    """Return a list as TuneD reads one (tuned/utils/global_config.py, get_list)."""
    if text is None:
        return None
    return [part.strip() for part in text.replace(";", ",").split(",")] if text.strip() else []


def _profile_names(tree: Tree) -> List[str]:
    """Return the names of the profiles that a boot activates (tuned/daemon/daemon.py, _init_profile)."""
    active, mode, post_loaded = (
        _tuned_files.text(tree, "/etc/tuned/" + name).strip()
        for name in ("active_profile", "profile_mode", "post_loaded_profile")
    )
    if mode not in _MODES or len(post_loaded.split()) > 1:
        return []
    if not active and mode != "manual":
        raise CannotPredict("it has not chosen its profile yet: /etc/tuned/active_profile is empty")
    return active.split() + post_loaded.split()
