// SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
// SPDX-License-Identifier: GPL-3.0-or-later

use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let address = format!("127.0.0.1:{}", arguments[2]);
    if arguments[1] == "client" {
        TcpStream::connect(address)?.read(&mut [0; 1])?;
        return Ok(());
    }
    let mut held = Vec::new();
    for connection in TcpListener::bind(address)?.incoming() {
        held.push(connection?);
    }
    Ok(())
}
