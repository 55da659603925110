# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people on call do with the page: count, sort, filter, follow links; mouse, keyboard, screen reader."""

import json
import re
import shutil
from pathlib import Path

import fleet
import pytest
from axe_playwright_python.sync_playwright import Axe

DOCS = Path(__file__).parents[2] / "docs"
MOST_BYTES, MOST_SECONDS, MOST_SECONDS_TO_MAKE = 3_000_000, 2, 20
STATES = {"web1": "holds", "web2": "holds", "db1": "holds", "db2": "holds"} | {
    "cache1": "loses it at boot", "build1": "loses it at boot", "edge1": "drifts", "edge2": "not seen",
}  # fmt: skip


def shown(page, selector):
    """Return the text of an element in the first row of each visible host, in order."""
    visible = "[...document.querySelectorAll('#hosts > tbody:not([hidden])')]"
    return page.evaluate(f"{visible}.map(body => body.querySelector('tr > {selector}').innerText)")


def names(page):
    """Return the names of the visible hosts, in order."""
    visible = "[...document.querySelectorAll('#hosts > tbody:not([hidden]) th a')]"
    return page.evaluate(f"{visible}.map(link => link.textContent)")


def column(page, number):
    return shown(page, f":nth-child({number})")


def row(page, name):
    return page.locator("#hosts > tbody", has=page.get_by_role("link", name=name, exact=True))


def test_counts_and_rows(visit):
    page = visit(fleet.small)
    assert page.title() == "TCP keepalive audit"
    assert page.locator("#tiles button").all_inner_texts() == [
        "2\nlose it at boot", "1\ndrift", "1\ncould not be seen", "4\nhold",
    ]  # fmt: skip
    assert dict(zip(names(page), column(page, 2), strict=True)) == STATES
    cells = row(page, "cache1").locator("tr >> nth=0").locator("td").all_inner_texts()
    assert cells[1:4] == ["235 / 38 / 9", "600 / 60 / 5\n/etc/sysctl.conf:2,3,4", "577 s"]
    assert row(page, "build1").locator("td >> nth=2").inner_text() == "7200 / 75 / 9\nno file"
    assert "No route to host" in row(page, "edge2").inner_text()
    assert row(page, "web1").locator("td >> nth=6").inner_text() == "2 of 2"
    assert row(page, "db2").locator("td >> nth=6").inner_text() == "0 of 1"
    assert page.locator("#sockets .key li").all_inner_texts() == [
        "1,188 protected",
        "532 overlong",
        "159 unprotected",
        "24 busy",
    ]


def test_details_of_a_host(visit):
    page = visit(fleet.small)
    assert page.locator(".details").count() == 0
    row(page, "cache1").get_by_role("button").click()
    opened = row(page, "cache1").locator(".details")
    assert "time is 235, after a reboot 600: /etc/sysctl.conf, line 2" in opened.inner_text()
    assert "/etc/sysctl.conf, line 2 (systemd-sysctl)" in opened.inner_text()
    assert "aws_nlb forgets an idle connection after 350 s: " in opened.inner_text()
    assert (
        "350 s: with two probes lost, the third comes after 311 to 349.9 s, in time." in opened.inner_text()
    )
    assert "aws_nlb forgets an idle connection after 350 s, before the first probe" in opened.inner_text()
    assert "redis.service" in opened.inner_text()
    now, after = opened.get_by_role("img", name=re.compile("of silence")).all()
    assert now.get_attribute("aria-label").startswith(
        "Now: after 235 s of silence a probe, then one every 38 s; after 9 unanswered probes"
    )
    # Drawn to scale: the positions of the probes, the end and the hop correspond to their seconds.
    at = {
        name: [float(line.get_attribute("x1")) for line in now.locator(f".{name}").all()]
        for name in ("probe", "end", "hop")
    }
    scale = (at["end"][0] - 10) / 577
    assert [round((x - 10) / scale) for x in at["probe"]] == [235 + 38 * number for number in range(9)]
    assert round((at["hop"][0] - 10) / scale) == 350
    assert after.locator(".probe").count() == 5


def test_containers_and_unprotected_processes(visit):
    page = visit(fleet.small, "#host=web1")
    opened = row(page, "web1").locator(".details")
    assert "container 3f2a61c0d9be (redis)" in opened.inner_text()
    shop = opened.locator("tr", has_text="shop.service")
    assert (
        shop.get_by_role("img").get_attribute("aria-label") == "84 connections: 20 protected, 64 unprotected"
    )


def test_sorting(visit):
    page = visit(fleet.thousand)
    head = page.get_by_role("button", name=re.compile("^host"))
    head.click()
    assert names(page)[:3] == ["host1.example.net", "host2.example.net", "host3.example.net"]
    assert page.locator("th[aria-sort=ascending]").all_inner_texts()[0].startswith("host")
    head.click()
    assert names(page)[0] == "host1000.example.net"
    page.get_by_role("button", name=re.compile("^unprotected")).click()
    unprotected = [int(cell.replace("–", "-1")) for cell in column(page, 7)]
    assert unprotected == sorted(unprotected)
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.get_by_role("button", name=re.compile("^now")).click()
    page.get_by_role("button", name=re.compile("^now")).click()
    assert column(page, 3)[0] == "7200 / 75 / 9"
    assert column(page, 3)[-1] == "–"


def test_filter(visit):
    page = visit(fleet.small)
    for pattern, matches in [
        ("WEB", {"web1", "web2"}),
        ("sysctl.conf", {"cache1"}),
        ("jenkins", {"build1"}),
        ("9c01d2f6a7e4", {"web1"}),
        ("no route", {"edge2"}),
        ("no such host", set()),
    ]:
        page.get_by_role("searchbox").fill(pattern)
        assert set(names(page)) == matches
        assert page.get_by_role("status").inner_text() == f"{len(matches)} of 8 hosts shown"
    page.get_by_role("searchbox").fill("e1")
    page.get_by_role("button", name="lose it at boot").click()
    assert names(page) == ["cache1"]
    assert page.locator("#tiles [aria-pressed=true]").count() == 1
    page.get_by_role("button", name="lose it at boot").click()
    assert set(names(page)) == {"cache1", "edge1"}


def test_link_to_a_host(visit):
    page = visit(fleet.small)
    row(page, "db2").get_by_role("link").click()
    assert page.url.endswith("#host=db2")
    assert row(page, "db2").locator(".details").is_visible()
    page.goto(page.url.replace("db2", "edge1"))
    assert row(page, "edge1").locator(".details").is_visible()


def test_keyboard(visit):
    page = visit(fleet.small)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert names(page) == ["edge1"]
    button = row(page, "edge1").get_by_role("button", name="details of edge1")
    for _press in range(30):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert button.get_attribute("aria-expanded") == "true"
    assert row(page, "edge1").locator(".details").is_visible()


@pytest.mark.parametrize("which", [fleet.small, fleet.hostile])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(visit, scheme, which):
    page = visit(which, color_scheme=scheme)
    for button in page.locator("#hosts > tbody button").all():
        button.click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_text_from_hosts_is_shown_verbatim(visit):
    page = visit(fleet.hostile)
    listed = names(page)
    elements = page.evaluate("document.querySelectorAll('img, b:not(#tiles b), main script').length")
    assert elements == 0
    for text in fleet.HOSTILE:
        assert text in listed
        row(page, text).get_by_role("button").click()
        opened = row(page, text).locator(".details").text_content()
        assert opened.count(text) >= 5, text


def test_links_work_for_any_name(visit):
    page = visit(fleet.hostile)
    for text in fleet.HOSTILE:
        link = row(page, text).get_by_role("link")
        link.evaluate("link => link.click()")
        assert row(page, text).locator(".details").is_visible(), text


def test_a_thousand_hosts(visit, pages):
    rendered = pages(fleet.thousand)
    size = rendered.page.stat().st_size
    page = visit(fleet.thousand)
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    seconds = page.evaluate("performance.now()") / 1000
    print(
        f"\n1,000 hosts: {size / 1e6:.2f} MB, made in {rendered.seconds:.1f} s, shown after {seconds:.2f} s"
    )
    assert len(names(page)) == 1000
    assert size < MOST_BYTES
    assert seconds < MOST_SECONDS
    assert rendered.seconds < MOST_SECONDS_TO_MAKE
    whole = json.loads(rendered.page.with_name("audit.json").read_text())
    assert len(whole["hosts"][500]["result"]["sockets"]["processes"]) == 20


def test_printing(visit, tmp_path):
    page = visit(fleet.small, color_scheme="dark")
    row(page, "cache1").get_by_role("button").click()
    page.emulate_media(media="print")
    assert not page.get_by_role("searchbox").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert row(page, "cache1").locator(".details").is_visible()
    # A table wider than the paper would be cut off.
    page.set_viewport_size({"width": 1000, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.pdf(path=tmp_path / "audit.pdf", format="A4", landscape=True)
    assert (tmp_path / "audit.pdf").stat().st_size > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots(visit, scheme, tmp_path, request):
    page = visit(fleet.small, color_scheme=scheme, viewport={"width": 1280, "height": 1000})
    row(page, "cache1").get_by_role("button").click()
    screenshot = tmp_path / f"audit-{scheme}.png"
    page.screenshot(path=screenshot)
    assert screenshot.stat().st_size > 20_000
    if scheme == "light" and request.config.getoption("--write"):
        shutil.copy(screenshot, DOCS / "audit.png")
