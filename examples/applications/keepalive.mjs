// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TCP keepalive in Node.js. It sets the idle time; the interval and the count are 1 s and 10, set by libuv, and can't be chosen.
//
//     node keepalive.mjs server 7000 & node keepalive.mjs client 7000
import net from "node:net";

const [role, port] = process.argv.slice(2);
const options = { keepAlive: true, keepAliveInitialDelay: 60_000 };

if (role === "server") {
  net.createServer(options, (socket) => socket.resume()).listen(Number(port), "127.0.0.1");
} else {
  net.connect({ ...options, host: "127.0.0.1", port: Number(port) }).resume();
}
