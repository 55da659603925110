"""What /proc tells of processes."""

from pathlib import Path


def only_child(pid: int) -> int | None:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if len(children) == 1 else None


def command_name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def pid_namespaces(pid: int) -> int:
    """Return how many PID namespaces see the process, one within the other; 0 where it is gone."""
    return len(_status(pid, "NSpid"))


def arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def ancestors(pid: int) -> list[int]:
    """Return the parent, its parent and so on, up to the first process."""
    found = []
    while pid > 1:
        pid = int(next(iter(_status(pid, "PPid")), 0))
        if pid:
            found.append(pid)
    return found


def _status(pid: int, field: str) -> list[str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
    return next((line.split()[1:] for line in lines if line.startswith(field + ":")), [])
