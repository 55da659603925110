# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TuneD's files as it reads them, by Python's configparser (tuned/profiles/loader.py, variables.py)."""

import configparser
import posixpath
import re
from typing import Dict, NamedTuple, Optional, Tuple

from ._errors import CannotPredict
from ._tree import FILE, Tree

_LARGEST = 1 << 20


class Option(NamedTuple):
    """An option's text and the line that it comes from."""

    text: str
    file: str
    line: Optional[int]


def text(tree: Tree, path: str) -> str:
    """Return a file's text as Python reads it. CannotPredict unless it is UTF-8, and of a size to read."""
    data = tree.read(path)
    if len(data) > _LARGEST:
        raise CannotPredict(f"{path} is larger than {_LARGEST >> 20} MiB")
    return decoded(path, data).replace("\r\n", "\n").replace("\r", "\n")


def decoded(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotPredict(f"{path} is not text in UTF-8, which TuneD may fail to read")


def sections(tree: Tree, file: str) -> Dict[str, Dict[str, Option]]:
    """Return the options of a profile's sections. CannotPredict where TuneD may not start with it."""
    data = text(tree, file)
    if "${f:assertion" in data:
        raise CannotPredict(f"{file} has an assertion, without which TuneD applies nothing")
    parser = _parsed(file, data, allow_no_value=False)
    numbers = line_numbers(data)
    folder = posixpath.dirname(file)
    found: Dict[str, Dict[str, Option]] = {}
    for section in parser.sections():
        options = found[section] = {}
        for name in parser.options(section):
            value = parser.get(section, name, raw=True)
            value = re.sub(r"(?<!\\)\${i:PROFILE_DIR}", lambda _match: folder, value)
            if name == "script":
                value = posixpath.normpath(posixpath.join(folder, value))
            options[name] = Option(value, file, numbers.get((section, name)))
    return found


def variables(tree: Tree, path: str) -> Dict[str, Optional[str]]:
    """Return the variables of a file of them; TuneD ignores one that is missing."""
    path = posixpath.normpath(path)
    if tree.follow(path).kind != FILE:
        return {}
    parser = _parsed(path, "[variables]\n" + text(tree, path), allow_no_value=True)
    return {
        name: parser.get(section, name, raw=True)
        for section in parser.sections()
        for name in parser.options(section)
    }


def _parsed(file: str, data: str, allow_no_value: bool) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(
        delimiters="=", inline_comment_prefixes="#", strict=False, allow_no_value=allow_no_value
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(data, file)
    except configparser.Error as error:
        raise CannotPredict(f"{file} is not valid: {str(error).splitlines()[0]}")
    return parser


def line_numbers(data: str) -> Dict[Tuple[str, str], int]:
    """Return the last line of each option, by section and name."""
    numbers: Dict[Tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(data.split("\n"), start=1):
        header = re.match(r"\[(.+)\]", line.strip())
        if header:
            section = header.group(1)
            numbers[section, ""] = number
        elif not line.startswith(("#", ";")) and "=" in line:
            numbers[section, line.partition("=")[0].strip()] = number
    return numbers
