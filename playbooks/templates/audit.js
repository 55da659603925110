"use strict";
const report = JSON.parse(document.getElementById("data").textContent);
const STATES = {
  loses: ["loses it at boot", "lose it at boot"],
  drifts: ["drifts", "drift"],
  unseen: ["not seen", "could not be seen"],
  holds: ["holds", "hold"],
};
// The table of hosts: each is a <tbody> of its row and, once opened, its details.

const COLUMNS = [
  { title: "host", order: (host) => host.host },
  { title: "state", order: (host) => Object.keys(STATES).indexOf(host.state) },
  { title: "now", order: (host) => host.now?.[0] ?? -Infinity },
  { title: "next boot, and what sets it", order: (host) => host.boot?.time.value ?? -Infinity },
  { title: "given up after", order: (host) => host.detection_time ?? Infinity },
  { title: "connections", order: (host) => (host.sockets ? total(host.sockets) : -1) },
  { title: "unprotected", order: (host) => host.sockets?.[UNPROTECTED] ?? -1 },
  { title: "other namespaces that differ", order: (host) => host.namespaces_differ },
];

function bootCell(boot) {
  const lines = NAMES.map((name) => boot[name]).map(({ file, line }) => (file === null ? "no file" : `${file}:${line}`));
  const files = new Set(NAMES.map((name) => boot[name].file));
  const by = files.size === 1 && !files.has(null) ? [`${boot.time.file}:${NAMES.map((name) => boot[name].line).join(",")}`] : [...new Set(lines)];
  return make("div", {}, make("span", { className: "values" }, three(valuesAtBoot(boot))), make("div", { className: "file text" }, by.join("\n")));
}

function row(host) {
  const link = make("a", { href: "#host=" + encodeURIComponent(host.host), className: "text" }, host.host);
  const button = make("button", { type: "button", "aria-expanded": "false", "aria-label": "more about " + host.host }, "▸");
  const opened = make("tr", { hidden: true });
  const open = (wanted) => {
    if (wanted && !opened.firstChild) {
      opened.append(make("td", { colSpan: COLUMNS.length }, make("div", { className: "details" }, ...details(host))));
    }
    opened.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
    button.textContent = wanted ? "▾" : "▸";
  };
  button.addEventListener("click", () => open(opened.hidden));
  const cells = [
    make("span", { className: "state " + host.state }, STATES[host.state][0]),
    host.now ? make("span", { className: "values" }, three(host.now)) : "–",
    host.boot ? bootCell(host.boot) : host.now ? "can not be told" : make("span", { className: "file text" }, host.reasons[0]),
    host.now ? (host.detection_time === null ? "never" : `${host.detection_time} s`) : "–",
    host.sockets ? make("div", {}, bar(host.sockets), String(total(host.sockets))) : "–",
    host.sockets ? String(host.sockets[UNPROTECTED]) : "–",
    host.now ? `${host.namespaces_differ} of ${host.namespaces_all}` : "–",
  ];
  const head = make("th", { scope: "row" }, make("div", { className: "more" }, button, link));
  const body = make("tbody", {}, make("tr", {}, head, ...cells.map((cell) => make("td", {}, cell))), opened);
  return { host, body, open, button, words: words(host) };
}

/** Everything that a filter may be looking for, in small letters. */
function words(host) {
  const files = host.boot ? NAMES.map((name) => host.boot[name].file ?? "") : [];
  const processes = host.processes.flatMap((one) => [one.name ?? "", one.unit ?? ""]);
  return [host.host, ...host.reasons, ...files, ...processes, ...host.namespaces.map((one) => one.owner)].join("\n").toLowerCase();
}

const table = document.getElementById("hosts");
const rows = report.hosts.map(row);
const filter = document.getElementById("filter");
let chosen = null;

function show() {
  const wanted = filter.value.trim().toLowerCase();
  let shown = 0;
  for (const one of rows) {
    const visible = (!chosen || one.host.state === chosen) && one.words.includes(wanted);
    one.body.hidden = !visible;
    shown += visible;
  }
  document.getElementById("shown").textContent = `${shown.toLocaleString("en")} of ${count(rows.length, "host")} shown`;
}

function sort(column, heads) {
  const descending = heads[column].getAttribute("aria-sort") === "ascending";
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const order = COLUMNS[column].order;
  rows.sort((one, other) => {
    const [a, b] = [order(one.host), order(other.host)];
    return (descending ? -1 : 1) * (typeof a === "string" ? compare(a, b) : a === b ? 0 : a - b);
  });
  heads.forEach((head, at) => head.setAttribute("aria-sort", at !== column ? "none" : descending ? "descending" : "ascending"));
  table.append(...rows.map((one) => one.body));
}

function heads() {
  const made = COLUMNS.map((column) => make("th", { scope: "col", "aria-sort": "none" }, make("button", { type: "button" }, column.title)));
  made.forEach((head, at) => head.firstChild.addEventListener("click", () => sort(at, made)));
  return make("thead", {}, make("tr", {}, ...made));
}

function tiles() {
  const made = Object.keys(STATES).map((state) =>
    make("button", { type: "button", className: state, "aria-pressed": "false" }, make("b", {}, report.summary[state].toLocaleString("en")), STATES[state][1]),
  );
  made.forEach((tile, at) =>
    tile.addEventListener("click", () => {
      const state = Object.keys(STATES)[at];
      chosen = chosen === state ? null : state;
      made.forEach((other, number) => other.setAttribute("aria-pressed", String(chosen === Object.keys(STATES)[number])));
      show();
    }),
  );
  return made;
}

/** Open the host that the address names, as in audit.html#host=web1. */
function follow() {
  if (!location.hash.startsWith("#host=")) return;
  const name = decodeURIComponent(location.hash.slice("#host=".length));
  const found = rows.find((one) => one.host.host === name);
  if (!found) return;
  found.body.hidden = false;
  found.open(true);
  found.body.scrollIntoView();
  found.button.focus();
}

document.getElementById("tiles").append(...tiles());
const all = PARTS.map((_name, at) => total(report.hosts.map((host) => host.sockets?.[at] ?? 0)));
document.getElementById("sockets").append(bar(all), key(all));
table.append(heads(), ...rows.map((one) => one.body));
filter.addEventListener("input", show);
show();
follow();
addEventListener("hashchange", follow);
