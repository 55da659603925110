# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import ast
import os
import struct
import sys

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _loader


def words(steps):
    """Return instructions as (code, (source << 4) + destination, offset, immediate)."""
    swap = sys.byteorder == "big"
    return [
        (code, registers >> 4 | (registers & 15) << 4 if swap else registers, offset, immediate)
        for code, registers, offset, immediate in struct.iter_unpack("=BBhi", _loader.assemble(steps))
    ]


# As the macros of include/linux/filter.h assemble them.
@pytest.mark.parametrize(
    "steps, expected",
    [
        ([_loader.mov_reg(6, 1)], [(0xBF, 0x16, 0, 0)]),
        ([_loader.mov_imm(0, -1)], [(0xB7, 0x00, 0, -1)]),
        ([_loader.alu_imm(_loader.ADD, 4, -4)], [(0x07, 0x04, 0, -4)]),
        ([_loader.alu_imm(_loader.RIGHT_SHIFT, 1, 16)], [(0x77, 0x01, 0, 16)]),
        ([_loader.ldx_mem(_loader.WORD, 1, 6, 4)], [(0x61, 0x61, 4, 0)]),
        ([_loader.ldx_mem(_loader.DOUBLE_WORD, 8, 7, 0)], [(0x79, 0x78, 0, 0)]),
        ([_loader.stx_mem(_loader.WORD, 10, 1, -4)], [(0x63, 0x1A, -4, 0)]),
        ([_loader.atomic_add(7, 1, 8)], [(0xDB, 0x17, 8, 0)]),
        (_loader.ld_map_value(7, 5), [(0x18, 0x27, 0, 5), (0, 0, 0, 0)]),
        ([_loader.call(57)], [(0x85, 0x00, 0, 57)]),
        (_loader.done(), [(0xB7, 0x00, 0, 1), (0x95, 0x00, 0, 0)]),
    ],
)
def test_instructions(steps, expected):
    assert words(steps) == expected


def test_jumps_count_from_the_next_instruction():
    jump = _loader.jmp_imm(_loader.EQUAL, 1, 4, "there")
    nothing = _loader.mov_imm(1, 1)
    assert words([jump, "there", nothing])[0][2] == 0
    assert words([jump, nothing, nothing, "there", nothing])[0][2] == 2
    assert words(["there", nothing, jump])[1][2] == -2


def test_every_jump_leads_somewhere():
    for steps in (_loader.rule(3), _loader.exception()):
        assembled = words(steps)
        for index, (code, _registers, offset, _immediate) in enumerate(assembled):
            if code in (0x15, 0x55):
                assert 0 <= index + 1 + offset < len(assembled)


def test_values_are_those_given_or_the_hosts(host):
    host.set("time", 600)
    host.set("probes", 5)
    assert _loader.chosen(["-", "60", "-", "-"], host.proc) == _loader.Values(600, 60, 5, 0)
    assert _loader.chosen(["1", "2", "3", "4"], host.proc) == _loader.Values(1, 2, 3, 4)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["0", "60", "5", "-"], "time is 0; a socket takes 1 to 32767"),
        (["32768", "60", "5", "-"], "time is 32768; a socket takes 1 to 32767"),
        (["600", "-", "5", "-"], "intvl is -1; a socket takes 1 to 32767"),
        (["600", "60", "128", "-"], "probes is 128; a socket takes 1 to 127"),
        (["600", "60", "5", "65536"], "user_timeout is 65536; a socket takes 1 to 65535"),
        (["600", "60", "5"], "give TIME INTVL PROBES USER_TIMEOUT"),
    ],
)
def test_values_that_no_socket_takes_are_refused(host, arguments, message):
    host.set("intvl", -1)
    with pytest.raises(_loader.Refused) as caught:
        _loader.chosen(arguments, host.proc)
    assert str(caught.value) == message


def test_it_stands_alone():
    """It is installed as one file: it imports nothing but the standard library."""
    with open(_loader.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    modules = {node.module for node in imports if isinstance(node, ast.ImportFrom)}
    assert not any(node.level for node in imports if isinstance(node, ast.ImportFrom))
    assert names | modules <= {
        *(
            "contextlib",
            "ctypes",
            "fcntl",
            "mmap",
            "os",
            "re",
            "resource",
            "socket",
            "struct",
            "sys",
            "time",
            "typing",
        )
    }
    assert os.path.basename(_loader.__file__) == "_loader.py"
