"""The refusals of the city: each has a code, a sentence for the user and an HTTP status."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be carried out, with a sentence that tells the user what to do.

    `fields` maps a form field to what to enter there.
    """

    code = "refused"
    status = 400
    retry_after_s = 0  # 0: nobody can say when it will be different

    def __init__(self, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class Invalid(Refused):
    """A value that does not fit; `fields` says which and how to mend it."""

    code = "invalid"
    status = 422


class NotAllowed(Refused):
    """The user may not do this, or not there."""

    code = "forbidden"
    status = 403


class Unseen(NotAllowed):
    """A thing that the user may not even know of: told as if there were none (RFC 9110, 15.5.4)."""

    code = "not_found"
    status = 404


class SignInNeeded(Refused):
    """Nobody is signed in, or the sign-in has run out."""

    code = "sign_in_needed"
    status = 401


class NotFound(Refused):
    """No such thing."""

    code = "not_found"
    status = 404


class Conflict(Refused):
    """Somebody else was faster, or the thing is no longer in a state where this is possible."""

    code = "conflict"
    status = 409


class TooMany(Refused):
    """Too many tries; wait, `retry_after_s` seconds where that is known."""

    code = "too_many"
    status = 429

    def __init__(self, message: str, *, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(Refused):
    """A store we need does not answer now."""

    code = "unavailable"
    status = 503
    retry_after_s = 5


class Rejected(Exception):
    """A message from outside that is not taken; it becomes a dead letter with this reason.

    `reason` is a stable short code (for counting), `detail` the sentence for the administrator.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class BadConfiguration(Exception):
    """Everything that is wrong with the configuration, at once; the city refuses to start."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
