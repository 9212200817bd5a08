"""What the web role does before it listens, in a process of its own as run.py starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEB = """
import sys
from app.web.role import main
def screens():
    sys.exit(0 if "pandas" in sys.modules else "pandas comes later, in a thread")
main(screens)
"""


def test_no_page_meets_a_half_loaded_pandas(settings) -> None:
    """A first question to a table loads it; a page that was made meanwhile had no layout."""
    said = {
        "CHENGYUN_VAR": str(settings.var),
        "CHENGYUN_REDIS_URL": settings.redis_url,
        "CHENGYUN_DATABASE_URL": settings.database_url,
        "CHENGYUN_SECRET_KEY": "only-for-tests-" * 3,
    }
    done = subprocess.run(
        [sys.executable, "-c", WEB],
        cwd=ROOT,
        env=os.environ | said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
