# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is checked, and under which versions. `nox --list` shows the sessions; `make test` runs them all."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from glob import glob
from pathlib import Path
from typing import NamedTuple

import nox

NAME = "netops/tcp_keepalive"
ROOT = Path(__file__).parent

# ansible-core, newest first: the Pythons that may run it on the controller, best first, and those that the
# tests have on the target.
CORES = {
    "2.21.5": (["3.14", "3.13", "3.12"], ["3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.20.10": (["3.14", "3.13", "3.12"], ["3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.19.14": (["3.13", "3.12", "3.11"], ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.18.19": (["3.13", "3.12", "3.11"], ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.16.19": (["3.12", "3.11", "3.10"], ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12"]),
}
# Interpreters of pyenv count as present.
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
os.environ["PATH"] = os.pathsep.join(
    [*sorted(glob(f"{PYENV}/versions/*/bin")), *filter(lambda path: "shims" not in path, os.get_exec_path())]
)

nox.options.sessions = [
    "lint",
    "units",
    "units_target",
    "plays",
    "targets",
    "sanity",
    "galaxy",
    "docsite",
    "properties",
    "differential",
    "lab",
    "applications",
    "always",
    "faults",
    "page",
    "bench",
    "engines",
]
# virtualenv no longer supports Python 3.6.
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
# A session without its interpreter is reported as skipped, with the reason; CI=true would make it an error.
nox.options.error_on_missing_interpreters = False


def present(pythons: list[str]) -> str | None:
    return next((python for python in pythons if shutil.which(f"python{python}")), None)


def not_run(what: str) -> None:
    print(f"NOT RUN: {what}", file=sys.stderr)


CONTROLLERS = {core: present(pythons) for core, (pythons, _targets) in CORES.items() if present(pythons)}
for core in [core for core in CORES if core not in CONTROLLERS]:
    not_run(f"ansible-core {core} needs Python {' or '.join(CORES[core][0])}, and none is installed.")
EVERY_CORE = [nox.param(python, core, id=f"core{core}-py{python}") for core, python in CONTROLLERS.items()]
NEWEST_CORE = EVERY_CORE[:1]
NEWEST_AND_OLDEST_CORE = [*NEWEST_CORE, *EVERY_CORE[1:][-1:]]
# EVERY=1 tests every version, as CI on GitHub does; else the newest and the oldest stand for them.
EVERY = "EVERY" in os.environ
MOST_CORES = EVERY_CORE if EVERY else NEWEST_AND_OLDEST_CORE
OLDEST = list(CORES)[-1]
# By target Python, the newest ansible-core that supports it.
TARGETS = {target: core for core, (_pythons, targets) in reversed(CORES.items()) for target in targets}
OLDEST_TARGET, *_OTHERS, NEWEST_TARGET = TARGETS
MOST_TARGETS = list(TARGETS) if EVERY else [OLDEST_TARGET, NEWEST_TARGET]

# `make test` runs sessions of LOGIC beside those of DELIVERY; others use all processors, or measure time.
LOGIC, DELIVERY, ALONE = "logic", "delivery", "alone"


def link_collection(site: Path) -> None:
    """Make the tree importable as the collection, as an editable install would."""
    link = site / "ansible_collections" / NAME
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)


@nox.session(venv_backend="none", tags=[LOGIC])
def lint(session: nox.Session) -> None:
    """Style, types, playbooks, workflow, licenses, changelog and documentation, with the tools of .venv."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    collections = Path(session.cache_dir, "collections").resolve()
    link_collection(collections)
    session.run("mypy", env={"MYPYPATH": str(collections)})
    # Runs side by side must not share ansible-lint's stubs in ~/.ansible.
    home = str(Path(session.cache_dir, "ansible-lint").resolve())
    session.run(
        "ansible-lint", "--offline", "--profile", "production", "--strict", env={"ANSIBLE_HOME": home}
    )
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", ".github/workflows/ci.yml")
    session.run("antsibull-changelog", "lint")
    session.run("reuse", "lint", "--quiet")
    session.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", "."
    )
    session.run(sys.executable, "-m", "pytest", "-q", "tests/project", *session.posargs)


def site_packages(session: nox.Session) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(session.run("python", "-c", code, silent=True).strip())


def install(session: nox.Session, *packages: str) -> None:
    """Install packages at the versions of requirements/sessions.txt."""
    session.install("--quiet", "--constraint", "requirements/sessions.txt", *packages)


def install_core(session: nox.Session, core: str, *packages: str) -> Path:
    """Install ansible-core, this collection and the packages; return the site-packages they are in."""
    # ansible-galaxy needs distlib for the manifest in galaxy.yml.
    install(session, f"ansible-core=={core}", "distlib", *packages)
    site = site_packages(session)
    link_collection(site)
    return site


def target_options(pythons: list[str]) -> list[str]:
    """Return the options that pass those of the Pythons that are installed to tests/plays."""
    return [
        f"--target-python={path}"
        for path in map(shutil.which, [f"python{python}" for python in pythons])
        if path
    ]


def oldest_target(core: str) -> list[str]:
    """Return options: the oldest ansible-core reaches the oldest target, in tests that depend on it most."""
    if core != OLDEST:
        return []
    return target_options(CORES[core][1][:1]) + ([] if EVERY else ["-k", "playbook or planned"])


def every_target(core: str) -> list[str]:
    """Return options: each Python that a target of this ansible-core may have."""
    pythons = CORES[core][1]
    for python in pythons:
        if not shutil.which(f"python{python}"):
            not_run(f"ansible-core {core} with Python {python} on the target: it is not installed.")
    return target_options(pythons)


class Tests(NamedTuple):
    """A session that runs pytest beside ansible-core; ``tag``: with which `make test` runs it."""

    about: str
    pytest: str
    packages: tuple[str, ...] = ()
    cores: list[nox.param] = NEWEST_CORE
    options: Callable[[str], list[str]] = lambda core: []
    within: tuple[str, ...] = ()
    tag: str = ALONE


# For what reaches connections in every process that /proc shows.
OWN_PROCESSES = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
TESTS = {
    "units": Tests(
        "Pure logic, and the modules against a host in a folder.",
        "-q tests/unit",
        cores=MOST_CORES,
        tag=LOGIC,
    ),
    "plays": Tests(
        "The role and the playbooks on this machine's kernel, in network namespaces of their own.",
        "-v --numprocesses=2 tests/plays",
        ("pytest-xdist",),
        NEWEST_AND_OLDEST_CORE,
        oldest_target,
    ),
    "targets": Tests(
        "Apply, audit and remove with each Python that a target may have.",
        "-v --numprocesses=2 tests/plays/test_targets.py",
        ("pytest-xdist",),
        MOST_CORES,
        every_target,
    ),
    "properties": Tests(
        "The planned values over the whole range of requirements.",
        "-q tests/properties",
        ("hypothesis",),
        NEWEST_AND_OLDEST_CORE,
        tag=LOGIC,
    ),
    "differential": Tests(
        "The boot prediction against the real tools: recorded cases and random trees (TREES, SEED).",
        "-s tests/differential",
        ("hypothesis",),
        tag=LOGIC,
    ),
    "lab": Tests(
        "What keepalive does, on real kernels; `-- --write` puts the results into the docs.",
        "-q -rP tests/lab",
        ("matplotlib",),
    ),
    "applications": Tests(
        "The examples, and applications that never ask, compiled and run in a Debian of their own: the "
        "kernel must show their timers armed.",
        "-q tests/applications",
        within=OWN_PROCESSES,
        tag=LOGIC,
    ),
    "always": Tests(
        "Keepalive for applications that never ask: BPF programs on a control group of the tests' own.",
        "-q tests/always",
        within=OWN_PROCESSES,
    ),
    "faults": Tests(
        "A fault at every system call that changes something, in runs of the real module under strace.",
        "-q --numprocesses=2 tests/faults",
        ("pytest-xdist",),
    ),
    "page": Tests(
        "The audit's page in Chromium, and its metrics in Prometheus; `-- --write` takes the docs' picture.",
        "-q -rP tests/page",
        ("playwright", "axe-playwright-python"),
    ),
    "bench": Tests(
        "The role and other ways compared on a small fleet; `-- --write` measures a large one for the docs.",
        "-s tests/bench",
        ("matplotlib",),
    ),
    "engines": Tests(
        "ansible-pull and ansible-runner on hosts that boot; the build context of an execution environment.",
        "-v tests/engines",
        ("ansible-runner", "ansible-builder"),
        tag=DELIVERY,
    ),
}


def add_session(name: str, tests: Tests) -> None:
    def run(session: nox.Session, core: str) -> None:
        install_core(session, core, "pytest", *tests.packages)
        pytest = [*tests.within, "pytest", *tests.pytest.split(), *tests.options(core), *session.posargs]
        session.run(*pytest, external=bool(tests.within))

    run.__doc__ = tests.about
    nox.session(nox.parametrize(["python", "core"], tests.cores)(run), name=name, tags=[tests.tag])


for name, tests in TESTS.items():
    add_session(name, tests)


@nox.session(python=MOST_TARGETS, tags=[LOGIC])
def units_target(session: nox.Session) -> None:
    """What runs on the target, under each Python there, with the newest ansible-core that supports it."""
    core = session.create_tmp()
    session.install("--quiet", "--requirement", "requirements/target.txt")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--upgrade",
        "--ignore-requires-python",
    ]
    session.run(*pip, "--target", core, f"ansible-core=={TARGETS[session.python]}", external=True)
    link_collection(site_packages(session))
    session.run("python", "-m", "compileall", "-q", "-f", "plugins/modules", "plugins/module_utils")
    tests = ["tests/unit/plugins/modules", "tests/unit/plugins/module_utils"]
    session.run("pytest", "-q", *tests, *session.posargs, env={"PYTHONPATH": core})


@nox.session(tags=[DELIVERY])
@nox.parametrize(["python", "core"], NEWEST_AND_OLDEST_CORE if EVERY else NEWEST_CORE)
def sanity(session: nox.Session, core: str) -> None:
    """ansible-test sanity, without a single exception."""
    site = install_core(session, core)
    home = Path(session.cache_dir, "ansible-test").resolve()
    provide_pip(home, site)
    copy = Path(session.create_tmp(), "ansible_collections", NAME).resolve()
    shutil.rmtree(copy, ignore_errors=True)
    files = session.run(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", external=True, silent=True
    )
    for name in filter(os.path.lexists, files.split("\0")[:-1]):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, copy / name)
    with session.chdir(copy):
        session.run("git", "init", "--quiet", external=True)
        session.run("ansible-test", "sanity", "--color", "no", *session.posargs, env={"HOME": str(home)})


def provide_pip(home: Path, site: Path) -> None:
    """Put pip's own bootstrap where ansible-test would otherwise download one from its project's site."""
    cache = home / ".ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    versions = re.findall(
        r"\bpip='([\d.]+)'", (site / "ansible_test/_internal/python_requirements.py").read_text()
    )
    for version in versions:
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(
            "import ensurepip\nensurepip.bootstrap(upgrade=True)\n"
        )


@nox.session(tags=[DELIVERY])
@nox.parametrize(["python", "core"], NEWEST_CORE)
def galaxy(session: nox.Session, core: str) -> None:
    """The archive, built and passed to Ansible Galaxy's importer; any warning of it is a failure."""
    install_core(session, core, "galaxy-importer")
    folder = Path(session.create_tmp()).resolve()
    for archive in folder.glob("*.tar.gz"):
        archive.unlink()
    session.run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
    (archive,) = folder.glob("*.tar.gz")
    strict = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "ANSIBLE_HOME": str(folder / "ansible")}
    with session.chdir(folder):
        output = session.run("python", "-m", "galaxy_importer.main", archive.name, env=strict, silent=True)
    print(output)
    if complaints := re.findall(r"^(?:WARNING|ERROR):.*", output, re.MULTILINE):
        session.error(f"The importer has {len(complaints)} complaints; the first: {complaints[0]}")


@nox.session(tags=[DELIVERY])
@nox.parametrize(["python", "core"], NEWEST_CORE)
def docsite(session: nox.Session, core: str) -> None:
    """The documentation site; a warning is an error, and so is a broken link between its pages."""
    site = install_core(session, core, "antsibull-docs", "myst-parser", "sphinx", "sphinx-ansible-theme")
    source = Path(session.create_tmp(), "docsite").resolve()
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree("docs", source / "docs", ignore=shutil.ignore_patterns("docsite"))
    for name in ("conf.py", "index.md"):
        shutil.copy(f"docs/docsite/{name}", source)
    # antsibull-docs wants a folder that only its user may write to.
    source.chmod(0o755)
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(site), "DOCSITE_ROOT": str(ROOT)}
    session.run(
        *("antsibull-docs", "collection", "--use-current", "--fail-on-error", "--dest-dir", str(source)),
        NAME.replace("/", "."),
        env=environment,
    )
    build = source.with_name("html")
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-E", str(source), str(build), env=environment)
    print(f"The site: {build}/index.html")
