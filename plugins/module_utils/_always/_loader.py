# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns on TCP keepalive for new connections of applications that never ask for it.

    tcp-keepalive-always.py attach TIME INTVL PROBES USER_TIMEOUT [UNIT]
    tcp-keepalive-always.py except UNIT
    tcp-keepalive-always.py stop
    tcp-keepalive-always.py detach

A BPF program of type sock_ops does it. "attach" puts it on the control group of the whole host, or on that
of a running unit of systemd's, and then turns on what the processes there have opened before; "except" keeps
a unit out; "stop" ends it until the next "attach", "detach" with its exceptions. A value of "-" is the host's
own (net.ipv4.tcp_keepalive_*); a USER_TIMEOUT of "-" leaves TCP_USER_TIMEOUT alone.

The Ansible collection netops.tcp_keepalive runs this code, and installs the file for the next boot. It needs
Python's standard library alone. Numbers are those of include/uapi/linux/bpf.h.
"""

import ctypes
import fcntl
import mmap
import os
import re
import resource
import socket
import struct
import sys
import time
from contextlib import contextmanager, suppress
from typing import Any, ContextManager, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

# Where units find the one program and the one map that they share.
PINNED = "/sys/fs/bpf/tcp_keepalive_always"
STAGED = "_new"

# How long to wait for another run, in seconds.
PATIENCE = 60
# Of one type, on one control group (BPF_CGROUP_MAX_PROGS).
MOST_PROGRAMS = 64

# The kernel shows these with a program and its map; 15 characters at most.
RULE, EXCEPTION = b"tcp_keepalive", b"tcp_keepaliveno"

MAP_CREATE, PROG_LOAD, OBJ_PIN, OBJ_GET, PROG_ATTACH, PROG_DETACH = 0, 5, 6, 7, 8, 9
PROG_GET_FD_BY_ID, MAP_GET_FD_BY_ID, OBJ_GET_INFO_BY_FD, PROG_QUERY = 13, 14, 15, 16
ARRAY, MMAPABLE, SOCK_OPS_PROGRAM, SOCK_OPS = 2, 1 << 10, 13, 3
ALLOW_OVERRIDE, ALLOW_MULTI, REPLACE = 1, 2, 4
PIDFD_OPEN, PIDFD_GETFD = 434, 438
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# systemd.unit(5), those that have control groups.
UNITS = (".service", ".slice", ".socket", ".scope", ".mount", ".swap")


class Values(NamedTuple):
    """Seconds, seconds and a count, up to MAXIMUM; ``user_timeout`` in seconds, 0 where it is left alone."""

    time: int
    intvl: int
    probes: int
    user_timeout: int = 0


NO_VALUES = Values(0, 0, 0)
# What a socket takes (include/net/tcp.h, MAX_TCP_*), and what has room in the map.
MAXIMUM = Values(32767, 32767, 127, 65535)


# The program: (code, destination, source, offset, immediate), or the name of a place to jump to. Functions
# are named after macros of include/linux/filter.h.

Step = Union[str, Tuple[int, int, int, Union[int, str], int]]
R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10 = range(11)
WORD, DOUBLE_WORD = 0x00, 0x18
ADD, MUL, AND, RIGHT_SHIFT = 0x00, 0x20, 0x50, 0x70
EQUAL, NOT_EQUAL = 0x10, 0x50
OP, REPLY = 0, 4  # offsets in struct bpf_sock_ops
ACTIVE_ESTABLISHED, PASSIVE_ESTABLISHED = 4, 5
SETSOCKOPT, GETSOCKOPT = 49, 57
TCP_USER_TIMEOUT, SO_PROTOCOL, MPTCP = 18, 38, 262
OPTIONS = ((socket.TCP_KEEPIDLE, 7200), (socket.TCP_KEEPINTVL, 75), (socket.TCP_KEEPCNT, 9))
DEFAULTS = [default for _number, default in OPTIONS]
# An exception leaves this to the programs of the groups above it, which run later.
LEAVE_ALONE = 0x6B656570


class Refused(Exception):
    """What cannot be done, why, and what would help."""


class Memory(ctypes.Structure):
    """The map that the program and we share: the values, 16 bits each in one word, so that they change at
    once, 0 for a program that does nothing; how many connections were turned on; how many blindly, since the
    kernel could not tell whether they were on (before Linux 6.1); and the values that all connections that
    were open have been given."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("values", "turned_on", "blindly", "given")]


def mov_reg(destination: int, source: int) -> Step:
    return 0xBF, destination, source, 0, 0


def mov_imm(destination: int, number: int) -> Step:
    return 0xB7, destination, 0, 0, number


def alu_imm(operation: int, destination: int, number: int) -> Step:
    return 0x07 | operation, destination, 0, 0, number


def ldx_mem(size: int, destination: int, source: int, offset: int) -> Step:
    return 0x61 | size, destination, source, offset, 0


def stx_mem(size: int, destination: int, source: int, offset: int) -> Step:
    return 0x63 | size, destination, source, offset, 0


def atomic_add(destination: int, source: int, offset: int) -> Step:
    return 0xDB, destination, source, offset, 0


def jmp_imm(operation: int, register: int, number: int, place: str) -> Step:
    return 0x05 | operation, register, 0, place, number


def ld_map_value(destination: int, map_fd: int) -> List[Step]:
    return [(0x18, destination, 2, 0, map_fd), (0, 0, 0, 0, 0)]


def jne_reg(register: int, other: int, place: str) -> Step:
    return 0x5D, register, other, place, 0


def call(helper: int) -> Step:
    return 0x85, 0, 0, 0, helper


def done() -> List[Step]:
    return [mov_imm(R0, 1), (0x95, 0, 0, 0, 0)]


def option(helper: int, level: int, number: int, failed: str) -> List[Step]:
    """Let a helper get or set a socket option, whose value is on the stack."""
    arguments = [mov_reg(R1, R6), mov_imm(R2, level), mov_imm(R3, number)]
    arguments += [mov_reg(R4, R10), alu_imm(ADD, R4, -4), mov_imm(R5, 4)]
    return [*arguments, call(helper), jmp_imm(NOT_EQUAL, R0, 0, failed)]


def unless_default(number: int, default: int, place: str) -> List[Step]:
    """Jump where a TCP option does not read as ``default``."""
    get = option(GETSOCKOPT, socket.IPPROTO_TCP, number, place)
    return [*get, ldx_mem(WORD, R1, R10, -4), jmp_imm(NOT_EQUAL, R1, default, place)]


def unless_value(field: int, number: int, place: str) -> List[Step]:
    """Jump where a TCP option does not read as one of the values."""
    get = option(GETSOCKOPT, socket.IPPROTO_TCP, number, place)
    return [*get, *value(field), ldx_mem(WORD, R2, R10, -4), jne_reg(R1, R2, place)]


def set_option(level: int, number: int, failed: str) -> List[Step]:
    """Set a socket option to what R1 holds."""
    return [stx_mem(WORD, R10, R1, -4), *option(SETSOCKOPT, level, number, failed)]


def value(field: int) -> List[Step]:
    """Take one of the values, of which R8 holds all four, into R1."""
    return [mov_reg(R1, R8), alu_imm(RIGHT_SHIFT, R1, 16 * field), alu_imm(AND, R1, 0xFFFF)]


def keepalive_on(counter: int) -> List[Step]:
    on = [mov_imm(R1, 1), *set_option(socket.SOL_SOCKET, socket.SO_KEEPALIVE, "end")]
    return [*on, mov_imm(R1, 1), atomic_add(R7, R1, counter)]


def established() -> List[Step]:
    """Go on for a connection that has just been established, by either side; else jump to the end."""
    return [
        mov_reg(R6, R1),
        ldx_mem(WORD, R1, R6, OP),
        jmp_imm(EQUAL, R1, ACTIVE_ESTABLISHED, "established"),
        jmp_imm(NOT_EQUAL, R1, PASSIVE_ESTABLISHED, "end"),
        "established",
    ]


def rule(map_fd: int) -> List[Step]:
    """Who has not chosen gets the host's values: keepalive off becomes on; where all three values read as the
    kernel's defaults, all three become the host's. The user timeout goes with them: with values that an
    application chose, it might end connections early."""
    steps = [*established(), ldx_mem(WORD, R1, R6, REPLY), jmp_imm(EQUAL, R1, LEAVE_ALONE, "end")]
    steps += [*ld_map_value(R7, map_fd), ldx_mem(DOUBLE_WORD, R8, R7, 0), jmp_imm(EQUAL, R8, 0, "end")]
    steps += option(GETSOCKOPT, socket.SOL_SOCKET, socket.SO_KEEPALIVE, "blindly")
    steps += [ldx_mem(WORD, R9, R10, -4)]
    for number, default in OPTIONS:
        steps += unless_default(number, default, "user timeout")
    for field, (number, _default) in enumerate(OPTIONS):
        steps += [*value(field), *set_option(socket.IPPROTO_TCP, number, "user timeout")]
    steps += ["user timeout", *value(3), jmp_imm(EQUAL, R1, 0, "on")]
    for field, (number, _default) in enumerate(OPTIONS):
        steps += unless_value(field, number, "on")
    steps += unless_default(TCP_USER_TIMEOUT, 0, "on")
    steps += [*value(3), alu_imm(MUL, R1, 1000), *set_option(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, "on")]
    # Last, so that the timer is armed once, and for the new time.
    steps += ["on", jmp_imm(NOT_EQUAL, R9, 0, "end"), *keepalive_on(Memory.turned_on.offset)]
    return [*steps, "end", *done(), "blindly", *keepalive_on(Memory.blindly.offset), *done()]


def exception() -> List[Step]:
    leave_alone = [mov_imm(R1, LEAVE_ALONE), stx_mem(WORD, R6, R1, REPLY)]
    return [*established(), *leave_alone, "end", *done()]


def assemble(steps: List[Step]) -> bytes:
    """Return the instructions (struct bpf_insn)."""
    places: Dict[str, int] = {}
    instructions: List[Tuple[int, int, int, Union[int, str], int]] = []
    for step in steps:
        if isinstance(step, str):
            places[step] = len(instructions)
        else:
            instructions.append(step)
    assembled = b""
    for index, (code, destination, source, offset, immediate) in enumerate(instructions):
        distance = places[offset] - index - 1 if isinstance(offset, str) else offset
        # Registers share a byte, the destination in its lower half on a little-endian machine.
        low, high = (destination, source) if sys.byteorder == "little" else (source, destination)
        assembled += struct.pack("=BBhi", code, high << 4 | low, distance, immediate)
    return assembled


# The kernel

_SYSCALL = ctypes.CDLL(None, use_errno=True).syscall
_SYSCALL.argtypes, _SYSCALL.restype = (ctypes.c_long,) * 6, ctypes.c_long


def bpf(command: int, layout: str, *fields: Any) -> Tuple[int, bytearray]:
    """Call bpf(2); return its result, and the attribute as the kernel left it. OSError where it fails."""
    attribute = bytearray(struct.pack("=" + layout, *fields))
    buffer = (ctypes.c_char * len(attribute)).from_buffer(attribute)
    return syscall(_bpf_number(), command, ctypes.addressof(buffer), len(attribute)), attribute


def syscall(number: int, first: int, second: int = 0, third: int = 0, fourth: int = 0, fifth: int = 0) -> int:
    """Make a system call; buffers are given by their addresses."""
    result: int = _SYSCALL(number, first, second, third, fourth, fifth)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _bpf_number() -> int:
    """Return the number of bpf(2), which depends on the architecture of this process."""
    machine, wide = os.uname().machine, sys.maxsize > 2**32
    if machine == "x86_64" and wide:
        return 321
    if machine in ("x86_64", "i686", "i586", "i486", "i386"):
        return 357
    if machine.startswith("arm") or (machine == "aarch64" and not wide):
        return 386
    return {"ppc64le": 361, "ppc64": 361, "ppc": 361, "s390x": 351, "s390": 351}.get(machine, 280)


@contextmanager
def closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def load(steps: List[Step], name: bytes) -> int:
    """Load a program; return its descriptor."""
    # Before Linux 5.11 programs count as locked memory, of which a process may have very little.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    code, license = assemble(steps), b"GPL\0"
    buffers = [ctypes.create_string_buffer(text, len(text)) for text in (code, license)]
    pointers = map(ctypes.addressof, buffers)
    layout = "IIQQIIQII16s"
    return bpf(PROG_LOAD, layout, SOCK_OPS_PROGRAM, len(code) // 8, *pointers, 0, 0, 0, 0, 0, name)[0]


MAP = (ARRAY, 4, ctypes.sizeof(Memory), 1, MMAPABLE)


def new_map() -> int:
    return bpf(MAP_CREATE, "IIIIIII16s", *MAP, 0, 0, RULE)[0]


def memory(map_fd: int) -> Memory:
    return Memory.from_buffer(mmap.mmap(map_fd, ctypes.sizeof(Memory)))


class Info(NamedTuple):
    """Of struct bpf_prog_info: the program's number; its name; the tag, a hash over the instructions; and the
    maps, by number."""

    number: int
    name: bytes
    tag: bytes
    maps: List[int]


def info(program: int) -> Info:
    maps = (ctypes.c_uint32 * 4)()
    record = bytearray(struct.pack("=52xIQ16s", len(maps), ctypes.addressof(maps), b""))
    buffer = (ctypes.c_char * len(record)).from_buffer(record)
    bpf(OBJ_GET_INFO_BY_FD, "IIQ", program, len(record), ctypes.addressof(buffer))
    number, tag, count, name = struct.unpack("=4xI8s36xI8x16s", record)
    return Info(number, name.rstrip(b"\0"), tag, list(maps[: min(count, len(maps))]))


def is_ours(program: int, name: bytes) -> bool:
    """Return whether a program is the rule or the exception, of any version: by its name and its map."""
    found = info(program)
    if found.name != name or len(found.maps) != (name == RULE):
        return False
    if name == EXCEPTION:
        return True
    # Of struct bpf_map_info: the type, the sizes of keys and values, how many there are at most, the flags.
    record = bytearray(struct.pack("=24x16s", b""))
    buffer = (ctypes.c_char * len(record)).from_buffer(record)
    with closing(map_of(program)) as map_fd:
        bpf(OBJ_GET_INFO_BY_FD, "IIQ", map_fd, len(record), ctypes.addressof(buffer))
    kind, _number, *sizes, label = struct.unpack("=IIIIII16s", record)
    return (kind, *sizes) == MAP and label.rstrip(b"\0") == RULE


def attached(group: int) -> Tuple[List[int], int]:
    """Return the programs on a control group itself, by number, and the flags they were attached with."""
    numbers = (ctypes.c_uint32 * 64)()
    _result, attribute = bpf(
        PROG_QUERY, "IIIIQI", group, SOCK_OPS, 0, 0, ctypes.addressof(numbers), len(numbers)
    )
    flags, count = struct.unpack("=12xI8xI", attribute)
    return list(numbers[:count]), flags


def map_of(program: int) -> int:
    """Return a descriptor of the map of the rule."""
    return bpf(MAP_GET_FD_BY_ID, "III", info(program).maps[0], 0, 0)[0]


def pinned(path: str) -> Optional[int]:
    """Return a descriptor of our program at a path, None where there is none."""
    try:
        program = _at_path(OBJ_GET, path, 0)
    except FileNotFoundError:
        return None
    if is_ours(program, RULE):
        return program
    os.close(program)
    return None


def is_pinned(path: str) -> bool:
    program = pinned(path)
    if program is not None:
        os.close(program)
    return program is not None


def check_pin() -> None:
    """Raise Refused where something that is not ours has the place of our pin."""
    if os.path.lexists(PINNED) and not is_pinned(PINNED):
        raise Refused(f"{PINNED} is another's BPF program. Remove that file")


def _at_path(command: int, path: str, program: int) -> int:
    name = ctypes.create_string_buffer(os.fsencode(path))
    return bpf(command, "QII", ctypes.addressof(name), program, 0)[0]


def pin(path: str, program: int) -> None:
    """Pin a program at a path, in the place of what is there."""
    staged = path + STAGED
    _remove(staged)
    _at_path(OBJ_PIN, staged, program)
    os.rename(staged, path)


def unpin(path: str) -> None:
    """Remove a pin, and what a killed run left beside it."""
    _remove(path + STAGED)
    if is_pinned(path):
        _remove(path)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


# Control groups


@contextmanager
def root_group(proc: str = "/proc") -> Iterator[int]:
    """Hold the root of the control groups (version 2), locked: one at a time looks and changes."""
    with closing(open_root(proc)) as root:
        _lock(root)
        yield root


def _lock(root: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            return fcntl.flock(root, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.02)
    raise Refused(
        f"another process has held the lock on the control groups for {PATIENCE} seconds; "
        '"lslocks" shows which. Run again when it has ended'
    )


def open_root(proc: str) -> int:
    with open(os.path.join(proc, "self/mountinfo"), encoding="utf-8", errors="surrogateescape") as file:
        rows = [line.split(" ") for line in file if " - cgroup2 " in line]
    for row in rows:
        if row[3] == "/":
            return os.open(row[4], FOLDER)
    return _mount_unseen()


def _mount_unseen() -> int:
    """Mount control groups of version 2 where there are none, at no place in the file system (fsopen(2))."""
    name = ctypes.create_string_buffer(b"cgroup2")
    with closing(syscall(430, ctypes.addressof(name), 1)) as context:
        syscall(431, context, 6)
        with closing(syscall(432, context, 1, 0)) as mount:
            return os.open(".", FOLDER, dir_fd=mount)


def group_of(root: int, path: str) -> ContextManager[int]:
    """Open a group by its path below the root, "." for the root itself."""
    return closing(os.open(path, FOLDER, dir_fd=root))


def unit_groups(root: int, path: str = ".") -> Iterator[str]:
    """Yield the paths of the groups of systemd's units. A unit's is below slices alone, unlike what a
    container or a user's own systemd names like one."""
    names: List[str] = []
    # Any but the root may end at any moment.
    with suppress(FileNotFoundError), group_of(root, path) as group:
        names = [name for name in os.listdir(group) if name.endswith(UNITS)]
    for name in names:
        below = os.path.join(path, name)
        yield below
        if name.endswith(".slice"):
            yield from unit_groups(root, below)


def find_unit(root: int, unit: str) -> Optional[str]:
    """Return the path of a unit's group, None where it does not run."""
    return next((path for path in unit_groups(root) if os.path.basename(path) == unit), None)


def find(group: int, name: bytes) -> Optional[int]:
    """Return a descriptor of our program on a control group itself, None where there is none, or no group any
    more."""
    numbers: List[int] = []
    with suppress(FileNotFoundError):
        numbers, _flags = attached(group)
    for number in numbers:
        try:
            program = bpf(PROG_GET_FD_BY_ID, "III", number, 0, 0)[0]
        except FileNotFoundError:
            continue
        if is_ours(program, name):
            return program
        os.close(program)
    return None


def check_group(root: int, path: str) -> None:
    """Raise Refused where our program would turn off another's, or may not stand beside it
    (kernel/bpf/cgroup.c, hierarchy_allows_attach and compute_effective_progs)."""
    parts = [] if path == "." else os.path.normpath(path).split("/")
    for depth in range(len(parts) + 1):
        above = os.path.join(".", *parts[:depth])
        with group_of(root, above) as group:
            programs, flags = attached(group)
        if programs and not flags & ALLOW_MULTI:
            raise Refused(
                f"the control group {os.path.normpath('/' + above)} has a BPF program (number {programs[0]}; "
                '"bpftool prog show" names it) that was attached without BPF_F_ALLOW_MULTI, and so leaves no '
                "room for another. Whoever attaches it has to add that flag"
            )
    if len(programs) >= MOST_PROGRAMS:
        raise Refused(
            f"the control group {os.path.normpath('/' + path)} has {len(programs)} BPF programs of this "
            'type, as many as fit ("bpftool cgroup tree" shows them). Detach one'
        )


def attach(group: int, program: int) -> None:
    """Put a program on a control group, in the place of an earlier one of its name if there is one."""
    earlier = find(group, info(program).name)
    flags = ALLOW_MULTI | (REPLACE if earlier else 0)
    try:
        bpf(PROG_ATTACH, "IIIII", group, program, SOCK_OPS, flags, earlier or 0)
    finally:
        if earlier:
            os.close(earlier)


def detach(group: int, name: bytes) -> bool:
    """Take our program off a control group; return whether it was there."""
    program = find(group, name)
    if program is None:
        return False
    with closing(program):
        bpf(PROG_DETACH, "III", group, program, SOCK_OPS)
    return True


# The values


def values_of(program: int) -> Tuple[Values, Memory]:
    """Return the values that a program sets, and the memory that it shares with us."""
    with closing(map_of(program)) as map_fd:
        shared = memory(map_fd)
    return unpacked(shared.values), shared


def unpacked(word: int) -> Values:
    return Values(*(word >> 16 * field & 0xFFFF for field in range(len(MAXIMUM))))


def set_values(program: int, values: Values) -> None:
    """Change the values that a program sets, in all groups at once, also those that are gone."""
    with closing(map_of(program)) as map_fd:
        memory(map_fd).values = sum(number << 16 * field for field, number in enumerate(values))


def program_like(earlier: Optional[int]) -> int:
    """Return the rule: the earlier program where it is the same, else a new one with the earlier's map."""
    with closing(map_of(earlier) if earlier else new_map()) as map_fd:
        program = load(rule(map_fd), RULE)
    if earlier and info(earlier).tag == info(program).tag:
        os.close(program)
        return os.dup(earlier)
    return program


def ours(root: int) -> Optional[int]:
    """Return a descriptor of the program that this host has, None where it has none."""
    with group_of(root, ".") as group:
        return find(group, RULE) or pinned(PINNED)


def host_value(name: str, proc: str = "/proc") -> int:
    """Return net.ipv4.tcp_keepalive_NAME of this network namespace."""
    with open(os.path.join(proc, "sys/net/ipv4/tcp_keepalive_" + name), encoding="ascii") as file:
        return int(file.read())


def chosen(arguments: Sequence[str], proc: str = "/proc") -> Values:
    """Return the values that a command names: numbers, or "-". Refused for what no socket takes."""
    if len(arguments) != len(MAXIMUM):
        raise Refused("give TIME INTVL PROBES USER_TIMEOUT")
    numbers = []
    for name, text, maximum in zip(Values._fields, arguments, MAXIMUM):
        if text == "-" and name == "user_timeout":
            numbers.append(0)
            continue
        if text != "-" and not re.fullmatch("[0-9]{1,9}", text):
            raise Refused(f"{name} is {text!r}; give a number, or - for the host's own")
        number = host_value(name, proc) if text == "-" else int(text)
        if not 1 <= number <= maximum:
            raise Refused(f"{name} is {number}; a socket takes 1 to {maximum}")
        numbers.append(number)
    return Values(*numbers)


# Connections that are open


class Due(NamedTuple):
    """What a connection is to get: keepalive on, the three values, its timer armed anew, the user timeout."""

    on: bool
    values: bool
    again: bool
    user_timeout: bool


NOTHING = Due(False, False, False, False)


def due(connection: socket.socket, values: Values, armed: int = 0, earlier: Sequence[Values] = ()) -> Due:
    """Return what the rule gives to a connection. ``armed``: milliseconds until its keepalive timer expires,
    0 where none runs, or that is not known. ``earlier``: values that the rule gave until now, which are
    nobody's choice either."""
    read = connection.getsockopt
    protocol = read(socket.SOL_SOCKET, SO_PROTOCOL)
    if protocol not in (socket.IPPROTO_TCP, MPTCP):
        return NOTHING
    own = own_values(connection)
    wanted, limit = list(values[:3]), 1000 * values.user_timeout
    not_chosen = own == DEFAULTS or own in [list(each[:3]) for each in earlier]
    gets_values = not_chosen and own != wanted
    # A multipath socket itself says off, whatever the program has turned on below it.
    on = bool(armed or read(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    overlong = bool(on and own) and armed > 1000 * max(own[:2])
    gets_limit = bool(limit or earlier) and protocol == socket.IPPROTO_TCP and (not_chosen or own == wanted)
    if gets_limit:
        others = {0, *(1000 * each.user_timeout for each in earlier)} - {limit}
        gets_limit = read(socket.IPPROTO_TCP, TCP_USER_TIMEOUT) in others
    return Due(not on, gets_values, overlong and not gets_values, gets_limit)


def own_values(connection: socket.socket) -> List[int]:
    """Return a connection's time, intvl and probes; none where the kernel has none for a multipath one."""
    with suppress(OSError):
        return [connection.getsockopt(socket.IPPROTO_TCP, number) for number, _default in OPTIONS]
    return []


def give(connection: socket.socket, values: Values, what: Due) -> None:
    """Give a connection what is due to it."""
    write = connection.setsockopt
    if what.user_timeout:
        write(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 1000 * values.user_timeout)
    if what.again:
        write(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
    if what.on or what.again:
        write(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if what.values:
        write(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, values.intvl)
        write(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, values.probes)
        # Last, since it arms the timer, less what has passed since the last data.
        write(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, values.time)


def sockets_of(pid: int, proc: str = "/proc") -> List[Tuple[int, int]]:
    """Return the descriptors of a process that are sockets, and their inodes; none where it has ended."""
    found = []
    try:
        folder = os.open(os.path.join(proc, str(pid), "fd"), FOLDER)
    except (FileNotFoundError, ProcessLookupError):
        return []
    # It may end at any moment, and close a descriptor.
    with closing(folder), suppress(FileNotFoundError, ProcessLookupError):
        for name in os.listdir(folder):
            try:
                target = os.readlink(name, dir_fd=folder)
            except FileNotFoundError:
                continue
            if target.startswith("socket:["):
                found.append((int(name), int(target[8:-1])))
    return found


def copy(process: int, descriptor: int, inode: int) -> Optional[socket.socket]:
    """Return a copy of a socket of a process (a pidfd), None where the descriptor has become another's. It is
    to be closed at once, since it keeps open what its owner closes (pidfd_getfd(2))."""
    number = syscall(PIDFD_GETFD, process, descriptor)
    if os.fstat(number).st_ino != inode:
        os.close(number)
        return None
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, number)


def processes_of(root: int, path: str) -> Iterator[int]:
    """Yield the processes in a group and those below it, but for exceptions."""
    for _folder, folders, _files, group in os.fwalk(path, dir_fd=root):
        exception = find(group, EXCEPTION)
        if exception is not None:
            os.close(exception)
            del folders[:]
            continue
        # A group of threads cannot be read (EOPNOTSUPP); the group above it has their processes.
        with suppress(OSError), open(os.open("cgroup.procs", os.O_RDONLY, dir_fd=group)) as file:
            yield from map(int, file.read().split())


def turn_on(root: int, path: str, values: Values) -> None:
    """Give the rule to what the processes of a group have opened before the program was there."""
    for pid in processes_of(root, path):
        with suppress(OSError), closing(syscall(PIDFD_OPEN, pid)) as process:
            for descriptor, inode in sockets_of(pid):
                with suppress(OSError):
                    connection = copy(process, descriptor, inode)
                    if connection:
                        with connection:
                            connection.getpeername()  # OSError for one that is not connected
                            give(connection, values, due(connection, values))


# The commands


def attach_to(root: int, path: str, values: Values) -> None:
    check_group(root, path)
    with closing(program_like(ours(root))) as program, group_of(root, path) as group:
        set_values(program, values)
        if path != ".":
            check_pin()
            pin(PINNED, program)
        attach(group, program)
    turn_on(root, path, values)


def except_unit(root: int, unit: str) -> None:
    path = running(root, unit)
    check_group(root, path)
    with group_of(root, path) as group, closing(load(exception(), EXCEPTION)) as program:
        attach(group, program)


def running(root: int, unit: str) -> str:
    path = find_unit(root, unit)
    if path is None:
        raise Refused(f"{unit} does not run")
    return path


def detach_all(root: int, names: Sequence[bytes] = (RULE, EXCEPTION)) -> None:
    program = ours(root)
    if program:
        with closing(program):
            set_values(program, NO_VALUES)
    for path in (".", *unit_groups(root)):
        for name in names:
            with suppress(FileNotFoundError), group_of(root, path) as group:
                detach(group, name)
    unpin(PINNED)


def run(*command: str) -> None:
    job, *arguments = command or ("",)
    if len(arguments) not in {"attach": (4, 5), "except": (1,), "stop": (0,), "detach": (0,)}.get(job, ()):
        raise Refused("give one of: attach TIME INTVL PROBES USER_TIMEOUT [UNIT], except UNIT, stop, detach")
    with root_group() as root:
        if job == "attach":
            values, unit = chosen(arguments[:4]), arguments[4:]
            attach_to(root, running(root, *unit) if unit else ".", values)
        elif job == "except":
            except_unit(root, *arguments)
        else:
            detach_all(root, [RULE] if job == "stop" else [RULE, EXCEPTION])


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except (OSError, Refused) as problem:
        raise SystemExit(f"{os.path.basename(sys.argv[0])} {' '.join(sys.argv[1:])}: {problem}")
