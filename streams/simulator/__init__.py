"""A believable city that speaks MQTT like any stranger; `run` plays it."""

from streams.simulator.runner import run
from streams.simulator.scenarios import SCENARIOS, UnknownScenario

__all__ = ["SCENARIOS", "UnknownScenario", "run"]
