# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that lives for one task: less work before and after it.

Ansible sends its code in an archive, and zipimport compiles a module to tell the name of its file, and again to run it
(CPython, Lib/zipimport.py: get_filename, which importlib.util.spec_from_loader asks). At its end Python would take down all
that was loaded, object by object.
"""

import atexit
import os
import sys
from importlib.util import spec_from_file_location
from pkgutil import get_importer
from typing import Any, Callable, List
from zipimport import zipimporter

_FROM_ARCHIVE = isinstance(__spec__.loader, zipimporter)


class Finder:
    """Finds the modules beside this one; others, and packages, are left to Python's own."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        if name.startswith(__spec__.parent + "."):
            importer = get_importer(path[0])
            if not importer.is_package(name):
                file = f"{path[0]}/{name.rpartition('.')[2]}.py"
                return spec_from_file_location(name, file, loader=importer)
        return None


def prepare() -> None:
    """Make what is imported from now on faster. Does nothing outside an archive."""
    if _FROM_ARCHIVE:
        sys.meta_path.insert(0, Finder)


def run(main: Callable[[], Any]) -> None:
    """Call main(), which ends by SystemExit; the process then ends at once, after what main() registered (atexit). What was
    registered before, as by ansible-test for its coverage, does not run."""
    status = []
    if _FROM_ARCHIVE:
        atexit.register(_end, status)
    try:
        main()
    except SystemExit as end:
        status.append(end.code)
        raise


def _end(status: List[Any]) -> None:
    if status and status[0] in (0, 1):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status[0])
