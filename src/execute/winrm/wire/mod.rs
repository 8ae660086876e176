//! HTTP over TCP or TLS: one connection, sealed bodies.
