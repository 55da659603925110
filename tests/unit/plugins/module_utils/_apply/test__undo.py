# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._undo import Undo


def test_undo_continues_after_a_step_that_fails():
    taken = []
    undo = Undo()
    undo.add(taken.append, "first")
    undo.add(os.unlink, "/nowhere/at/all")
    undo.add(taken.append, "last")
    assert len(undo.run()) == 1
    assert taken == ["last", "first"]
    assert undo.run() == []
