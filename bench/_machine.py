"""What the measurements ran on: figures mean nothing without it."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from app.store import embedded

CHROMIUM = "/usr/bin/chromium"


def machine() -> dict[str, Any]:
    """Cores, processor, memory and the versions that matter, as the result's "machine"."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": round(os.getloadavg()[0], 1),
        "cpu_pressure_before": _pressure(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "chromium": _said(CHROMIUM, "--version").removeprefix("Chromium ").split(" ")[0],
        "redis": _said(embedded.redis_program(), "--version").partition("v=")[2].split(" ")[0],
        "broker": _broker(),
    }


def _pressure() -> float | None:
    """Percent of the last 10 s in which somebody else's work waited for a core; None: unknown."""
    try:
        return float(Path("/proc/pressure/cpu").read_text("utf-8").split()[1].split("=")[1])
    except (OSError, IndexError, ValueError):
        return None


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()


def _broker() -> str:
    program = embedded.mosquitto_program()
    if program is None:
        return f"iotcore {version('iotcore')}"
    first = _said(program, "-h").splitlines()
    return first[0].replace(" version ", " ") if first else "mosquitto"


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()
