# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network import _sockets

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = (
    "   {0}: 0100007F:1F90 0100007F:C350 {1} 00000000:00000000 {2} "
    "00000000     0        0 {3} 1 0 20 4 30 10 -1\n"
)


def tables(tmp_path, rows):
    folder = tmp_path / "self/net"
    folder.mkdir(parents=True)
    (folder / "tcp").write_text(HEAD + "".join(ROW.format(number, *row) for number, row in enumerate(rows)))
    return str(tmp_path)


def refuse():
    raise OSError("blocked")


def test_tables_are_read_where_sock_diag_is_blocked(tmp_path, monkeypatch):
    monkeypatch.setattr(_sockets, "_ask", refuse)
    monkeypatch.setattr(_sockets.os, "sysconf", lambda name: 100)
    warnings = []
    rows = [
        ("01", "02:00000064", 11),  # keepalive, a second left
        ("01", "02:0000C350", 12),  # keepalive, 500 seconds left
        ("01", "00:00000000", 13),  # no timer
        ("01", "01:00000014", 14),  # retransmitting
        ("0A", "00:00000000", 15),  # listening
    ]
    sockets = _sockets.established(tables(tmp_path, rows), warnings.append)
    assert list(sockets.inodes) == [11, 12, 13, 14]
    assert list(sockets.expires)[:2] == [1000, 500000]
    assert warnings == ["Sockets are read from /proc/net/tcp, since sock_diag cannot be asked: blocked."]
    assert _sockets.counts(sockets, 300) == {
        "established": 4,
        "keepalive": 2,
        "unprotected": 1,
        "overlong": 1,
        "busy": 1,
    }
    assert list(sockets.pick([2, 0]).inodes) == [13, 11]


def test_sockets_that_cannot_be_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(_sockets, "_ask", refuse)
    warnings = []
    assert _sockets.established(str(tmp_path), warnings.append) is None
    assert "Sockets cannot be seen" in warnings[0]
