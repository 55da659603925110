import os

from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive_info

PATH = "/etc/sysctl.d/99-tcp-keepalive.conf"
DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}


def test_host_without_our_file(host, run):
    before = host.snapshot()
    result = run(tcp_keepalive_info)
    assert result["changed"] is False
    assert result["runtime"] == DEFAULTS
    assert result["detection_time"] == 7875
    assert result["file"] == {"path": PATH, "exists": False, "settings": {}}
    assert host.snapshot() == before


def test_host_with_our_file(host, run):
    host.write(b"# x\nnet.ipv4.tcp_keepalive_intvl = 0x10\n")
    assert run(tcp_keepalive_info)["file"] == {"path": PATH, "exists": True, "settings": {"intvl": {"value": 16, "line": 2}}}


def test_kernel_that_can_not_be_read_is_said_and_the_rest_is_there(host, run):
    os.unlink(host.setting("time"))
    host.write(b"net.ipv4.tcp_keepalive_time = 600\n")
    result = run(tcp_keepalive_info)
    assert result["runtime"] is None
    assert result["detection_time"] is None
    assert "tcp_keepalive_time" in str(result["warnings"])
    assert result["file"]["settings"] == {"time": {"value": 600, "line": 1}}


def test_never_given_up(host, run):
    host.set("time", -1)
    assert run(tcp_keepalive_info)["detection_time"] is None


def test_path_that_no_boot_tool_reads_is_refused(run):
    assert "path: " in run(tcp_keepalive_info, path="/etc/passwd")["msg"]
