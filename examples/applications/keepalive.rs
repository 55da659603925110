// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! TCP keepalive in Rust. The standard library has no call for it; with the crate socket2 (feature `all`) it is
//! `SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(..).with_interval(..).with_retries(5))`.
//! This is the same without a crate.
//!
//!     rustc keepalive.rs; ./keepalive server 7000 & ./keepalive client 7000

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::os::raw::{c_int, c_void};
use std::os::unix::io::{AsRawFd, RawFd};

const SOL_SOCKET: c_int = 1;
const SO_KEEPALIVE: c_int = 9;
const IPPROTO_TCP: c_int = 6;
const TCP_KEEPIDLE: c_int = 4;
const TCP_KEEPINTVL: c_int = 5;
const TCP_KEEPCNT: c_int = 6;

extern "C" {
    fn setsockopt(socket: c_int, level: c_int, option: c_int, value: *const c_void, length: u32) -> c_int;
}

fn set(socket: RawFd, level: c_int, option: c_int, value: c_int) -> io::Result<()> {
    let pointer = std::ptr::addr_of!(value).cast::<c_void>();
    match unsafe { setsockopt(socket, level, option, pointer, 4) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn keep_alive(socket: &impl AsRawFd) -> io::Result<()> {
    let socket = socket.as_raw_fd();
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1)?;
    // Without these three the host's settings apply.
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60)?;
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10)?;
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 5)
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let address = format!("127.0.0.1:{}", arguments[2]);
    let mut connection = if arguments[1] == "server" {
        // Set on the listener, it is inherited by every accepted socket (Linux).
        let listener = TcpListener::bind(address)?;
        keep_alive(&listener)?;
        listener.accept()?.0
    } else {
        let stream = TcpStream::connect(address)?;
        keep_alive(&stream)?;
        stream
    };
    let mut data = [0; 64];
    while connection.read(&mut data)? > 0 {}
    Ok(())
}
