"""What is checked, and under which versions. `nox --list` shows the sessions; `make test` runs them all."""

import os
import re
import shutil
import sys
from pathlib import Path

import nox

NAME = "netops/tcp_keepalive"
ROOT = Path(__file__).parent

# ansible-core, newest first, and the Pythons that may run it on the controller.
CORES = {"2.21.5": ["3.14", "3.13", "3.12"], "2.19.14": ["3.13", "3.12", "3.11"], "2.16.19": ["3.12", "3.11", "3.10"]}
# The oldest core reaches the oldest targets.
OLDEST_CORE = "2.16.19"
TARGET_PYTHON = "3.6"
PYTEST = "9.2.0"
XDIST = "3.8.0"
HYPOTHESIS = "6.170.15"
MATPLOTLIB = "3.11.2"
PLAYWRIGHT = "1.65.2"
AXE = "0.1.8"
RUNNER = "2.4.3"
BUILDER = "3.2.0"

# Interpreters that pyenv keeps aside count as present.
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
os.environ["PATH"] = os.pathsep.join(
    [*(str(path) for path in sorted(PYENV.glob("versions/*/bin"))), *filter(lambda path: "shims" not in path, os.get_exec_path())]
)

nox.options.sessions = [
    "lint",
    "units",
    "units_target",
    "plays",
    "sanity",
    "properties",
    "differential",
    "lab",
    "applications",
    "faults",
    "page",
    "bench",
    "engines",
]
# virtualenv no longer makes one for Python 3.6.
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
# A session without its interpreter is named as skipped, with the reason; CI=true would make it an error.
nox.options.error_on_missing_interpreters = False


def present(pythons: list[str]) -> str | None:
    return next((python for python in pythons if shutil.which(f"python{python}")), None)


NEWEST_CORE = next((core for core, pythons in CORES.items() if present(pythons)), OLDEST_CORE)
VERSIONS = [(core, present(CORES[core])) for core in dict.fromkeys([NEWEST_CORE, OLDEST_CORE])]
RUNS = [nox.param(python, core, id=f"core{core}-py{python}") for core, python in VERSIONS if python]
for core, python in VERSIONS:
    if not python:
        print(f"NOT RUN: ansible-core {core} needs a Python of {', '.join(CORES[core])}, and none is here.", file=sys.stderr)


def link_collection(site: Path) -> None:
    """Make the tree importable as the collection, as an editable install would."""
    link = site / "ansible_collections" / NAME
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)


def site_packages(session: nox.Session) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(session.run("python", "-c", code, silent=True).strip())


def install_core(session: nox.Session, core: str) -> Path:
    session.install("--quiet", f"ansible-core=={core}", f"pytest=={PYTEST}")
    site = site_packages(session)
    link_collection(site)
    return site


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Style, playbooks, documentation, changelog: with the tools of .venv, which runs nox itself."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("ansible-lint", "--offline", "--profile", "production", "--strict")
    session.run("antsibull-changelog", "lint")
    session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", ".")


@nox.session
@nox.parametrize(["python", "core"], RUNS)
def units(session: nox.Session, core: str) -> None:
    """Pure logic, and the modules against a host in a folder."""
    install_core(session, core)
    session.run("pytest", "-q", "tests/unit", *session.posargs)


@nox.session(python=TARGET_PYTHON)
def units_target(session: nox.Session) -> None:
    """The same under the oldest Python of a target, with the module_utils of the oldest core."""
    core = session.create_tmp()
    session.install("--quiet", "--requirement", "requirements/target.txt")
    session.run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--ignore-requires-python"),
        *("--target", core, f"ansible-core=={OLDEST_CORE}"),
        external=True,
    )
    link_collection(site_packages(session))
    session.run("python", "-m", "compileall", "-q", "-f", "plugins/modules", "plugins/module_utils")
    session.run("pytest", "-q", "tests/unit", *session.posargs, env={"PYTHONPATH": core})


@nox.session
@nox.parametrize(["python", "core"], RUNS)
def plays(session: nox.Session, core: str) -> None:
    """The role and the playbooks on this machine's kernel, in network namespaces of their own."""
    install_core(session, core)
    targets = [python for python in [TARGET_PYTHON] if core == OLDEST_CORE and shutil.which(f"python{python}")]
    options = [f"--target-python={shutil.which(f'python{python}')}" for python in targets]
    session.install("--quiet", f"pytest-xdist=={XDIST}")
    session.run("pytest", "-v", "--numprocesses=2", "tests/plays", *options, *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def differential(session: nox.Session, core: str) -> None:
    """The boot verdict against the real tools: recorded cases, and random trees (TREES and SEED in the environment)."""
    install_core(session, core)
    session.install("--quiet", f"hypothesis=={HYPOTHESIS}")
    session.run("pytest", "-s", "tests/differential", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS)
def properties(session: nox.Session, core: str) -> None:
    """The planned values over the whole range of demands."""
    install_core(session, core)
    session.install("--quiet", f"hypothesis=={HYPOTHESIS}")
    session.run("pytest", "-q", "tests/properties", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def lab(session: nox.Session, core: str) -> None:
    """What keepalive does, on real kernels; `-- --write` puts the results into the docs."""
    install_core(session, core)
    session.install("--quiet", f"matplotlib=={MATPLOTLIB}")
    session.run("pytest", "-q", "-rP", "tests/lab", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def applications(session: nox.Session, core: str) -> None:
    """The examples, compiled and run in a Debian of their own: the kernel must show their timers armed."""
    install_core(session, core)
    session.run("pytest", "-q", "tests/applications", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def faults(session: nox.Session, core: str) -> None:
    """A fault at every system call that changes something, in runs of the real module under strace."""
    install_core(session, core)
    session.install("--quiet", f"pytest-xdist=={XDIST}")
    session.run("pytest", "-q", "--numprocesses=2", "tests/faults", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def page(session: nox.Session, core: str) -> None:
    """The audit's page in headless Chromium; `-- --write` puts its picture into the docs."""
    install_core(session, core)
    session.install("--quiet", f"playwright=={PLAYWRIGHT}", f"axe-playwright-python=={AXE}")
    session.run("pytest", "-q", "-rP", "tests/page", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def bench(session: nox.Session, core: str) -> None:
    """The role beside other ways, on a small fleet; `-- --write` measures a large one, for the docs."""
    install_core(session, core)
    session.install("--quiet", f"matplotlib=={MATPLOTLIB}")
    session.run("pytest", "-s", "tests/bench", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS[:1])
def engines(session: nox.Session, core: str) -> None:
    """ansible-pull and ansible-runner on hosts that boot, and the context of an execution environment."""
    install_core(session, core)
    session.install("--quiet", f"ansible-runner=={RUNNER}", f"ansible-builder=={BUILDER}")
    session.run("pytest", "-v", "tests/engines", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], RUNS)
def sanity(session: nox.Session, core: str) -> None:
    """ansible-test sanity, without a single exception."""
    site = install_core(session, core)
    home = Path(session.cache_dir, "ansible-test").resolve()
    bring_pip(home, site)
    copy = Path(session.create_tmp(), "ansible_collections", NAME).resolve()
    shutil.rmtree(copy, ignore_errors=True)
    files = session.run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", external=True, silent=True)
    for name in filter(os.path.lexists, files.split("\0")[:-1]):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, copy / name)
    with session.chdir(copy):
        session.run("git", "init", "--quiet", external=True)
        session.run("ansible-test", "sanity", "--color", "no", *session.posargs, env={"HOME": str(home)})


def bring_pip(home: Path, site: Path) -> None:
    """Put pip's own bootstrap where ansible-test would otherwise download one from its project's site."""
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    versions = re.findall(r"\bpip='([\d.]+)'", (site / "ansible_test/_internal/python_requirements.py").read_text())
    for version in versions:
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text("import ensurepip\nensurepip.bootstrap(upgrade=True)\n")
