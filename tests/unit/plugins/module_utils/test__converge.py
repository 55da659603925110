import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _content, _converge, _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._converge import State, Want
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import DEFAULTS, KeepaliveError

NEW = {"time": 600, "intvl": 60, "probes": 5}
FILE = _content.render(NEW)
TIME_ONLY = _content.render({"time": 600})


def present(values, persist=True, apply=True):
    return Want(values, _content.render(values), persist, apply)


ABSENT = Want({}, None, True, True)


# id: (kernel before, file before, want) -> (file is rewritten, kernel writes)
@pytest.mark.parametrize(
    "runtime, data, want, rewrite, writes",
    [
        pytest.param(DEFAULTS, None, present(NEW), True, NEW, id="first run"),
        pytest.param(NEW, FILE, present(NEW), False, {}, id="second run"),
        pytest.param(dict(NEW, time=1), FILE, present(NEW), False, {"time": 600}, id="drift in the kernel alone"),
        pytest.param(NEW, b"# gone\n", present(NEW), True, {}, id="drift in the file alone"),
        pytest.param(NEW, None, present(NEW), True, {}, id="file was removed"),
        pytest.param(DEFAULTS, None, present(NEW, persist=False), False, NEW, id="kernel only"),
        pytest.param(DEFAULTS, None, present(NEW, apply=False), True, {}, id="file only"),
        pytest.param(None, None, present(NEW, apply=False), True, {}, id="file only, no kernel to read"),
        pytest.param(
            {"time": 1, "intvl": 2, "probes": 3}, None, present({"time": 600}), True, {"time": 600}, id="others left alone"
        ),
        pytest.param(NEW, FILE, present({"time": 600}), True, {"intvl": 75, "probes": 9}, id="dropped ones go to their default"),
        pytest.param(NEW, FILE, present({"time": 600}, persist=False), False, {}, id="nothing is dropped when the file stays"),
        pytest.param(dict(NEW, intvl=2), TIME_ONLY, present({"time": 600}), False, {}, id="never set by the file: left alone"),
        pytest.param(NEW, FILE, ABSENT, True, DEFAULTS, id="absent"),
        pytest.param(DEFAULTS, None, ABSENT, False, {}, id="absent, second run"),
        pytest.param(NEW, None, ABSENT, False, DEFAULTS, id="absent, after a run that was cut short"),
        pytest.param(NEW, FILE, Want({}, None, True, False), True, {}, id="absent, file only"),
        pytest.param(DEFAULTS, FILE, Want({}, None, False, True), False, NEW, id="absent, kernel only: as the next boot"),
    ],
)
def test_plan(runtime, data, want, rewrite, writes):
    planned = _converge.plan(State(runtime, data), want, attributes_differ=False)
    assert (planned.rewrite, planned.writes) == (rewrite, writes)
    assert planned.after.data == (want.data if want.persist else data)
    assert planned.after.runtime == (dict(runtime, **writes) if runtime else None)


@pytest.mark.parametrize("want, rewrite", [(present(NEW), True), (present(NEW, persist=False), False), (ABSENT, True)])
def test_plan_rewrites_a_file_with_other_attributes(want, rewrite):
    assert _converge.plan(State(NEW, FILE), want, attributes_differ=True).rewrite is rewrite


def test_boot_names_file_and_line_or_the_default():
    assert _converge.boot("/x.conf", b"# one\nnet.ipv4.tcp_keepalive_time = 010\n") == {
        "time": {"value": 8, "file": "/x.conf", "line": 2},
        "intvl": {"value": 75, "file": None, "line": None},
        "probes": {"value": 9, "file": None, "line": None},
    }


def execute(host, want, prepare=lambda path: None):
    have = State(_kernel.read(host.proc), FILE if os.path.exists(host.dropin) else None)
    planned = _converge.plan(have, want, attributes_differ=False)
    _converge.check(planned, host.dropin, host.proc)
    _converge.execute(planned, host.dropin, host.proc, None, prepare, lambda: None)


def test_execute(host):
    execute(host, present(NEW))
    assert host.kernel() == NEW
    with open(host.dropin, "rb") as file:
        assert file.read() == FILE
    execute(host, ABSENT)
    assert host.kernel() == DEFAULTS
    assert os.listdir(os.path.dirname(host.dropin)) == []


@pytest.mark.parametrize("earlier", [None, FILE])
@pytest.mark.parametrize("refused", ["time", "intvl", "probes"])
def test_refused_write_puts_everything_back(host, monkeypatch, earlier, refused):
    if earlier:
        host.write(earlier)
    write = _kernel.write

    def refuse(proc, name, value):
        if name == refused and value != DEFAULTS[name]:
            raise OSError(22, "Invalid argument")
        write(proc, name, value)

    monkeypatch.setattr(_kernel, "write", refuse)
    with pytest.raises(KeepaliveError, match="Invalid argument.*Kernel and file are as they were before"):
        execute(host, present({"time": 601, "intvl": 61, "probes": 6}))
    assert host.kernel() == DEFAULTS
    assert os.listdir(os.path.dirname(host.dropin)) == (["99-tcp-keepalive.conf"] if earlier else [])


def test_value_that_does_not_read_back_is_a_failure(host, monkeypatch):
    write = _kernel.write
    monkeypatch.setattr(_kernel, "write", lambda proc, name, value: write(proc, name, min(value, 300)))
    with pytest.raises(KeepaliveError, match="reads 300, not 600. Not all could be put back: .*reads 300, not 7200"):
        execute(host, present({"time": 600}))
    assert not os.path.exists(host.dropin)


def test_interrupt_puts_everything_back(host):
    def interrupt(path):
        raise SystemExit

    with pytest.raises(SystemExit):
        execute(host, present(NEW), prepare=interrupt)
    assert host.kernel() == DEFAULTS
    assert os.listdir(os.path.dirname(host.dropin)) == []
