"""The people of a story: workers who walk and report, citizens who call."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from geodata.areas import AreaTree
from streams.simulator import city, rhythms, workers
from streams.simulator.hotline import Hotline
from streams.simulator.messages import Message
from streams.simulator.workers import Walker, Workforce

if TYPE_CHECKING:
    from streams.simulator.story import Story

REPORTS_PER_HOUR = 14.0  # of forty workers in the daytime
CALLS_PER_HOUR = 18.0  # of a district at the busiest hour
WORRY = 2.0  # what a scenario adds to it when everybody notices
FIRST_REPORT_S = 75.0
FIRST_CALL_S = 35.0
LOOK_AGAIN_S = 120.0  # rates change slowly

Says = list[Message]
Turn = Callable[[float], tuple[Says, float | None]]


class People:
    """Their turns in a story."""

    def __init__(self, story: Story, tree: AreaTree, seed: int) -> None:
        self._story = story
        self._rng = random.Random(f"{seed}:people")
        self._workforce = Workforce(tree, seed)
        started = story.clock(0.0).replace("-", "").replace(":", "").replace(" ", "")
        marks = f"{started}{story.start_ms // 1000 % 60:02d}"
        self._hotline = Hotline(tree, seed, marks, story.scenario.themes)
        self._stage = city.stage(tree).code

    def begin(self, at: Callable[[float, Turn], None]) -> None:
        """Gives everybody the first turn."""
        walkers = self._workforce.walkers
        for n, walker in enumerate(walkers):
            first = 1.0 + n * workers.POSITION_S / len(walkers)
            at(first, partial(self._walk, walker))
        at(FIRST_REPORT_S, Arrivals(self._rng, self._reports_per_hour, self._report))
        at(FIRST_CALL_S, Arrivals(self._rng, self._calls_per_hour, self._call))

    def _walk(self, walker: Walker, t: float) -> tuple[Says, float]:
        self._workforce.step(walker, t)
        return [self._workforce.position(walker, self._story.ts(t))], t + workers.POSITION_S

    def _report(self, t: float) -> Says:
        walker = self._rng.choice(self._workforce.walkers)
        rain = self._story.world.weather.rain(0, 0, t)
        return [self._workforce.report(walker, self._story.ts(t), rain, self._story.clock(t))]

    def _call(self, t: float) -> Says:
        where = self._stage if self._story.scenario.episodes else None
        return [self._hotline.order(self._story.ts(t), self._story.stirred(t), where)]

    def _reports_per_hour(self, t: float) -> float:
        on_the_way = 0.15 + 0.85 * rhythms.awake(self._story.moment(t))
        return REPORTS_PER_HOUR * on_the_way * self._story.scenario.reports

    def _calls_per_hour(self, t: float) -> float:
        scenario = self._story.scenario
        usual = rhythms.office(self._story.moment(t)) * scenario.calls
        worry = WORRY * self._story.stirred(t) if scenario.themes else 0.0
        return CALLS_PER_HOUR * (usual + worry)


class Arrivals:
    """A turn that comes at random moments, at a rate per hour that may change with time."""

    def __init__(
        self, rng: random.Random, per_hour: Callable[[float], float], act: Callable[[float], Says]
    ) -> None:
        self._rng, self._per_hour, self._act = rng, per_hour, act
        self._real = True  # the first turn is given, not drawn

    def __call__(self, t: float) -> tuple[Says, float]:
        """Acts, unless this turn was only a look at the rate."""
        says = self._act(t) if self._real else []
        gap = self._rng.expovariate(self._per_hour(t) / 3600)
        self._real = gap <= LOOK_AGAIN_S
        return says, t + min(gap, LOOK_AGAIN_S)
