//! Where a WinRM target listens: host, port, path and session configuration.
