"""Open311 GeoReport v2: its services, its questions and its answers, without HTTP."""
