// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TCP keepalive in Java, with the classic Socket and ServerSocket. ServerSocket has no option for it: set it on each
// accepted socket.
//
//     java KeepAliveSocket.java server 7000 & java KeepAliveSocket.java client 7000
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

public class KeepAliveSocket {
    static void keepAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        // Without these three the host's settings apply. They exist from Java 11 on, and in late updates of Java 8.
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 5);
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[1]);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Socket socket = arguments[0].equals("server")
            ? new ServerSocket(port, 8, loopback).accept()
            : new Socket(loopback, port);
        keepAlive(socket);
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
}
