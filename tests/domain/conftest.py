"""Property tests of the domain are many and small: few examples each, no deadline per example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("domain", max_examples=30, deadline=None)
settings.load_profile("domain")
