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
WITHDRAWN = "规则已停用或不再适用，预警自动解除"
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
        _hold(self.store, self.partition)

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

    with city.ledger.read() as tx:
        every = tx.alerts(open=True)
    # a warning's alert has no rule in the file, and lives and ends with its warning
    opened = [alert for alert in every if alert.rule != WARNING and mine(alert.device)]
    valid = [alert for alert in opened if city.rules.still_judges(alert)]
    kept = {alert.id for alert in valid}
    withdrawn = [_withdrawal(city, alert) for alert in opened if alert.id not in kept]
    alerts.apply_in_parts(city, withdrawn, lambda: _hold(store, partition))
    post = Post(partition, consumer, store, store.load(), presence.begin(city, mine))
    _reconcile(city, post, valid)
    return post


def _hold(store: RuleMemory, partition: int) -> None:
    if not store.prolong():
        raise LostPost(f"partition {partition} has another watch")


def _reconcile(city: City, post: Post, opened: list[Alert]) -> None:
    """Bring memory and ledger together after a restart: the ledger says which alerts are open.

    Memory of an alert that the ledger does not know is dropped, an alert without memory is taken
    over.
    """
    known = {(a.device, a.rule): a for a in opened}
    for device, memories in list(post.memories.items()):
        for rule, memory in list(memories.items()):
            unknown = memory.level and (device, rule) not in known
            if unknown or city.rules.rule(rule) is None:
                post.remember(device, rule, None)
    for (device, rule_id), alert in known.items():
        judging = city.rules.rule(rule_id)
        had = post.memories.get(device, {}).get(rule_id)
        if judging and judging.metric != SILENCE and (had is None or not had.level):
            raised = round(alert.raised_at.timestamp() * 1000)
            taken = Memory(level=alert.level, raised=raised, value=alert.value)
            post.remember(device, rule_id, taken)


def _withdrawal(city: City, alert: Alert) -> AlertChange:
    """The end of an alert whose rule the file no longer has, or has for something else."""
    told = {name: getattr(alert, name) for name in AlertChange.__struct_fields__ if name in TOLD}
    return AlertChange(
        **told, step=AlertStep.CLEAR, level=Level.NONE, at=city.now(), reason=WITHDRAWN
    )
