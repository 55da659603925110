"use strict";
// Texts of hosts become text nodes and nothing else: whatever is in them is shown, and never markup.
const NAMES = ["time", "intvl", "probes"];
const PARTS = ["protected", "overlong", "unprotected", "busy"];
const UNPROTECTED = PARTS.indexOf("unprotected");

function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function draw(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const text = (string, tag = "span") => make(tag, { className: "text" }, string);
const count = (number, one, many = one + "s") => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const three = (values) => values.join(" / ");
const valuesAtBoot = (boot) => NAMES.map((name) => boot[name].value);

// Sockets, a number for each of PARTS: a bar, with the same in words.

function inWords(sockets) {
  const told = PARTS.map((name, at) => [name, sockets[at]]).filter(([, number]) => number);
  return `${count(total(sockets), "connection")}: ${told.map(([name, number]) => `${number} ${name}`).join(", ") || "none"}`;
}

function bar(sockets) {
  const made = make("div", { className: "bar", role: "img", "aria-label": inWords(sockets), title: inWords(sockets) });
  sockets.forEach((number, at) => {
    if (!number) return;
    const part = make("i", { className: PARTS[at] });
    part.style.flexGrow = number;
    made.append(part);
  });
  return made;
}

function key(sockets) {
  const items = PARTS.map((name, at) => make("li", { className: name }, `${sockets[at].toLocaleString("en")} ${name}`));
  return make("ul", { className: "key" }, ...items);
}

// The timeline of a connection that falls silent, to scale.

function timeline(values, hop, title) {
  const [time, intvl, probes] = values;
  if (time <= 0 || intvl <= 0 || probes <= 0) {
    return make("p", {}, `${title}: with ${three(values)} there is no timeline: a value of 0 or less breaks keepalive.`);
  }
  const end = time + intvl * probes;
  const drawn = hop && hop.idle_timeout <= 3 * end ? hop.idle_timeout : 0;
  const scale = 880 / Math.max(end, drawn);
  const at = (seconds) => 10 + seconds * scale;
  const label = (seconds, y, words) =>
    draw("text", { x: at(seconds), y, "text-anchor": at(seconds) > 700 ? "end" : at(seconds) < 60 ? "start" : "middle" }, words);
  const told =
    `${title}: after ${time} s of silence a probe, then one every ${intvl} s; ` +
    `${count(probes, "unanswered probe")}, and the connection is given up after ${end} s.`;
  const svg = draw("svg", { viewBox: "0 0 900 84", role: "img", "aria-label": told });
  svg.append(draw("rect", { class: "silence", x: at(0), y: 34, width: time * scale, height: 14 }));
  svg.append(draw("line", { class: "silence", stroke: "currentColor", x1: at(time), x2: at(end), y1: 41, y2: 41 }));
  for (let probe = 0; probe < probes; probe += 1) {
    const x = at(time + probe * intvl);
    svg.append(draw("line", { class: "probe", x1: x, x2: x, y1: 30, y2: 52 }));
  }
  svg.append(draw("line", { class: "end", x1: at(end), x2: at(end), y1: 26, y2: 56 }));
  svg.append(label(time, 22, `first probe ${time} s`), label(end, 72, `given up ${end} s`));
  if (drawn) {
    svg.append(draw("line", { class: "hop", x1: at(drawn), x2: at(drawn), y1: 14, y2: 80 }));
    svg.append(label(drawn, 10, `forgotten ${drawn} s`));
  }
  return make("div", {}, svg, make("p", {}, told), hop ? make("p", {}, ...againstHop(values, hop)) : null);
}

function againstHop([time, intvl], hop) {
  const third = time + 2 * intvl;
  const spare = hop.idle_timeout - third;
  const verdict =
    time >= hop.idle_timeout
      ? ", before the first probe: idle connections are lost."
      : spare > 0
        ? `: with two probes lost the third comes ${spare} s before that.`
        : ": it is lost if two probes are.";
  return [text(String(hop.name)), ` forgets an idle connection after ${hop.idle_timeout} s${verdict}`];
}

// What is shown of a host when its row is opened.

function details(host) {
  const made = [];
  const list = (title, items) => items.length && made.push(make("h3", {}, title), make("ul", {}, ...items.map((item) => make("li", {}, item))));
  list("Why", host.reasons.map((reason) => text(reason)));
  list("What could not be seen", host.warnings.map((warning) => text(warning)));
  if (host.now) {
    made.push(make("h3", {}, "Values"), valuesTable(host));
    made.push(make("h3", {}, "A connection that falls silent"), timeline(host.now, host.hop, "Now"));
    const after = host.boot && valuesAtBoot(host.boot);
    if (after && three(after) !== three(host.now)) made.push(timeline(after, host.hop, "After a reboot"));
  }
  if (host.sockets) {
    made.push(make("h3", {}, "Established connections"), bar(host.sockets), key(host.sockets));
    if (host.processes.length) made.push(processesTable(host));
  }
  if (host.namespaces.length) made.push(make("h3", {}, "Other network namespaces"), namespacesTable(host));
  return made;
}

function simpleTable(heads, rows) {
  const head = make("tr", {}, ...heads.map((words) => make("th", { scope: "col" }, words)));
  const body = rows.map(([first, ...cells]) => make("tr", {}, make("th", { scope: "row" }, first), ...cells.map((cell) => make("td", {}, cell))));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
}

function valuesTable(host) {
  const rows = NAMES.map((name, at) => {
    const boot = host.boot && host.boot[name];
    const by = boot && (boot.file === null ? "no file: the kernel's default" : `${boot.file}, line ${boot.line}`);
    return [name, String(host.now[at]), boot ? String(boot.value) : "?", boot ? text(by) : "?", ...(host.asked ? [String(host.asked[name] ?? "–")] : [])];
  });
  return simpleTable(["setting", "now", "next boot", "set by", ...(host.asked ? ["asked for"] : [])], rows);
}

function processesTable(host) {
  const rows = host.processes.map((one) => [
    text(one.name ?? "(not seen)"),
    text(one.unit ?? ""),
    bar(one.sockets),
    String(total(one.sockets)),
    String(one.sockets[UNPROTECTED]),
    text(one.ports),
  ]);
  const made = simpleTable(["process", "unit", "of what kind", "connections", "unprotected", "remote ports"], rows);
  return host.other_processes ? make("div", {}, made, make("p", {}, `and ${count(host.other_processes, "other")}: see audit.json`)) : made;
}

function namespacesTable(host) {
  const rows = host.namespaces.map((one) => [
    text(one.owner),
    one.now ? three(one.now) : "not seen",
    one.sockets ? bar(one.sockets) : "",
    one.sockets ? String(total(one.sockets)) : "",
    one.sockets ? String(one.sockets[UNPROTECTED]) : "",
  ]);
  const made = simpleTable(["owner", "time / intvl / probes", "of what kind", "connections", "unprotected"], rows);
  return host.other_namespaces ? make("div", {}, made, make("p", {}, `and ${count(host.other_namespaces, "other")}: see audit.json`)) : made;
}
