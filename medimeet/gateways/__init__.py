"""What leaves the process: each a small protocol, the real client, and the embedded one that needs no server."""
