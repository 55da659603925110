# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random file trees, as hypothesis strategies: small ones, so that names, keys and values meet often."""

from typing import Any

from hypothesis import strategies as st


def weighted(*choices: tuple[int, Any]) -> Any:
    """Return a strategy that takes one of the others as often as its weight says.

    st.one_of() drops a strategy that it is given twice, and so every weight.
    """
    table = [strategy for weight, strategy in choices for _time in range(weight)]
    return st.sampled_from(range(len(table))).flatmap(table.__getitem__)


# A word a line would make these lists longer, and no clearer.
# fmt: off
FOLDERS = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"]
USUAL_NAMES = ["50-a.conf", "60-b.conf", "99-z.conf", "99-sysctl.conf"]
ODD_NAMES = [
    "9-a.conf", "10-b.conf", "99.conf", "99_z.conf",
    "A.conf", ".50-a.conf", ".conf", "50-a.conf~", "50-a.CONF", "50-a", "x y.conf", "é.conf", "#x.conf",
    "-.conf", "50-a.conf.conf", "60-[b].conf", "60-?.conf", "6*.conf", "{50-a,60-b}.conf", "60-{b}.conf",
    "[!a].conf", "~.conf",
]
TARGETS = [
    "/dev/null", "/nowhere", "../sysctl.conf", "/etc/sysctl.conf", "50-a.conf", "60-b.conf",
    "/etc/other.conf", "self.conf", "../other.conf", "/etc/sysctl.d/60-b.conf", "/usr/lib/sysctl.d/50-a.conf",
    ".", "..", "/etc/sysctl.d", "99-z.conf", "//etc//./other.conf", "/nowhere/../etc/other.conf",
    "/etc/other.conf/", "/etc/other.conf/.", "/etc/../etc/other.conf",
    "/etc/other.conf/x", "/etc/other.conf/../other.conf", "/nowhere//x",
]
# What a whole folder may be a link to: another one, itself, a file, nothing.
FOLDER_TARGETS = [
    "/etc/sysctl.d", "/usr/lib/sysctl.d", "../etc/sysctl.d", "sysctl.d", "/etc/other.conf", "/dev/null",
    "/nowhere",
]
USUAL_KEYS = ["net.ipv4.tcp_keepalive_{}", "net/ipv4/tcp_keepalive_{}", "net.ipv4/tcp_keepalive_{}"]
ODD_KEYS = [
    "net/ipv4.tcp_keepalive_{}", "net.ipv4/tcp_keepalive_{}", "net..ipv4.tcp_keepalive_{}",
    "net//ipv4///tcp_keepalive_{}", ".net.ipv4.tcp_keepalive_{}", "/net/ipv4/tcp_keepalive_{}",
    "//net/ipv4/tcp_keepalive_{}", "..net.ipv4.tcp_keepalive_{}", "net.ipv4.tcp_keepalive_{}.",
    "net/ipv4/tcp_keepalive_{}/", "net/ipv4/tcp_keepalive_{}/.", "net.ipv4.tcp_keepalive_{}/",
    "net/./ipv4/tcp_keepalive_{}", "net/ipv4/../ipv4/tcp_keepalive_{}", "./net/ipv4/tcp_keepalive_{}",
    "net.ipv4.//.ipv4.tcp_keepalive_{}", "/proc/sys/net/ipv4/tcp_keepalive_{}",
    "proc.sys.net.ipv4.tcp_keepalive_{}", "../sys/net/ipv4/tcp_keepalive_{}", "NET.IPV4.TCP_KEEPALIVE_{}",
    '"net.ipv4.tcp_keepalive_{}"', "net.ipv4.tcp_keepalive_ {}", "net .ipv4.tcp_keepalive_{}",
    "net.ipv4.tcp_keepalive_{}x", "net.ipv6.tcp_keepalive_{}", "ipv4.tcp_keepalive_{}", "tcp_keepalive_{}",
    "kernel.tcp_keepalive_{}", "net.ipv4.tcp_keepalive_{}\\", "\\net.ipv4.tcp_keepalive_{}",
    "net.ipv4.tcp_keep\\\nalive_{}", "net.ipv4.\0tcp_keepalive_{}",
]
PATTERNS = [
    "net.ipv4.tcp_keepalive_*", "net.ipv4.tcp_keepalive_t*", "net.ipv4.tcp_keepalive_[tp]*",
    "net.ipv4.tcp_keepalive_[!t]*", "net.ipv4.tcp_keepalive_[^i]*", "net.ipv4.tcp_keepalive_????",
    "net/ipv4/tcp_keepalive_*", "net.*.tcp_keepalive_time", "*.ipv4.tcp_keepalive_intvl",
    "net.ipv?.tcp_keepalive_*", "net..ipv4.tcp_keepalive_*", "/net/ipv4/tcp_keepalive_*",
    "net/ipv4/../ipv4/tcp_keepalive_*", "net.ipv4.tcp_keepalive_[", "net.ipv4.tcp_keepalive_[t",
    "net.ipv4.tcp_keepalive_tim[e]", "*/tcp_keepalive_time", "net.ipv4.*keepalive_p*",
    "net.ipv4.{tcp_keepalive_time,tcp_keepalive_intvl}", "*", "net/ipv4/tcp_keepalive_**",
    "net.ipv4.tcp_keepalive_[a-t]*", "net.ipv4.tcp_keepalive_{time,intvl}*",
    "net.ipv?.tcp_keepalive_{time,probes}", "net/{ipv4/tcp_keepalive_*,core}",
    "net.ipv4.tcp_keepalive_time/*", "[n]et/./ipv4/tcp_keepalive_probes", "*//ipv4/tcp_keepalive_time",
    "net/ipv4//tcp_keepalive_tim?", "net.ipv4.tcp_keepalive_[]t]*", "net.ipv4.tcp_keepalive_[!]i]*",
    "net.ipv4.tcp_keepalive_*/",
]
BEFORE_NUMBER = ["0", "0x", "0X", "-", "+", "00", "= ", "=", "'", "\v", "\f", "\xa0", "--", "- "]
AFTER_NUMBER = [" # x", "\t5", " x", "#", ";", "s", ",", ".5", "e1", "\\", '"', "\r", "\0", "\v", "\xa0"]
VALUES = [
    "", "abc", "0", "00", "08", "0x", "-", "-0", "-010", "255", "256", "8589934", "8589935", "2147483647",
    "99999999999", "00000000000000000101", "000000000000000000101", "0x1f", "0xfg", "0b1", "1_0", "٣", "1\n",
]
BLANKS = [" ", "\t", "  ", " \t", "\v", "\f", "\xa0", "\x85", " " * 300]
COMMENTS = ["#", ";", "# ", "; ", "\xef\xbb\xbf#", "\xef\xbb\xbf", "//", "!"]
JUNK = [
    "", "x", "-", "=", "=5", "\\", "[Service]", "x = 1", "net.core.somaxconn = 128 ", "kernel.nothing = 1",
    "\0", "ÿ",
]
ENDS = ["\r\n", "\r", "\0", "\n\n", "\n\r", "\\\n", "\n\0"]
# fmt: on

settings = st.sampled_from(["time", "intvl", "probes"])
blanks = weighted((6, st.just("")), (1, st.sampled_from(BLANKS)))
keys = weighted(
    (12, st.builds(str.format, st.sampled_from(USUAL_KEYS), settings)),
    (4, st.builds(str.format, st.sampled_from(ODD_KEYS), settings)),
    (4, st.sampled_from(PATTERNS)),
)
numbers = st.integers(1, 250).map(str)
values = weighted(
    (9, numbers),
    (1, st.builds("{}{}".format, numbers, st.sampled_from(AFTER_NUMBER))),
    (1, st.builds("{}{}".format, st.sampled_from(BEFORE_NUMBER), numbers)),
    (1, st.sampled_from(VALUES)),
)
minuses = weighted((6, st.just("")), (1, st.sampled_from(["-", "- ", "--"])))
assignments = st.builds("{}{}{}{}={}{}{}".format, blanks, minuses, keys, blanks, blanks, values, blanks)
exclusions = st.builds("{}-{}{}".format, blanks, keys, blanks)
comments = st.builds(
    "{}{}{}{}".format, blanks, st.sampled_from(COMMENTS), assignments, st.sampled_from(["", "\\", "\0"])
)
junk = st.one_of(
    keys, st.sampled_from(JUNK), st.text("net.ipv4/tcp_keepalive_time=-#;*[] \t\r\0\\0123456789", max_size=60)
)
lines = weighted((9, assignments), (1, exclusions), (1, comments), (1, junk))
ends = weighted((9, st.just("\n")), (1, st.sampled_from(ENDS)))
texts = st.lists(st.builds("{}{}".format, lines, ends), min_size=1, max_size=5).map("".join)

files = texts.map(lambda text: {"data": text.encode().decode("latin-1")})
links = st.sampled_from(TARGETS).map(lambda target: {"link": target})
nodes = weighted((9, files), (2, links), (1, st.just({"folder": True})))
names = weighted((5, st.sampled_from(USUAL_NAMES)), (2, st.sampled_from(ODD_NAMES)))
paths = st.builds("{}/{}".format, st.sampled_from(FOLDERS), names)


@st.composite
def trees(draw):
    """Return (tree, credential), as sandbox.py takes them."""
    tree = draw(st.dictionaries(paths, nodes, min_size=1, max_size=5))
    if draw(st.integers(0, 2)) == 0:
        tree["/etc/sysctl.conf"] = draw(nodes)
    if draw(st.integers(0, 2)) == 0:
        tree["/etc/other.conf"] = draw(files)
    if draw(st.integers(0, 9)) == 0:
        folder = draw(st.sampled_from(FOLDERS))
        tree = {path: node for path, node in tree.items() if not path.startswith(folder + "/")}
        tree[folder] = {"link": draw(st.sampled_from(FOLDER_TARGETS))}
    for path, node in tree.items():
        if node.get("link") == "self.conf":
            tree[path] = {"link": path.rpartition("/")[2]}
    credential = draw(files)["data"] if draw(st.integers(0, 9)) == 0 else None
    return tree, credential
