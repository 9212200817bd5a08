"""Our own HTTP API, sign-in, push and the phone."""
