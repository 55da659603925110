// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

// TCP keepalive with Netty 4. On a server, set it with childOption, which applies to accepted channels; option applies to
// the listening one. With the NIO transport the three values are Java's own options; with the native epoll transport they are
// EpollChannelOption.TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT.
//
//     java -cp '/usr/share/java/*' KeepAliveNetty.java server 7000 & java -cp ... KeepAliveNetty.java client 7000
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.ChannelHandler.Sharable;
import jdk.net.ExtendedSocketOptions;

public class KeepAliveNetty {
    static final ChannelOption<Integer> IDLE = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
    static final ChannelOption<Integer> INTERVAL = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL);
    static final ChannelOption<Integer> COUNT = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT);

    @Sharable
    static class Idle extends ChannelInboundHandlerAdapter {
    }

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[1]);
        var group = new NioEventLoopGroup(1);
        var channel = arguments[0].equals("server")
            ? new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                // Without these three the host's settings apply.
                .childOption(IDLE, 60).childOption(INTERVAL, 10).childOption(COUNT, 5)
                .childHandler(new Idle())
                .bind("127.0.0.1", port).sync().channel()
            : new Bootstrap().group(group).channel(NioSocketChannel.class)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(IDLE, 60).option(INTERVAL, 10).option(COUNT, 5)
                .handler(new Idle())
                .connect("127.0.0.1", port).sync().channel();
        channel.closeFuture().sync();
    }
}
