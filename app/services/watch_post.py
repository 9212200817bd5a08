"""A post of the watch: one partition, what its rules remember of it, and how it is taken over."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.city import City
from app.domain.alerts import Alert, AlertChange, AlertStep, Judged, Memory, announce
from app.domain.levels import Level
from app.domain.readings import Device
from app.domain.rules import SILENCE, Rule
from app.domain.warnings import RULE as WARNING
from app.services import alerts, presence
from app.store import keys
from app.store.rule_memory import Key, LostPost, RuleMemory

CONSUMER = "watch"
LEASE_MS = 3_000  # a watch that was killed is replaced after so long at most
TOLD = frozenset(Alert.__struct_fields__) - {"level"}


@dataclass
class Post:
    """One partition under our watch, with what its rules remember; for one thread."""

    partition: int
    consumer: str
    store: RuleMemory
    memories: dict[str, dict[str, Memory]]
    roll: presence.Roll
    devices: dict[str, Device] = field(default_factory=dict)
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    pending: bool = True  # entries that we, or a dead watch, had read before are judged first
    caught_up: bool = False
    learnt_at: int = 0  # the roll from which changes of devices were taken over last
    done: int = 0  # epoch ms of the newest entry judged

    def hold(self) -> None:
        """Keep the partition for a whole lease more; LostPost when somebody else has it."""
        if not self.store.prolong():
            raise LostPost(f"partition {self.partition} has another watch")

    def level(self, device: str) -> int:
        """The worst level among a device's open alerts."""
        known = self.memories.get(device, {}).values()
        return max((m.level for m in known), default=0)

    def levels(self) -> dict[str, int]:
        """The devices that have an open alert, with their worst level."""
        found = ((device, self.level(device)) for device in self.memories)
        return {device: level for device, level in found if level}

    def remember(self, device: str, rule: str, memory: Memory | None) -> None:
        """Take over what a rule remembers now; None forgets."""
        if memory is not None:
            self.memories.setdefault(device, {})[rule] = memory
        elif device in self.memories:
            self.memories[device].pop(rule, None)
            if not self.memories[device]:
                del self.memories[device]


@dataclass
class Round:
    """What a batch has led to: memories to write, changes for the ledger, devices concerned."""

    changed: dict[Key, Memory | None] = field(default_factory=dict)
    changes: list[AlertChange] = field(default_factory=list)
    devices: dict[str, Device] = field(default_factory=dict)

    def note(self, post: Post, device: Device, rule: Rule, judged: Judged) -> None:
        """Take in one judgement; the post remembers it at once, Redis with the commit."""
        memory, outcomes = judged
        post.remember(device.code, rule.id, memory)
        self.changed[device.code, rule.id] = memory
        for outcome in outcomes:
            self.changes.append(announce(device, rule, outcome))
            self.devices[device.code] = device


def take_post(city: City, partition: int, owner: str, consumer: str = CONSUMER) -> Post | None:
    """Take over a partition with everything a former watch has left; None while it has an owner."""
    store = RuleMemory(city.live.redis, partition, owner)
    if not store.take(LEASE_MS):
        return None
    city.live.ensure_groups()
    store.inherit(consumer)

    def mine(device: str) -> bool:
        return keys.partition_of(device, city.live.partitions) == partition

    post = Post(partition, consumer, store, store.load(), presence.begin(city, mine))
    with city.ledger.read() as tx:
        every = tx.alerts(open=True)
    # a warning's alert has no rule in the file, and lives and ends with its warning
    opened = [alert for alert in every if alert.rule != WARNING and mine(alert.device)]
    _reconcile(city, post, opened)
    return post


def _reconcile(city: City, post: Post, opened: list[Alert]) -> None:
    """Bring memory and ledger together after a restart: the ledger says which alerts are open.

    Memory of an alert that the ledger does not know is dropped, an alert without memory is taken
    over, and an alert whose rule the file no longer has is cleared.
    """
    known = {(a.device, a.rule): a for a in opened}
    for device, memories in list(post.memories.items()):
        for rule, memory in list(memories.items()):
            unknown = memory.level and (device, rule) not in known
            if unknown or city.rules.rule(rule) is None:
                post.remember(device, rule, None)
    withdrawn: list[AlertChange] = []
    for (device, rule_id), alert in known.items():
        still = city.rules.rule(rule_id)
        if still is None:
            withdrawn.append(_withdrawal(city, alert))
        elif still.metric != SILENCE:
            had = post.memories.get(device, {}).get(rule_id)
            if had is None or not had.level:
                raised = round(alert.raised_at.timestamp() * 1000)
                taken = Memory(level=alert.level, raised=raised, value=alert.value)
                post.remember(device, rule_id, taken)
    alerts.apply(city, withdrawn)


def _withdrawal(city: City, alert: Alert) -> AlertChange:
    told = {name: getattr(alert, name) for name in AlertChange.__struct_fields__ if name in TOLD}
    return AlertChange(**told, step=AlertStep.CLEAR, level=Level.NONE, at=city.now())
