// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

public class NeverAsksNetty {
    @Sharable
    static class Idle extends ChannelInboundHandlerAdapter {
    }

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[1]);
        var group = new NioEventLoopGroup(1);
        var channel = arguments[0].equals("client")
            ? new Bootstrap().group(group).channel(NioSocketChannel.class)
                .handler(new Idle()).connect("127.0.0.1", port)
            : new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childHandler(new Idle()).bind("127.0.0.1", port);
        channel.sync().channel().closeFuture().sync();
    }
}
