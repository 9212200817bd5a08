"""Every read() of the border has its place in the coverage-guided fuzz (bench.fuzz)."""

from __future__ import annotations

from pathlib import Path

from bench._fuzz_targets import NOW, TARGETS
from streams import codecs, dialects


def test_nobody_is_forgotten() -> None:
    ours = {path.stem for path in Path(codecs.__file__).parent.glob("[a-z]*.py")}
    assert set(TARGETS) == ours | set(dialects.NAMES)


def test_each_target_reads_its_seeds() -> None:
    for name, target in TARGETS.items():
        read = target.reader()
        assert any(read(topic, seed, NOW) for seed in target.seeds() for topic in target.topics), (
            f"{name}: no seed is taken, so only refusals are tried"
        )
