// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TCP keepalive in Go. Go turns it on by itself, with its own 15 s, which no sysctl changes; this sets other values.
// From Go 1.23 on, net.KeepAliveConfig does the same in fewer lines.
//
//	go run keepalive.go server 7000 & go run keepalive.go client 7000
package main

import (
	"context"
	"io"
	"log"
	"net"
	"os"
	"syscall"
)

func keepAlive(_, _ string, raw syscall.RawConn) error {
	var failed error
	set := func(fd uintptr, level, option, value int) {
		if err := syscall.SetsockoptInt(int(fd), level, option, value); err != nil {
			failed = err
		}
	}
	err := raw.Control(func(fd uintptr) {
		set(fd, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1)
		// Without these three the host's settings apply.
		set(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 60)
		set(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 10)
		set(fd, syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 5)
	})
	if err != nil {
		return err
	}
	return failed
}

func main() {
	address := net.JoinHostPort("127.0.0.1", os.Args[2])
	var connection net.Conn
	var err error
	// KeepAlive: -1 keeps Go from overwriting these with its own values.
	if os.Args[1] == "server" {
		config := net.ListenConfig{KeepAlive: -1, Control: keepAlive}
		listener, listenErr := config.Listen(context.Background(), "tcp4", address)
		if listenErr != nil {
			log.Fatal(listenErr)
		}
		connection, err = listener.Accept()
	} else {
		dialer := net.Dialer{KeepAlive: -1, Control: keepAlive}
		connection, err = dialer.Dial("tcp4", address)
	}
	if err != nil {
		log.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, connection)
}
