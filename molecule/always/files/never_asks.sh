# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

# Connected to itself from its start on.
/bin/busybox nc -l -p 7001 -e /bin/busybox sleep 99999 &
/bin/busybox sleep 1
exec /bin/busybox nc 127.0.0.1 7001 -e /bin/busybox sleep 99999
