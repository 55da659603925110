import os
import subprocess
import sys
import zipfile

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _short_process

PACKAGE = _short_process.__package__
FOLDER = PACKAGE.replace(".", "/")
ENDING = """
import atexit, sys
from {0} import _short_process
class Last:
    def __del__(self):
        print("taken down")
last = Last()
def main():
    atexit.register(print, "registered")
    print("result")
    {1}
_short_process.run(main)
"""
TWICE = ["_short_process.py", "_short_process.py", "elsewhere.py", "elsewhere.py"]
OTHER = """
import sys
seen = []
if hasattr(sys, "addaudithook"):
    sys.addaudithook(lambda event, details: seen.append(details[1]) if event == "compile" else None)
from {0} import _short_process
_short_process.prepare()
import {0}._one, {0}._below._two
from {0} import _one, _three
import elsewhere
print(sorted(name.rpartition("/")[2] for name in map(str, seen) if ".zip" in name))
print(_one.WHERE, {0}._below._two.WHERE, _three.WHERE, elsewhere.WHERE)
try:
    import {0}._missing
except ImportError:
    print("missing")
"""


@pytest.fixture
def archive(tmp_path):
    """Return an archive as Ansible sends one, with modules of ours and another's."""
    path = str(tmp_path / "payload.zip")
    with zipfile.ZipFile(path, "w") as file:
        parts = FOLDER.split("/")
        for depth in range(1, len(parts) + 1):
            file.writestr("/".join(parts[:depth]) + "/__init__.py", "")
        file.writestr(FOLDER + "/_below/__init__.py", "")
        file.write(_short_process.__file__, FOLDER + "/_short_process.py")
        for name in (FOLDER + "/_one", FOLDER + "/_below/_two", FOLDER + "/_three", "elsewhere"):
            file.writestr(name + ".py", "WHERE = __name__.rpartition('.')[2]\n")
    return path


def run(archive, code):
    """Run code with the archive in the path; return its status and the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ, PYTHONPATH=archive),
        stdout=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_each_of_our_modules_is_compiled_once_and_others_as_ever(archive):
    status, (compiled, where, missing) = run(archive, OTHER.format(PACKAGE))
    assert status == 0
    assert (where, missing) == ("_one _two _three elsewhere", "missing")
    # Before Python 3.8 nothing tells what is compiled.
    if sys.version_info >= (3, 8):
        files = [name for name in eval(compiled) if name != "__init__.py"]
        assert files == ["_one.py", *TWICE[:2], "_three.py", "_two.py", *TWICE[2:]]


def test_a_process_that_others_own_is_left_alone():
    _short_process.prepare()
    assert _short_process.Finder not in sys.meta_path


@pytest.mark.parametrize(
    "ending, status, printed",
    [
        ("sys.exit(0)", 0, ["result", "registered"]),
        ("sys.exit(1)", 1, ["result", "registered"]),
        # An end that no module asks for is Python's own.
        ("sys.exit(7)", 7, ["result", "registered", "taken down"]),
        ("sys.exit()", 0, ["result", "registered", "taken down"]),
        ("raise OSError", 1, ["result", "registered", "taken down"]),
    ],
)
def test_the_process_ends_at_once_with_its_status_and_all_that_was_printed(archive, ending, status, printed):
    assert run(archive, ENDING.format(PACKAGE, ending)) == (status, printed)


def test_a_process_that_others_own_ends_as_ever():
    ended = run("", "import sys\nsys.path = {0!r}\n".format(sys.path) + ENDING.format(PACKAGE, "sys.exit(0)"))
    assert ended == (0, ["result", "registered", "taken down"])
