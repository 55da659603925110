// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

"use strict";
// Text from hosts only ever becomes text nodes, so that markup in it is shown and has no effect.
const NAMES = ["time", "intvl", "probes"];
const PARTS = ["protected", "overlong", "unprotected", "busy"];
const UNPROTECTED = PARTS.indexOf("unprotected");

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const text = (string, tag = "span") => make(tag, { className: "text" }, string);
const inEnglish = new Intl.NumberFormat("en").format;
const count = (number, noun) => `${inEnglish(number)} ${number === 1 ? noun : noun + "s"}`;
const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const three = (values) => values.join(" / ");
const valuesAtBoot = (boot) => NAMES.map((name) => boot[name]?.value ?? "?");

// Sockets are a number for each of PARTS: shown as a bar, and in words.

function inWords(sockets) {
  const parts = PARTS.map((name, at) => `${sockets[at]} ${name}`).filter((_part, at) => sockets[at]);
  return `${count(total(sockets), "connection")}: ${parts.join(", ") || "none"}`;
}

function bar(sockets) {
  const words = inWords(sockets);
  const element = make("div", { className: "bar", role: "img", "aria-label": words, title: words });
  sockets.forEach((number, at) => {
    if (!number) return;
    const part = make("i", { className: PARTS[at] });
    part.style.flexGrow = number;
    element.append(part);
  });
  return element;
}

function key(sockets) {
  const items = PARTS.map((name, at) => make("li", { className: name }, `${inEnglish(sockets[at])} ${name}`));
  return make("ul", { className: "key" }, ...items);
}

// The timeline of a connection whose peer vanished, to scale.

function timeline(values, hop, title) {
  const [time, intvl, probes] = values;
  if (time <= 0 || intvl <= 0 || probes <= 0) {
    return make("p", {}, `${title}: no timeline for ${three(values)}, since a value of 0 or less breaks keepalive.`);
  }
  const end = time + intvl * probes;
  // A hop that forgets much later would squeeze the probes together.
  const forgotten = hop && hop.idle_timeout <= 3 * end ? hop.idle_timeout : 0;
  const scale = 880 / Math.max(end, forgotten);
  const at = (seconds) => 10 + seconds * scale;
  const label = (seconds, y, words) =>
    draw("text", { x: at(seconds), y, "text-anchor": at(seconds) > 700 ? "end" : at(seconds) < 60 ? "start" : "middle" }, words);
  const caption =
    `${title}: after ${time} s of silence a probe, then one every ${intvl} s; ` +
    `after ${count(probes, "unanswered probe")} the connection is given up, at ${end} s.`;
  const svg = draw("svg", { viewBox: "0 0 900 84", role: "img", "aria-label": caption });
  svg.append(draw("rect", { class: "silence", x: at(0), y: 34, width: time * scale, height: 14 }));
  svg.append(draw("line", { class: "silence", stroke: "currentColor", x1: at(time), x2: at(end), y1: 41, y2: 41 }));
  for (let probe = 0; probe < probes; probe += 1) {
    const x = at(time + probe * intvl);
    svg.append(draw("line", { class: "probe", x1: x, x2: x, y1: 30, y2: 52 }));
  }
  svg.append(draw("line", { class: "end", x1: at(end), x2: at(end), y1: 26, y2: 56 }));
  svg.append(label(time, 22, `first probe ${time} s`), label(end, 72, `given up ${end} s`));
  if (forgotten) {
    svg.append(draw("line", { class: "hop", x1: at(forgotten), x2: at(forgotten), y1: 14, y2: 80 }));
    svg.append(label(forgotten, 10, `forgotten ${forgotten} s`));
  }
  return make("div", {}, svg, make("p", {}, caption), hop ? make("p", {}, ...comparedWithHop(values, hop)) : null);
}

function comparedWithHop([time, intvl], hop) {
  const third = time + 2 * intvl;
  // Kernel timers fire up to an eighth late.
  const latest = (third * 9) / 8;
  const outcome =
    time >= hop.idle_timeout
      ? ", before the first probe: idle connections are lost."
      : third >= hop.idle_timeout
        ? ": it is forgotten if two probes are lost."
        : latest >= hop.idle_timeout
          ? `: it may be forgotten if two probes are lost, since the third comes after ${third} to ${latest.toFixed(1)} s.`
          : `: with two probes lost, the third comes after ${third} to ${latest.toFixed(1)} s, in time.`;
  return [text(String(hop.name)), ` forgets an idle connection after ${hop.idle_timeout} s${outcome}`];
}

// The details of a host, shown when its row is opened.

function details(host) {
  const sections = [];
  const list = (title, items) => items.length && sections.push(make("h3", {}, title), make("ul", {}, ...items.map((item) => make("li", {}, item))));
  list("Why", host.reasons.map((reason) => text(reason)));
  list("What could not be seen", host.warnings.map((warning) => text(warning)));
  list("What may write the values later", host.mentions.map((mention) => text(mention)));
  list("What comes back when sysctl runs again", host.returning.map((line) => text(line)));
  if (host.now) {
    sections.push(make("h3", {}, "Values"), valuesTable(host));
    sections.push(make("h3", {}, "A connection whose peer vanished"), timeline(host.now, host.hop, "Now"));
    const after = host.boot && valuesAtBoot(host.boot);
    if (after && !after.includes("?") && three(after) !== three(host.now)) sections.push(timeline(after, host.hop, "After a reboot"));
  }
  if (host.always) {
    const { now, boot, turned_on } = host.always;
    const reached = host.namespaces_all ? `, in this network namespace and ${count(host.namespaces_all, "other")}` : "";
    sections.push(make("h3", {}, "Applications that never ask"));
    sections.push(simpleTable(["keepalive is turned on", "for"], [["now", text(now)], ["after a reboot", text(boot)]]));
    sections.push(make("p", {}, `${count(turned_on, "connection")} turned on since it was attached${reached}.`));
  }
  if (host.sockets) {
    sections.push(make("h3", {}, "Established connections"), bar(host.sockets), key(host.sockets));
    if (host.processes.length) sections.push(processesTable(host));
  }
  if (host.namespaces.length) sections.push(make("h3", {}, "Other network namespaces"), namespacesTable(host));
  return sections;
}

function simpleTable(titles, rows) {
  const head = make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)));
  const body = rows.map(([first, ...cells]) => make("tr", {}, make("th", { scope: "row" }, first), ...cells.map((cell) => make("td", {}, cell))));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
}

function valuesTable(host) {
  const rows = NAMES.map((name, at) => {
    const boot = host.boot && host.boot[name];
    const noFile = host.kept ? "what creates the container" : "no file: the kernel's default";
    const source = boot && (boot.file === null ? noFile : `${boot.file}, line ${boot.line} (${boot.writer})`);
    return [name, String(host.now[at]), boot ? String(boot.value) : "?", boot ? text(source) : "?", ...(host.asked ? [String(host.asked[name] ?? "–")] : [])];
  });
  return simpleTable(["setting", "now", "next boot", "set by", ...(host.asked ? ["asked for"] : [])], rows);
}

function processesTable(host) {
  const rows = host.processes.map((process) => [
    text(process.name ?? "(not seen)"),
    text(process.where ?? ""),
    bar(process.sockets),
    String(total(process.sockets)),
    String(process.sockets[UNPROTECTED]),
    text(process.ports),
  ]);
  const processes = simpleTable(["process", "unit or container", "by protection", "connections", "unprotected", "remote ports"], rows);
  return host.other_processes ? make("div", {}, processes, make("p", {}, `and ${count(host.other_processes, "other")}: see audit.json`)) : processes;
}

function namespacesTable(host) {
  const rows = host.namespaces.map((namespace) => [
    text(namespace.image ? `${namespace.owner}\nimage ${namespace.image}` : namespace.owner),
    namespace.now ? three(namespace.now) : "not seen",
    namespace.sockets ? bar(namespace.sockets) : "",
    namespace.sockets ? String(total(namespace.sockets)) : "",
    namespace.sockets ? String(namespace.sockets[UNPROTECTED]) : "",
  ]);
  const namespaces = simpleTable(["owner", "time / intvl / probes", "by protection", "connections", "unprotected"], rows);
  return host.other_namespaces ? make("div", {}, namespaces, make("p", {}, `and ${count(host.other_namespaces, "other")}: see audit.json`)) : namespaces;
}
