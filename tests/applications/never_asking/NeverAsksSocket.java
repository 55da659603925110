// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;

public class NeverAsksSocket {
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[1]);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        if (arguments[0].equals("client")) {
            new Socket(loopback, port).getInputStream().read();
            return;
        }
        var listener = new ServerSocket(port, 8, loopback);
        var held = new ArrayList<Socket>();
        while (held.add(listener.accept())) {
        }
    }
}
