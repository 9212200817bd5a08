"""People: signing in with argon2 and a lock, enrolling, and who is who."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from app.city import City
from app.domain.facts import Fact
from app.domain.people import User, Verb, require
from app.errors import Invalid, NotFound, SignInNeeded, TooMany
from app.services import demo_people, throttle
from app.services.aside import aside
from app.store.rows import Secret
from app.store.tx import Tx

FAILURES = 5  # default: GB/T 22239 asks for failure handling, the number is the city's
LOCKED = timedelta(minutes=15)  # default
SHORTEST = 10  # default: characters of a password
CLASSES = 3  # default: of lower case, upper case, digits, other

WRONG = "用户名或密码不正确。"
hasher = PasswordHasher()


def sign_in(city: City, user_id: str, password: str, ip: str) -> User:
    """Return who signs in; records user.signed_in, user.refused and user.locked.

    Raises SignInNeeded when name or password is wrong (it does not say which), TooMany while the
    account is locked: 5 failures lock it for 15 minutes. The lock runs out by itself. An address
    that fails too often, whatever the names, has to wait too.
    """
    now = city.now()
    throttle.ask(city, "sign-in", ip)
    with city.ledger.read() as tx:
        secret = tx.user_secret(user_id)
        user = tx.user(user_id) if secret else None
    # Hashing takes tens of milliseconds: never inside a transaction, and always, so that the time
    # taken does not tell whether the name exists.
    fits = _fits(secret.password_hash if secret and secret.password_hash else _nobody(), password)
    if not fits:
        throttle.failed(city, "sign-in", ip)
    if secret is None or user is None:
        raise SignInNeeded(WRONG)
    with city.ledger.begin() as tx:
        refusal = _judge(tx, user, fits, ip, now)
    city.feed.publish(city.ledger)
    if refusal:
        raise refusal
    return user


def enrol(city: City, user: User, password: str, *, by: User | None = None) -> User:
    """Add a user, or give one a new password, which ends his sessions; `by` None is the system.

    Raises Invalid when the password is too easy.
    """
    if by is not None:
        require(by, Verb.ADMINISTER)
    check_password(password, user)
    hashed = hasher.hash(password)
    with city.ledger.begin() as tx:
        add_user(tx, user, hashed, at=city.now(), by=by.id if by else "system")
    city.feed.publish(city.ledger)
    return user


def add_user(tx: Tx, user: User, hashed: str | None, *, at: datetime, by: str) -> None:
    """Write a user with a password hash, in the caller's transaction; None leaves the known one.

    A new password, role, scope or worker ends the sessions of a known user; another name does not.
    """
    known = tx.user_secret(user.id)
    if known is None:
        tx.add(user, password_hash=hashed or "")
    else:
        same = msgspec.structs.replace(tx.user(user.id), name=user.name) == user
        tx.put_user(user)
        if hashed is not None or not same:  # an open screen would go on with what he might before
            _new_secret(tx, user, known, hashed if hashed is not None else known.password_hash)
    past = "enrolled" if known is None else "changed" if hashed is None else "renewed"
    tx.record(_fact(user, past, at, by))


def shut_user(tx: Tx, user: User, *, at: datetime, by: str) -> None:
    """Take a user's password away and end his sessions, in the caller's transaction."""
    known = tx.user_secret(user.id)
    if known is not None:
        _new_secret(tx, user, known, "")
        tx.record(_fact(user, "shut", at, by))


def _new_secret(tx: Tx, user: User, known: Secret, hashed: str) -> None:
    epoch = known.session_epoch + 1
    tx.put_secret(user.id, Secret(password_hash=hashed, session_epoch=epoch))


def demo_cast(city: City, password: str) -> list[User]:
    """Bring the demo's units, workers and users into the ledger, all with one password.

    Repeatable: who is there with this password stays signed in, who is off duty stays so.
    """
    hashed = hasher.hash(password)  # one hash for all: the password is one, and hashing is slow
    users = demo_people.users(city.areas)
    known: dict[str, bool] = {}
    with city.ledger.read() as tx:
        secrets = {user.id: tx.user_secret(user.id) for user in users}
    for old in {secret.password_hash for secret in secrets.values() if secret}:
        known[old] = _fits(old, password)
    with city.ledger.begin() as tx:
        tx.put(*demo_people.units(city.areas))
        workers = demo_people.workers(city.areas)
        on_duty = tx.hold_duties(one.id for one in workers)
        for one in workers:
            tx.put(msgspec.structs.replace(one, on_duty=on_duty.get(one.id, one.on_duty)))
        for user in users:
            secret = secrets[user.id]
            if secret is None or not known[secret.password_hash]:
                add_user(tx, user, hashed, at=city.now(), by="system")
    city.feed.publish(city.ledger)
    return users


def user_by_id(city: City, user_id: str) -> User | None:
    """Return a user, None when there is none (any more)."""
    with city.ledger.read() as tx:
        try:
            return tx.user(user_id)
        except NotFound:
            return None


def session_epoch(city: City, user_id: str) -> int:
    """Return the number that a session must carry to be valid; it counts on with each password."""
    with city.ledger.read() as tx:
        secret = tx.user_secret(user_id)
    return secret.session_epoch if secret else -1


def check_password(password: str, user: User) -> None:
    """Raise Invalid unless the password has 10 characters of 3 classes and not the user's name."""
    if too_easy(password, user):
        raise Invalid(
            "密码太简单。",
            fields={
                "password": f"至少 {SHORTEST} 个字符，含大写、小写、数字、符号中的 {CLASSES} 种，"
                "且不包含用户名"
            },
        )


def too_easy(password: str, user: User) -> bool:
    """Whether a password is too short, of too few classes, or holds the user's name."""
    kinds = {_class_of(character) for character in password}
    return len(password) < SHORTEST or len(kinds) < CLASSES or user.id.lower() in password.lower()


def _class_of(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha() and character.isascii():
        return "lower" if character.islower() else "upper"
    return "other"


def _judge(tx: Tx, user: User, fits: bool, ip: str, now: datetime) -> SignInNeeded | TooMany | None:
    """Count the failure or forget earlier ones; the row as it is now decides, not as it was."""
    secret = tx.user_secret(user.id)
    if secret is None:
        return SignInNeeded(WRONG)
    if secret.locked_until and now < secret.locked_until:
        minutes = -(-(secret.locked_until - now) // timedelta(minutes=1))
        return TooMany(f"连续失败次数过多，账号已锁定，请 {minutes} 分钟后再试。")
    if fits:
        tx.put_secret(user.id, msgspec.structs.replace(secret, failures=0, locked_until=None))
        tx.record(_fact(user, "signed_in", now, user.id, ip))
        return None
    failures = secret.failures + 1
    lock = failures >= FAILURES
    after = msgspec.structs.replace(
        secret,
        failures=0 if lock else failures,
        locked_until=now + LOCKED if lock else None,
    )
    tx.put_secret(user.id, after)
    tx.record(_fact(user, "refused", now, user.id, ip))
    if not lock:
        return SignInNeeded(WRONG)
    tx.record(_fact(user, "locked", now, "system", ip))
    return TooMany(f"连续失败 {FAILURES} 次，账号已锁定 {LOCKED.seconds // 60} 分钟。")


def _fact(user: User, past: str, at: datetime, by: str, ip: str = "") -> Fact:
    body = {"user": {"id": user.id, "role": user.role.value}} | ({"ip": ip} if ip else {})
    return Fact(kind=f"user.{past}", thing=user.id, area=user.scope, at=at, who=by, body=body)


def _fits(hashed: str, password: str) -> bool:
    try:
        return aside(lambda: hasher.verify(hashed, password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password fits in practice."""
    return hasher.hash("nobody has this password \N{SNOWMAN}")
