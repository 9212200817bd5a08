"""Coverage-guided fuzz of every read(): in 200,000 inputs only Rejected comes out, nothing hangs.

python -m bench.fuzz [--quick] [--only NAME]      --quick: 2,000 inputs each

One process per target, since libFuzzer ends its process. The last line is one JSON object; the
exit code is 1 when something else than Rejected came out, or an input took longer than 2 s.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

from bench._fuzz_targets import NOW, TARGETS, Target

RUNS, RUNS_QUICK = 200_000, 2_000
LONGEST_S = 2.0  # one input; a reader that takes longer holds up the feed
LONGEST_BYTES = 4096
TARGET_S = 1_800.0


def main(argv: list[str] | None = None) -> int:
    """Fuzz all targets, as many at once as there are cores; print what came of each."""
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=sorted(TARGETS))
    parser.add_argument("--child", nargs=2, metavar=("NAME", "OUT"), help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        _fuzz(TARGETS[args.child[0]], args.runs, Path(args.child[1]))
    runs = RUNS_QUICK if args.quick else RUNS
    names = [args.only] if args.only else sorted(TARGETS)
    with ThreadPool(os.cpu_count() or 1) as pool:
        found = dict(pool.imap_unordered(lambda name: (name, _attempt(name, runs)), names))
    ok = all(each["ok"] for each in found.values())
    print(json.dumps({"runs_each": runs, "ok": ok, "targets": found}, ensure_ascii=False))
    return 0 if ok else 1


def _attempt(name: str, runs: int) -> dict[str, Any]:
    """One target in a process of its own: what it said, or the end of its output."""
    with tempfile.TemporaryDirectory(prefix="cy-fuzz-") as folder:
        out = Path(folder, "out.json")
        command = [sys.executable, "-m", "bench.fuzz", "--child", name, str(out)]
        log = Path(folder, "log")
        with log.open("wb") as stream:
            began = time.monotonic()
            code = subprocess.call(
                [*command, "--runs", str(runs)], stdout=stream, stderr=stream, timeout=TARGET_S
            )
        said: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
        said["seconds"] = round(time.monotonic() - began, 1)
        slow = said.get("slowest_s", 0) > LONGEST_S
        said["ok"] = code == 0 and said.get("inputs", 0) >= runs and not slow
        if not said["ok"]:
            said["end"] = log.read_text("utf-8", "replace")[-3000:]
            print(f"{name}: {said['end']}", file=sys.stderr)
    print(f"{name:<16} {json.dumps(said)[:300]}", file=sys.stderr, flush=True)
    return said


def _fuzz(target: Target, runs: int, out: Path) -> None:
    """Feed one reader until `runs` inputs are through; never returns."""
    import atheris

    with atheris.instrument_imports(include=["streams"]):
        read = target.reader()
    counts = {"inputs": 0, "taken": 0, "refused": 0, "slowest_s": 0.0}

    def one(raw: bytes) -> None:
        topic = target.topics[raw[0] % len(target.topics)] if raw else target.topics[0]
        began = time.perf_counter()
        try:
            taken = read(topic, raw[1:], NOW)
        finally:
            counts["slowest_s"] = max(counts["slowest_s"], time.perf_counter() - began)
        counts["inputs"] += 1
        counts["taken" if taken else "refused"] += 1
        if counts["inputs"] == runs:
            out.write_text(json.dumps(counts))

    with tempfile.TemporaryDirectory(prefix="cy-seeds-") as seeds:
        for i, seed in enumerate(target.seeds()):
            for topic in range(len(target.topics)):
                Path(seeds, f"{i}-{topic}").write_bytes(bytes((topic,)) + seed)
        flags = [f"-runs={runs + 100}", f"-max_len={LONGEST_BYTES}", "-timeout=20", "-verbosity=1"]
        artifacts = f"-artifact_prefix={out.parent}/"
        atheris.Setup([sys.argv[0], seeds, artifacts, *flags], one)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
