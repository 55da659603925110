# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and end test hosts from the command line; see ``python -m hosts --help``."""

import argparse
import os
import sys
from pathlib import Path

from . import __doc__ as manual
from . import client, processes


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="hosts", description=manual, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start hosts and wait until they answer")
    up.add_argument("folder", type=Path)
    up.add_argument("hosts", nargs="+", metavar="NAME=KIND:SUITE")
    cut = commands.add_parser(
        "cut", help="cut the power of virtual machines and wait until they answer again"
    )
    cut.add_argument("folder", type=Path)
    cut.add_argument("names", nargs="+", metavar="NAME")
    down = commands.add_parser("down", help="end the hosts of a folder")
    down.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("Test hosts need root: run this as root or with sudo.")
    if arguments.command == "up":
        client.up(arguments.folder, [client.Spec.parse(text) for text in arguments.hosts], molecule_test())
    elif arguments.command == "cut":
        for name in arguments.names:
            client.cut(arguments.folder, name)
    else:
        client.down(arguments.folder)


def molecule_test() -> int | None:
    """Return the pid of the `molecule test` that this runs under, or None.

    The hosts end with that process, even on Ctrl-C. Any other molecule command (create, converge) ends long
    before its hosts do.
    """
    for pid in processes.ancestors(os.getpid()):
        arguments = processes.arguments(pid)
        if "test" in arguments and any(Path(argument).name == "molecule" for argument in arguments[:2]):
            return pid
    return None


if __name__ == "__main__":
    main()
