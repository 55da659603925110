# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _marks

LINE = b"net.ipv4.tcp_keepalive_time = 600"
MARKED = b"# disabled by netops.tcp_keepalive (b3eb2c3d): " + LINE
VENDOR = "/usr/lib/sysctl.d/x.conf"


def test_mark_is_a_comment_with_the_crc_32_of_the_line():
    assert _marks.mark_line(LINE) == MARKED


@pytest.mark.parametrize(
    "line", [LINE, b"", b"\t-a = 1 \r", b"a = \xff", b"\xc3\xa4 = 1", MARKED, b"# (x): "]
)
def test_line_comes_back_byte_for_byte(line):
    data = b"first\n" + _marks.mark_line(line) + b"\nlast"
    assert _marks.undo(data) == (b"first\n" + line + b"\nlast", [(2, line)], [])


@pytest.mark.parametrize(
    "line",
    [
        MARKED.replace(b"600", b"601"),
        MARKED + b" ",
        MARKED + b"\r",
        MARKED.replace(b"b3eb2c3d", b"b3eb2c30"),
        MARKED.replace(b" (b3eb2c3d)", b""),
        b" " + MARKED,
        b"#" + MARKED,
        b"# disabled by netops.tcp_keepalive (b3eb2c3d): ",
    ],
)
def test_marked_line_that_was_changed_is_left_alone(line):
    data = line + b"\n" + MARKED + b"\n"
    assert _marks.undo(data) == (line + b"\n" + LINE + b"\n", [(2, LINE)], [1])


@pytest.mark.parametrize(
    "data", [b"", b"\n", LINE, b"# " + LINE, b"# disabled by us: " + LINE, LINE + b" # x"]
)
def test_file_without_marks_is_as_it_is(data):
    assert _marks.undo(data) == (data, [], [])
    assert _marks.parse_copy(data) is None


@pytest.mark.parametrize(
    "file", [VENDOR, "/usr/lib/sysctl.d/x hides it, y.conf", "/usr/lib/sysctl.d/\udcfc.conf"]
)
@pytest.mark.parametrize("data", [b"", LINE, b"a = 1\n" + LINE + b"\nb = \xff\r\n"])
def test_copy_is_known_with_any_line_of_it_marked(file, data):
    first, marked = _marks.mark_copy(file, data), data.replace(LINE, _marks.mark_line(LINE))
    for body in (data, marked):
        assert _marks.parse_copy(first + body) == (file, _marks.checksum(data), True)
    for body in (marked + b"#", marked.replace(b"600", b"6") + b"#"):
        assert _marks.parse_copy(first + body) == (file, _marks.checksum(data), False)


def test_first_line_of_a_copy_says_whose_it_is_and_why():
    assert _marks.mark_copy(VENDOR, b"") == (
        b"# netops.tcp_keepalive (00000000): this copy of /usr/lib/sysctl.d/x.conf hides it, "
        b"to disable lines of it.\n"
    )
