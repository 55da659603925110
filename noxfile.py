"""What is checked, and under which versions. `nox --list` shows the sessions; `make test` runs them all."""

import os
import re
import shutil
import sys
from pathlib import Path

import nox

NAME = "netops/tcp_keepalive"
ROOT = Path(__file__).parent

# ansible-core, newest first: the Pythons that may run it on the controller, best first, and those of targets that are tried.
CORES = {
    "2.21.5": (["3.14", "3.13", "3.12"], ["3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.20.10": (["3.14", "3.13", "3.12"], ["3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.19.14": (["3.13", "3.12", "3.11"], ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.18.19": (["3.13", "3.12", "3.11"], ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]),
    "2.16.19": (["3.12", "3.11", "3.10"], ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12"]),
}
PYTEST = "9.2.0"
XDIST = "3.8.0"
HYPOTHESIS = "6.170.15"
GALAXY_IMPORTER = "0.4.44"
MATPLOTLIB = "3.11.2"
PLAYWRIGHT = "1.65.2"
AXE = "0.1.8"
RUNNER = "2.4.3"
BUILDER = "3.2.0"

# Interpreters that pyenv keeps aside count as present.
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
os.environ["PATH"] = os.pathsep.join(
    [
        *(str(path) for path in sorted(PYENV.glob("versions/*/bin"))),
        *filter(lambda path: "shims" not in path, os.get_exec_path()),
    ]
)

nox.options.sessions = [
    "lint",
    "units",
    "units_target",
    "plays",
    "targets",
    "sanity",
    "galaxy",
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


def not_run(what: str) -> None:
    print(f"NOT RUN: {what}", file=sys.stderr)


CONTROLLERS = {core: present(pythons) for core, (pythons, _targets) in CORES.items() if present(pythons)}
for core in [core for core in CORES if core not in CONTROLLERS]:
    not_run(f"ansible-core {core} needs a Python of {', '.join(CORES[core][0])}, and none is here.")
EVERY_CORE = [nox.param(python, core, id=f"core{core}-py{python}") for core, python in CONTROLLERS.items()]
NEWEST_CORE = EVERY_CORE[:1]
NEWEST_AND_OLDEST_CORE = [*NEWEST_CORE, *EVERY_CORE[1:][-1:]]
OLDEST = list(CORES)[-1]
# By target Python, the newest ansible-core that works there.
TARGETS = {target: core for core, (_pythons, targets) in reversed(CORES.items()) for target in targets}


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
    """Style, playbooks, workflow, documentation, changelog: with the tools of .venv, which runs nox itself."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    # Two runs at once would meet at ansible-lint's stubs in the user's ~/.ansible.
    home = str(Path(session.cache_dir, "ansible-lint").resolve())
    session.run(
        "ansible-lint", "--offline", "--profile", "production", "--strict", env={"ANSIBLE_HOME": home}
    )
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", ".github/workflows/ci.yml")
    session.run("antsibull-changelog", "lint")
    session.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", "."
    )
    session.run(sys.executable, "-m", "pytest", "-q", "tests/project", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], EVERY_CORE)
def units(session: nox.Session, core: str) -> None:
    """Pure logic, and the modules against a host in a folder."""
    install_core(session, core)
    session.run("pytest", "-q", "tests/unit", *session.posargs)


@nox.session(python=list(TARGETS))
def units_target(session: nox.Session) -> None:
    """The same under each Python of a target, with the module_utils of the newest ansible-core for it."""
    core = session.create_tmp()
    session.install("--quiet", "--requirement", "requirements/target.txt")
    session.run(
        *(
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--upgrade",
            "--ignore-requires-python",
        ),
        *("--target", core, f"ansible-core=={TARGETS[session.python]}"),
        external=True,
    )
    link_collection(site_packages(session))
    session.run("python", "-m", "compileall", "-q", "-f", "plugins/modules", "plugins/module_utils")
    session.run("pytest", "-q", "tests/unit", *session.posargs, env={"PYTHONPATH": core})


@nox.session
@nox.parametrize(["python", "core"], NEWEST_AND_OLDEST_CORE)
def plays(session: nox.Session, core: str) -> None:
    """The role and the playbooks on this machine's kernel, in network namespaces of their own."""
    install_core(session, core)
    # The oldest core reaches the oldest targets.
    oldest = target_options(CORES[core][1][:1]) if core == OLDEST else []
    session.install("--quiet", f"pytest-xdist=={XDIST}")
    session.run("pytest", "-v", "--numprocesses=2", "tests/plays", *oldest, *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], EVERY_CORE)
def targets(session: nox.Session, core: str) -> None:
    """One life of a host with each Python that a target may have."""
    install_core(session, core)
    pythons = CORES[core][1]
    for python in pythons:
        if not shutil.which(f"python{python}"):
            not_run(f"ansible-core {core} with Python {python} on the target: none is here.")
    session.install("--quiet", f"pytest-xdist=={XDIST}")
    options = target_options(pythons)
    session.run("pytest", "-v", "--numprocesses=2", "tests/plays/test_targets.py", *options, *session.posargs)


def target_options(pythons: list[str]) -> list[str]:
    """Return the options that name those of the Pythons that are here."""
    return [
        f"--target-python={path}"
        for path in map(shutil.which, [f"python{python}" for python in pythons])
        if path
    ]


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def differential(session: nox.Session, core: str) -> None:
    """The boot verdict against the real tools: recorded cases, and random trees (TREES and SEED in the environment)."""
    install_core(session, core)
    session.install("--quiet", f"hypothesis=={HYPOTHESIS}")
    session.run("pytest", "-s", "tests/differential", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_AND_OLDEST_CORE)
def properties(session: nox.Session, core: str) -> None:
    """The planned values over the whole range of demands."""
    install_core(session, core)
    session.install("--quiet", f"hypothesis=={HYPOTHESIS}")
    session.run("pytest", "-q", "tests/properties", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def lab(session: nox.Session, core: str) -> None:
    """What keepalive does, on real kernels; `-- --write` puts the results into the docs."""
    install_core(session, core)
    session.install("--quiet", f"matplotlib=={MATPLOTLIB}")
    session.run("pytest", "-q", "-rP", "tests/lab", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def applications(session: nox.Session, core: str) -> None:
    """The examples, compiled and run in a Debian of their own: the kernel must show their timers armed."""
    install_core(session, core)
    session.run("pytest", "-q", "tests/applications", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def faults(session: nox.Session, core: str) -> None:
    """A fault at every system call that changes something, in runs of the real module under strace."""
    install_core(session, core)
    session.install("--quiet", f"pytest-xdist=={XDIST}")
    session.run("pytest", "-q", "--numprocesses=2", "tests/faults", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def page(session: nox.Session, core: str) -> None:
    """The audit's page in headless Chromium; `-- --write` puts its picture into the docs."""
    install_core(session, core)
    session.install("--quiet", f"playwright=={PLAYWRIGHT}", f"axe-playwright-python=={AXE}")
    session.run("pytest", "-q", "-rP", "tests/page", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def bench(session: nox.Session, core: str) -> None:
    """The role beside other ways, on a small fleet; `-- --write` measures a large one, for the docs."""
    install_core(session, core)
    session.install("--quiet", f"matplotlib=={MATPLOTLIB}")
    session.run("pytest", "-s", "tests/bench", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def engines(session: nox.Session, core: str) -> None:
    """ansible-pull and ansible-runner on hosts that boot, and the context of an execution environment."""
    install_core(session, core)
    session.install("--quiet", f"ansible-runner=={RUNNER}", f"ansible-builder=={BUILDER}")
    session.run("pytest", "-v", "tests/engines", *session.posargs)


@nox.session
@nox.parametrize(["python", "core"], NEWEST_AND_OLDEST_CORE)
def sanity(session: nox.Session, core: str) -> None:
    """ansible-test sanity, without a single exception."""
    site = install_core(session, core)
    home = Path(session.cache_dir, "ansible-test").resolve()
    bring_pip(home, site)
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


def bring_pip(home: Path, site: Path) -> None:
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


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def galaxy(session: nox.Session, core: str) -> None:
    """The archive, built and put through the importer of Ansible Galaxy; a warning of it is a failure here."""
    install_core(session, core)
    session.install("--quiet", f"galaxy-importer=={GALAXY_IMPORTER}")
    folder = Path(session.create_tmp()).resolve()
    for archive in folder.glob("*.tar.gz"):
        archive.unlink()
    session.run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
    (archive,) = folder.glob("*.tar.gz")
    strict = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "ANSIBLE_HOME": str(folder / "ansible")}
    with session.chdir(folder):
        told = session.run("python", "-m", "galaxy_importer.main", archive.name, env=strict, silent=True)
    print(told)
    if complaints := re.findall(r"^(?:WARNING|ERROR):.*", told, re.MULTILINE):
        session.error(f"The importer complains, {len(complaints)} times; the first: {complaints[0]}")


DOCSITE = ("antsibull-docs==2.28.0", "myst-parser==5.2.0", "sphinx==9.0.4", "sphinx-ansible-theme==0.10.4")


@nox.session
@nox.parametrize(["python", "core"], NEWEST_CORE)
def docsite(session: nox.Session, core: str) -> None:
    """The documentation site: any warning is an error, a broken link between its pages too."""
    site = install_core(session, core)
    session.install("--quiet", *DOCSITE)
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
