"""Plays a story on the clock of the wall and publishes it, until told to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Protocol

from geodata.areas import open_areas
from streams.simulator import messages
from streams.simulator.publisher import Broker, Publisher
from streams.simulator.story import Story

logger = logging.getLogger(__name__)

TICK_S = 0.02
SLEPT_S = 300.0  # a machine that slept longer goes on from now instead of catching up
SAY_EVERY_S = 60.0


class SimulatorSettings(Broker, Protocol):
    """The settings that the simulator reads."""

    @property
    def city(self) -> str: ...  # noqa: D102
    @property
    def var(self) -> Path: ...  # noqa: D102


def run(
    settings: SimulatorSettings,
    stop: Event,
    devices: int = 2000,
    scenario: str = "calm",
    seed: int = 1,
    speed: float = 1.0,
) -> None:
    """Plays a city of `devices` until `stop` is set; UnknownScenario for a name we do not have."""
    tree = open_areas(settings.city, settings.var / "areas")
    story = Story(
        tree,
        devices=devices,
        scenario=scenario,
        seed=seed,
        start_ms=time.time_ns() // 1_000_000,
        speed=speed,
    )
    name = f"chengyun-simulator-{settings.city}-{seed}"
    publisher = Publisher(settings, name)

    def tell() -> None:
        now = time.time_ns() // 1_000_000
        publisher.put([messages.sent(settings.city, name, now, publisher.sent)])

    publisher.start()
    logger.info("%d devices of %s, scenario %s", len(story.sensors), tree.home.name, scenario)
    try:
        _play(story, publisher, stop, tell)
    finally:
        tell()
        publisher.stop()


def _play(story: Story, publisher: Publisher, stop: Event, tell: Callable[[], None]) -> None:
    """Says what is due every tick."""
    zero = time.monotonic() - (time.time_ns() / 1e9 - story.start_ms / 1000)
    t, connects, said = 0.0, 0, time.monotonic()
    while not stop.wait(TICK_S):
        now = (time.monotonic() - zero) * story.speed
        if now - t > SLEPT_S * story.speed:
            zero = _wake(story, zero, now - t)
            continue
        t = now
        if publisher.connects != connects:
            if connects:  # a broker that was away may have lost what it retained
                publisher.put(story.births(t))
            connects = publisher.connects
        publisher.put(story.until(t))
        publisher.pump()
        if time.monotonic() - said > SAY_EVERY_S:
            said = time.monotonic()
            tell()
            logger.info("sent %d, waiting %d", publisher.sent, publisher.unsent)


def _wake(story: Story, zero: float, slept: float) -> float:
    """Moves the story's zero past the sleep, so that nobody's messages are minutes old."""
    logger.warning("the machine slept for %.0f s; the story goes on from now", slept / story.speed)
    story.start_ms += round(slept / story.speed * 1000)
    return zero + slept / story.speed
