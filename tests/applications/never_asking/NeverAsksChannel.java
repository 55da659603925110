// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;

public class NeverAsksChannel {
    public static void main(String[] arguments) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
        if (arguments[0].equals("client")) {
            SocketChannel.open(address).read(ByteBuffer.allocate(1));
            return;
        }
        var listener = ServerSocketChannel.open().bind(address);
        var held = new ArrayList<SocketChannel>();
        while (held.add(listener.accept())) {
        }
    }
}
