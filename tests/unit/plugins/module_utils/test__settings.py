# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import (
    DEFAULTS,
    INTVL,
    PROBES,
    SETTINGS,
    TIME,
    KeepaliveError,
    detection_time,
    from_kernel_text,
    from_option,
)


def test_names_keys_and_defaults():
    assert [setting.name for setting in SETTINGS] == ["time", "intvl", "probes"]
    assert TIME.key == "net.ipv4.tcp_keepalive_time"
    assert DEFAULTS == {"time": 7200, "intvl": 75, "probes": 9}


class Vaulted:
    """An inline !vault string as ansible-core 2.16 and 2.18 have it: it reads as text, and is no str."""

    def __init__(self, text):
        self._text = text

    def __str__(self):
        return self._text


@pytest.mark.parametrize(
    "setting, given, number",
    [
        (TIME, 1, 1),
        (TIME, 32767, 32767),
        (INTVL, "32767", 32767),
        (PROBES, 127, 127),
        (PROBES, "9", 9),
        (TIME, Vaulted("120"), 120),
    ],
)
def test_option_is_accepted(setting, given, number):
    assert from_option(setting, given) == number


@pytest.mark.parametrize(
    "setting, given",
    [
        (TIME, 0),
        (TIME, -1),
        (TIME, 32768),
        (INTVL, 32768),
        (PROBES, 0),
        (PROBES, 128),
        (TIME, 10**30),
        (TIME, "010"),
        (TIME, "0x10"),
        (TIME, "6e2"),
        (TIME, "60.0"),
        (TIME, 60.0),
        (TIME, "60 "),
        (TIME, "+60"),
        (TIME, "6_0"),
        (TIME, "٦٠"),
        (TIME, ""),
        (TIME, "abc"),
        (TIME, "60s"),
        (TIME, "60\n"),
        (TIME, True),
        (TIME, None),
        (TIME, b"60"),
        (TIME, [60]),
        (TIME, {}),
        (TIME, Vaulted("010")),
        (TIME, Vaulted("32768")),
    ],
)
def test_option_is_refused_by_name_and_value(setting, given):
    with pytest.raises(KeepaliveError) as refused:
        from_option(setting, given)
    assert str(refused.value).startswith("{0}: {1!r} ".format(setting.name, given))
    assert str(setting.maximum) in str(refused.value)


def test_option_with_more_digits_than_python_prints_is_refused():
    with pytest.raises(KeepaliveError, match="^time: .* is refused. Give a whole number from 1 to 32767"):
        from_option(TIME, 10**5000)


# As measured on kernels 5.10 to 7.2.
@pytest.mark.parametrize(
    "setting, text, number",
    [
        (TIME, "600", 600),
        (TIME, " \t600", 600),
        (TIME, "600 # as you were", 600),
        (TIME, "600\tx", 600),
        (TIME, "010", 8),
        (TIME, "0600", 384),
        (TIME, "0x10", 16),
        (TIME, "0X1f", 31),
        (TIME, "0", 0),
        (TIME, "-1", -1),
        (TIME, "-010", -8),
        (TIME, "2147483", 2147483),
        (PROBES, "255", 255),
        (PROBES, "0", 0),
        (TIME, "0000000000000000010", 8),
    ],
)
def test_kernel_accepts(setting, text, number):
    assert from_kernel_text(setting, text) == number


@pytest.mark.parametrize(
    "setting, text",
    [
        (TIME, ""),
        (TIME, "x"),
        (TIME, "+60"),
        (TIME, "60.5"),
        (TIME, "1e3"),
        (TIME, "60s"),
        (TIME, "60,"),
        (TIME, "60#"),
        (TIME, "60\r"),
        (TIME, "60\0"),
        (TIME, "08"),
        (TIME, "0x"),
        (TIME, "= 60"),
        (TIME, '"60"'),
        (TIME, "2147483647"),
        (PROBES, "256"),
        (PROBES, "-1"),
        (TIME, "000000000000000000010"),
    ],
)
def test_kernel_refuses(setting, text):
    assert from_kernel_text(setting, text) is None


@pytest.mark.parametrize(
    "values, seconds",
    [((7200, 75, 9), 7875), ((120, 30, 4), 240), ((60, 10, 0), 60), ((-1, 75, 9), None), ((60, -1, 9), None)],
)
def test_detection_time(values, seconds):
    assert detection_time(dict(zip(("time", "intvl", "probes"), values))) == seconds
