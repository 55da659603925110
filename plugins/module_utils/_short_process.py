# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that lives for one task: less work before and after it.

Ansible sends its code in an archive, and zipimport compiles a module to tell the name of its file, and again to run it
(CPython, Lib/zipimport.py: get_filename, which importlib.util.spec_from_loader asks). At its end the process would look for
garbage in all of Ansible's code (gc.freeze).
"""

import gc
import sys
from importlib.util import spec_from_file_location
from pkgutil import get_importer
from typing import Any
from zipimport import ZipImportError, zipimporter


class Finder:
    """Finds the modules beside this one, where they are in an archive; others, and packages, are left to Python's own."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        importer = get_importer(path[0]) if path and name.startswith(__spec__.parent + ".") else None
        try:
            if isinstance(importer, zipimporter) and not importer.is_package(name):
                file = "{0}/{1}.py".format(path[0], name.rpartition(".")[2])
                return spec_from_file_location(name, file, loader=importer)
        except ZipImportError:
            pass
        return None


def prepare() -> None:
    """Make what is imported from now on, and the end of the process, faster. Does nothing in a process that is not Ansible's."""
    if isinstance(__spec__.loader, zipimporter):
        sys.meta_path.insert(0, Finder)
        if sys.version_info >= (3, 7):
            gc.freeze()
