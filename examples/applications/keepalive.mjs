// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TCP keepalive in Node.js. These options set the idle time; libuv sets the interval to 1 s and the count to 10.
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
