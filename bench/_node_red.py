"""Node-RED, installed by npm into a temporary folder, for the benches that measure beside it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench._stack import ROOT

NPM_S = 180
QUIET = ("--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline")


def install(home: Path, module: str) -> None:
    """Make the folder and install Node-RED and one module; RuntimeError with npm's words."""
    home.mkdir()
    done = subprocess.run(
        [str(ROOT / "setup.sh"), "npm", "install", "--prefix", str(home), *QUIET]
        + ["node-red", module],
        capture_output=True,
        text=True,
        timeout=NPM_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"npm: {(done.stderr or done.stdout).strip()[-300:]}")


def version(home: Path, package: str) -> str:
    """The version of a package that was installed there."""
    about = json.loads((home / f"node_modules/{package}/package.json").read_text("utf-8"))
    return str(about["version"])
