"""The core of Chengyun: domain, services, stores and our own web API."""
