/* SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* TCP keepalive in C: set on the listening socket, it is inherited by every accepted one (Linux).
 *
 *     cc -o keepalive keepalive.c; ./keepalive server 7000 & ./keepalive client 7000
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set(int socket, int level, int option, int value)
{
    if (setsockopt(socket, level, option, &value, sizeof value) != 0) {
        perror("setsockopt");
        exit(1);
    }
}

static void keep_alive(int socket)
{
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    /* Without these three the host's settings apply. */
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 5);
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: keepalive server|client PORT\n");
        return 2;
    }
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(arguments[2])) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int end = socket(AF_INET, SOCK_STREAM, 0);
    keep_alive(end);
    if (strcmp(arguments[1], "server") == 0) {
        set(end, SOL_SOCKET, SO_REUSEADDR, 1);
        if (bind(end, (struct sockaddr *)&address, sizeof address) != 0 || listen(end, 8) != 0) {
            perror("listen");
            return 1;
        }
        end = accept(end, NULL, NULL);
    } else if (connect(end, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        return 1;
    }
    char data[64];
    while (read(end, data, sizeof data) > 0)
        ;
    return 0;
}
