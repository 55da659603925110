// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

"use strict";
const report = JSON.parse(document.getElementById("data").textContent);
const STATES = {
  loses: ["loses it at boot", "lose it at boot"],
  drifts: ["drifts", "drift"],
  unseen: ["not seen", "could not be seen"],
  holds: ["holds", "hold"],
};
// In the table, each host is a <tbody> with its row and, once opened, its details.

const COLUMNS = [
  { title: "host", order: (host) => host.host },
  { title: "state", order: (host) => Object.keys(STATES).indexOf(host.state) },
  { title: "now", order: (host) => host.now?.[0] ?? -Infinity },
  { title: "next boot, and what sets it", order: (host) => host.boot?.time?.value ?? -Infinity },
  { title: "given up after", order: (host) => host.detection_time ?? Infinity },
  { title: "connections", order: (host) => (host.sockets ? total(host.sockets) : -1) },
  { title: "unprotected", order: (host) => host.sockets?.[UNPROTECTED] ?? -1 },
  { title: "other namespaces that differ", order: (host) => host.namespaces_differ },
];

function bootCell(boot) {
  const lines = NAMES.map((name) => boot[name]).filter(Boolean).map(({ file, line }) => (file === null ? "no file" : `${file}:${line}`));
  const files = new Set(NAMES.map((name) => boot[name]?.file ?? null));
  const sources = files.size === 1 && !files.has(null) ? [`${boot.time.file}:${NAMES.map((name) => boot[name].line).join(",")}`] : [...new Set(lines)];
  return make("div", {}, make("span", { className: "values" }, three(valuesAtBoot(boot))), make("div", { className: "file text" }, sources.join("\n")));
}

function row(host) {
  const link = make("a", { href: "#host=" + encodeURIComponent(host.host), className: "text" }, host.host);
  const button = make("button", { type: "button", "aria-expanded": "false", "aria-label": "details of " + host.host }, "▸");
  const detailsRow = make("tr", { hidden: true });
  const toggle = (open) => {
    if (open && !detailsRow.firstChild) {
      detailsRow.append(make("td", { colSpan: COLUMNS.length }, make("div", { className: "details" }, ...details(host))));
    }
    detailsRow.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "▾" : "▸";
  };
  button.addEventListener("click", () => toggle(detailsRow.hidden));
  const cells = [
    make("span", { className: "state " + host.state }, STATES[host.state][0]),
    host.now ? make("span", { className: "values" }, three(host.now)) : "–",
    host.boot ? bootCell(host.boot) : host.now ? "cannot be predicted" : make("span", { className: "file text" }, host.reasons[0]),
    host.now ? (host.detection_time === null ? "never" : `${host.detection_time} s`) : "–",
    host.sockets ? make("div", {}, bar(host.sockets), String(total(host.sockets))) : "–",
    host.sockets ? String(host.sockets[UNPROTECTED]) : "–",
    host.now ? `${host.namespaces_differ} of ${host.namespaces_all}` : "–",
  ];
  const head = make("th", { scope: "row" }, make("div", { className: "more" }, button, link));
  const body = make("tbody", {}, make("tr", {}, head, ...cells.map((cell) => make("td", {}, cell))), detailsRow);
  return { host, body, toggle, button };
}

/** Everything that the filter searches, in lower case. */
function searchText(host) {
  const files = host.boot ? NAMES.map((name) => host.boot[name]?.file ?? "") : [];
  const processes = host.processes.flatMap((process) => [process.name ?? "", process.where ?? ""]);
  return [host.host, ...host.reasons, ...files, ...processes, ...host.namespaces.flatMap(({ owner, image }) => [owner, image ?? ""])].join("\n").toLowerCase();
}

const table = document.getElementById("hosts");
const rows = report.hosts.map(row);
const filter = document.getElementById("filter");
let selectedState = null;

function show() {
  const pattern = filter.value.trim().toLowerCase();
  let shown = 0;
  for (const { host, body } of rows) {
    const visible = (!selectedState || host.state === selectedState) && (!pattern || searchText(host).includes(pattern));
    body.hidden = !visible;
    shown += visible;
  }
  document.getElementById("shown").textContent = `${inEnglish(shown)} of ${count(rows.length, "host")} shown`;
}

function sort(column, headers) {
  const descending = headers[column].getAttribute("aria-sort") === "ascending";
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const order = COLUMNS[column].order;
  rows.sort((left, right) => {
    const [a, b] = [order(left.host), order(right.host)];
    return (descending ? -1 : 1) * (typeof a === "string" ? compare(a, b) : a === b ? 0 : a - b);
  });
  headers.forEach((header, at) => header.setAttribute("aria-sort", at !== column ? "none" : descending ? "descending" : "ascending"));
  table.append(...rows.map((row) => row.body));
}

function tableHead() {
  const headers = COLUMNS.map((column) => make("th", { scope: "col", "aria-sort": "none" }, make("button", { type: "button" }, column.title)));
  headers.forEach((header, at) => header.firstChild.addEventListener("click", () => sort(at, headers)));
  return make("thead", {}, make("tr", {}, ...headers));
}

function tiles() {
  const states = Object.keys(STATES);
  const buttons = states.map((state) =>
    make("button", { type: "button", className: state, "aria-pressed": "false" }, make("b", {}, inEnglish(report.summary[state])), STATES[state][1]),
  );
  buttons.forEach((button, at) =>
    button.addEventListener("click", () => {
      selectedState = selectedState === states[at] ? null : states[at];
      buttons.forEach((other, number) => other.setAttribute("aria-pressed", String(selectedState === states[number])));
      show();
    }),
  );
  return buttons;
}

/** Open the host that the address names, as in audit.html#host=web1. */
function openLinkedHost() {
  if (!location.hash.startsWith("#host=")) return;
  const name = decodeURIComponent(location.hash.slice("#host=".length));
  const linked = rows.find((row) => row.host.host === name);
  if (!linked) return;
  linked.body.hidden = false;
  linked.toggle(true);
  linked.body.scrollIntoView();
  linked.button.focus();
}

document.getElementById("tiles").append(...tiles());
const totals = PARTS.map((_name, at) => total(report.hosts.map((host) => host.sockets?.[at] ?? 0)));
document.getElementById("sockets").append(bar(totals), key(totals));
table.append(tableHead(), ...rows.map((row) => row.body));
filter.addEventListener("input", show);
show();
openLinkedHost();
addEventListener("hashchange", openLinkedHost);
