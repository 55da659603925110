// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TCP keepalive in Java, with NIO channels: set it on each accepted SocketChannel.
//
//     java KeepAliveChannel.java server 7000 & java KeepAliveChannel.java client 7000
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

public class KeepAliveChannel {
    static SocketChannel keepAlive(SocketChannel channel) throws IOException {
        return channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true)
            // Without these three the host's settings apply.
            .setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60)
            .setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10)
            .setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 5);
    }

    public static void main(String[] arguments) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
        var channel = arguments[0].equals("server")
            ? ServerSocketChannel.open().bind(address).accept()
            : SocketChannel.open(address);
        keepAlive(channel);
        var data = ByteBuffer.allocate(64);
        while (channel.read(data) >= 0) {
            data.clear();
        }
    }
}
