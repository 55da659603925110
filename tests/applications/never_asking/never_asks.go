// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"io"
	"log"
	"net"
	"os"
)

func hold(connection net.Conn, err error) {
	if err != nil {
		log.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, connection)
}

func main() {
	address := net.JoinHostPort("127.0.0.1", os.Args[2])
	// -1: without the keepalive that Go turns on by itself.
	if os.Args[1] == "client" {
		dialer := net.Dialer{KeepAlive: -1}
		hold(dialer.Dial("tcp4", address))
		return
	}
	config := net.ListenConfig{KeepAlive: -1}
	listener, err := config.Listen(context.Background(), "tcp4", address)
	if err != nil {
		log.Fatal(err)
	}
	for {
		connection, err := listener.Accept()
		go hold(connection, err)
	}
}
