"""Node-RED, installed by npm into a temporary folder, for the benches that measure beside it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench._stack import ROOT

NPM_S = 180
QUIET = ("--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline")


def install(home: Path, module: str) -> str:
    """Make the folder, install Node-RED and one module; return the node that npm itself runs on.

    RuntimeError with npm's words, or when that node does not start.
    """
    node = _node()
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
    return node


def _node() -> str:
    """The program of npm's own node, be it the machine's or that of a wheel."""
    done = subprocess.run(
        [str(ROOT / "setup.sh"), "npm", "exec", "--silent", "--call", "echo $npm_node_execpath"],
        capture_output=True,
        text=True,
        timeout=NPM_S,
        check=False,
    )
    node = (done.stdout.splitlines() or [""])[-1]
    if done.returncode or not node:
        raise RuntimeError(f"npm: {(done.stderr or done.stdout).strip()[-300:]}")
    if subprocess.call([node, "--version"], stdout=subprocess.DEVNULL, timeout=NPM_S):
        raise RuntimeError(f"{node} does not start")
    return node


def version(home: Path, package: str) -> str:
    """The version of a package that was installed there."""
    about = json.loads((home / f"node_modules/{package}/package.json").read_text("utf-8"))
    return str(about["version"])
