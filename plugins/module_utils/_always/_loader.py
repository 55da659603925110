# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns on TCP keepalive for new connections of applications that never ask for it.

    tcp_keepalive_always.py attach TIME INTVL PROBES USER_TIMEOUT
    tcp_keepalive_always.py pin TIME INTVL PROBES USER_TIMEOUT
    tcp_keepalive_always.py pin-exception | detach | unpin

A BPF program of type sock_ops does it. "attach" puts it on the whole host; "pin" puts it where BPFProgram= of
systemd's units finds it, and "pin-exception" one that keeps a unit out. A value of "-" is the host's own
(net.ipv4.tcp_keepalive_*); a USER_TIMEOUT of "-" leaves TCP_USER_TIMEOUT alone.

The Ansible collection netops.tcp_keepalive runs this code, and installs the file for the next boot. It needs
Python's standard library alone. Numbers are those of include/uapi/linux/bpf.h.
"""

import ctypes
import fcntl
import mmap
import os
import resource
import socket
import struct
import sys
from contextlib import contextmanager, suppress
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

PINNED = "/sys/fs/bpf/tcp_keepalive_always"
PINNED_EXCEPTION = "/sys/fs/bpf/tcp_keepalive_except"

# The kernel shows these with a program and its map; 15 characters at most.
RULE, EXCEPTION = b"tcp_keepalive", b"tcp_keepaliveno"

MAP_CREATE, PROG_LOAD, OBJ_PIN, OBJ_GET, PROG_ATTACH, PROG_DETACH = 0, 5, 6, 7, 8, 9
PROG_GET_FD_BY_ID, MAP_GET_FD_BY_ID, OBJ_GET_INFO_BY_FD, PROG_QUERY = 13, 14, 15, 16
ARRAY, MMAPABLE, SOCK_OPS_PROGRAM, SOCK_OPS = 2, 1 << 10, 13, 3
ALLOW_OVERRIDE, ALLOW_MULTI, REPLACE = 1, 2, 4


class Values(NamedTuple):
    """Seconds, seconds and a count, up to MAXIMUM; ``user_timeout`` in seconds, 0 where it is left alone."""

    time: int
    intvl: int
    probes: int
    user_timeout: int = 0


# What a socket takes (include/net/tcp.h, MAX_TCP_*), and what has room in the map.
MAXIMUM = Values(32767, 32767, 127, 65535)


# The program: (code, destination, source, offset, immediate), or the name of a place to jump to. Functions
# are named after macros of include/linux/filter.h.

Step = Union[str, Tuple[int, int, int, Union[int, str], int]]
R0, R1, R2, R3, R4, R5, R6, R7, R8, _R9, R10 = range(11)
WORD, DOUBLE_WORD = 0x00, 0x18
ADD, MUL, AND, RIGHT_SHIFT = 0x00, 0x20, 0x50, 0x70
EQUAL, NOT_EQUAL = 0x10, 0x50
OP, REPLY = 0, 4  # offsets in struct bpf_sock_ops
ACTIVE_ESTABLISHED, PASSIVE_ESTABLISHED = 4, 5
SETSOCKOPT, GETSOCKOPT = 49, 57
TCP_USER_TIMEOUT = 18
OPTIONS = ((socket.TCP_KEEPIDLE, 7200), (socket.TCP_KEEPINTVL, 75), (socket.TCP_KEEPCNT, 9))
# An exception leaves this to the programs of the groups above it, which run later.
LEAVE_ALONE = 0x6B656570


class Memory(ctypes.Structure):
    """The map that the program and we share: the values, 16 bits each in one word, so that they change at
    once; how many connections were turned on; and how many blindly, since the kernel could not tell whether
    they were on (before Linux 6.1)."""

    _fields_ = [("values", ctypes.c_uint64), ("turned_on", ctypes.c_uint64), ("blindly", ctypes.c_uint64)]


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


def set_option(level: int, number: int) -> List[Step]:
    """Set a socket option to what R1 holds."""
    return [stx_mem(WORD, R10, R1, -4), *option(SETSOCKOPT, level, number, "end")]


def value(field: int) -> List[Step]:
    """Take one of the values, of which R8 holds all four, into R1."""
    return [mov_reg(R1, R8), alu_imm(RIGHT_SHIFT, R1, 16 * field), alu_imm(AND, R1, 0xFFFF)]


def turn_on(counter: int) -> List[Step]:
    on = [mov_imm(R1, 1), *set_option(socket.SOL_SOCKET, socket.SO_KEEPALIVE)]
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
    kernel's defaults, all three become the host's."""
    get_keepalive = option(GETSOCKOPT, socket.SOL_SOCKET, socket.SO_KEEPALIVE, "blindly")
    steps = [*established(), ldx_mem(WORD, R1, R6, REPLY), jmp_imm(EQUAL, R1, LEAVE_ALONE, "end")]
    steps += [*ld_map_value(R7, map_fd), ldx_mem(DOUBLE_WORD, R8, R7, 0)]
    steps += [*get_keepalive, ldx_mem(WORD, R1, R10, -4), jmp_imm(NOT_EQUAL, R1, 0, "values")]
    steps += [*turn_on(Memory.turned_on.offset), "values"]
    for number, default in OPTIONS:
        steps += unless_default(number, default, "user timeout")
    for field, (number, _default) in enumerate(OPTIONS):
        steps += [*value(field), *set_option(socket.IPPROTO_TCP, number)]
    steps += ["user timeout", *value(3), jmp_imm(EQUAL, R1, 0, "end")]
    steps += unless_default(TCP_USER_TIMEOUT, 0, "end")
    steps += [*value(3), alu_imm(MUL, R1, 1000), *set_option(socket.IPPROTO_TCP, TCP_USER_TIMEOUT)]
    return [*steps, "end", *done(), "blindly", *turn_on(Memory.blindly.offset), *done()]


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


def bpf(command: int, layout: str, *fields: Any) -> Tuple[int, bytearray]:
    """Call bpf(2); return its result, and the attribute as the kernel left it. OSError where it fails."""
    attribute = bytearray(struct.pack("=" + layout, *fields))
    buffer = (ctypes.c_char * len(attribute)).from_buffer(attribute)
    return syscall(_bpf_number(), command, buffer, len(attribute)), attribute


def syscall(number: int, *arguments: Any) -> int:
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    result = call(
        number, *(each if isinstance(each, ctypes.Array) else ctypes.c_long(each) for each in arguments)
    )
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(result)


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


def new_map() -> int:
    layout = "IIIIIII16s"
    return bpf(MAP_CREATE, layout, ARRAY, 4, ctypes.sizeof(Memory), 1, MMAPABLE, 0, 0, RULE)[0]


def memory(map_fd: int) -> Memory:
    return Memory.from_buffer(mmap.mmap(map_fd, ctypes.sizeof(Memory)))


class Info(NamedTuple):
    """Of struct bpf_prog_info: the name; the tag, a hash over the instructions; and the maps, by number."""

    name: bytes
    tag: bytes
    maps: List[int]


def info(program: int) -> Info:
    maps = (ctypes.c_uint32 * 4)()
    record = bytearray(struct.pack("=52xIQ16s", len(maps), ctypes.addressof(maps), b""))
    buffer = (ctypes.c_char * len(record)).from_buffer(record)
    bpf(OBJ_GET_INFO_BY_FD, "IIQ", program, len(record), ctypes.addressof(buffer))
    tag, count, name = struct.unpack("=8x8s36xI8x16s", record)
    return Info(name.rstrip(b"\0"), tag, list(maps[: min(count, len(maps))]))


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


def find(group: int, name: bytes) -> Optional[int]:
    """Return a descriptor of our program on a control group itself, None where there is none."""
    for number in attached(group)[0]:
        program = bpf(PROG_GET_FD_BY_ID, "III", number, 0, 0)[0]
        found = info(program)
        if found.name == name and len(found.maps) == (name == RULE):
            return program
        os.close(program)
    return None


def pinned(path: str) -> Optional[int]:
    """Return a descriptor of the program at a path, None where there is none."""
    try:
        return _at_path(OBJ_GET, path, 0)
    except FileNotFoundError:
        return None


def _at_path(command: int, path: str, program: int) -> int:
    name = ctypes.create_string_buffer(os.fsencode(path))
    return bpf(command, "QII", ctypes.addressof(name), program, 0)[0]


# What is done


def values_of(program: int) -> Tuple[Values, Memory]:
    """Return the values that a program sets, and the memory that it shares with us."""
    with closing(map_of(program)) as map_fd:
        shared = memory(map_fd)
    return Values(*(shared.values >> 16 * field & 0xFFFF for field in range(4))), shared


def prepare(values: Values, earlier: Optional[int]) -> int:
    """Return the rule with these values: the earlier program where it is the same, or a new one with the map
    of the earlier, so that connections of groups that are gone get them too."""
    with closing(map_of(earlier) if earlier else new_map()) as map_fd:
        memory(map_fd).values = sum(number << 16 * field for field, number in enumerate(values))
        program = load(rule(map_fd), RULE)
    if earlier and info(earlier).tag == info(program).tag:
        os.close(program)
        return earlier
    return program


def attach(group: int, program: int, earlier: Optional[int]) -> None:
    """Put a program on a control group, in the place of the earlier one if there is one."""
    if program != earlier:
        flags = ALLOW_MULTI | (REPLACE if earlier else 0)
        bpf(PROG_ATTACH, "IIIII", group, program, SOCK_OPS, flags, earlier or 0)


def detach(group: int, name: bytes) -> bool:
    """Take our program off a control group; return whether it was there."""
    program = find(group, name)
    if program is None:
        return False
    with closing(program):
        bpf(PROG_DETACH, "III", group, program, SOCK_OPS)
    return True


def pin(path: str, program: int) -> None:
    """Pin a program at a path, in the place of what is there."""
    staged = path + "_new"
    unpin(staged)
    _at_path(OBJ_PIN, staged, program)
    os.rename(staged, path)


def unpin(path: str) -> bool:
    """Remove what is pinned at a path; return whether it was there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def root_group(proc: str = "/proc") -> Iterator[int]:
    """Hold the root of the control groups (version 2), locked: one at a time looks and changes."""
    group = _open_root(proc)
    with closing(group):
        fcntl.flock(group, fcntl.LOCK_EX)
        yield group


def _open_root(proc: str) -> int:
    with open(os.path.join(proc, "self/mountinfo"), encoding="utf-8", errors="surrogateescape") as file:
        rows = [line.split(" ") for line in file if " - cgroup2 " in line]
    for row in rows:
        if row[3] == "/":
            return os.open(row[4], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return _mount_unseen()


def _mount_unseen() -> int:
    """Mount control groups of version 2 where there are none, at no place in the file system (fsopen(2))."""
    name = ctypes.create_string_buffer(b"cgroup2")
    with closing(syscall(430, name, 1)) as context:
        syscall(431, context, 6, 0, 0, 0)
        with closing(syscall(432, context, 1, 0)) as mount:
            return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=mount)


def host_value(name: str, proc: str = "/proc") -> int:
    """Return net.ipv4.tcp_keepalive_NAME of this network namespace."""
    with open(os.path.join(proc, "sys/net/ipv4/tcp_keepalive_" + name), encoding="ascii") as file:
        return int(file.read())


def chosen(arguments: Sequence[str], proc: str = "/proc") -> Values:
    """Return the values that a command names: numbers, or "-". ValueError for what no socket takes."""
    if len(arguments) != len(MAXIMUM):
        raise ValueError("give TIME INTVL PROBES USER_TIMEOUT")
    numbers = []
    for name, text, maximum in zip(Values._fields, arguments, MAXIMUM):
        if text == "-" and name == "user_timeout":
            numbers.append(0)
            continue
        number = host_value(name, proc) if text == "-" else int(text)
        if not 1 <= number <= maximum:
            raise ValueError(f"{name} is {number}; a socket takes 1 to {maximum}")
        numbers.append(number)
    return Values(*numbers)


def run(job: str, *arguments: str) -> None:
    with root_group() as group:
        if job == "attach":
            earlier = find(group, RULE)
            attach(group, prepare(chosen(arguments), earlier), earlier)
        elif job == "pin":
            pin(PINNED, prepare(chosen(arguments), pinned(PINNED)))
        elif job == "pin-exception":
            pin(PINNED_EXCEPTION, load(exception(), EXCEPTION))
        elif job == "detach":
            detach(group, RULE)
        elif job == "unpin":
            unpin(PINNED)
            unpin(PINNED_EXCEPTION)
        else:
            raise ValueError(f"{job} is not one of attach, pin, pin-exception, detach, unpin")


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except (OSError, ValueError, TypeError) as problem:
        raise SystemExit(f"{os.path.basename(sys.argv[0])} {' '.join(sys.argv[1:])}: {problem}")
