/* SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(arguments[count - 1])) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int end = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(end, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (strcmp(arguments[1], "server") == 0) {
        if (bind(end, (struct sockaddr *)&address, sizeof address) == 0 && listen(end, 8) == 0)
            while (accept(end, NULL, NULL) >= 0)
                ;
    } else if (connect(end, (struct sockaddr *)&address, sizeof address) == 0) {
        pause();
    }
    perror(arguments[1]);
    return 1;
}
