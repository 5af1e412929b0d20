"""Every error the program raises on purpose: one tree, each with a code, an exit code and an HTTP status.

The codes are stable and each has a page in `docs/problems/`. Anything else that escapes is a bug (exit 70).

```text
AimsgraphError
├── CheckFailed          exit 1   the answer is "no": findings, drift, an inconsistency
├── UsageError           exit 2   wrong usage or configuration
├── InputError           exit 3   input cannot be read; carries where
├── NotFound             exit 4   nothing by that name; carries the nearest names
├── Refused              exit 5   not allowed: read-only, conflict, a forbidden query form
└── BackendError         exit 6   a store or an engine failed, or the deadline passed
    ├── DeadlineExceeded
    ├── ResourcesExceeded  more bytes or memory than may be had
    ├── Busy         too much at the same time
    └── EngineMissing    something that must be installed first, such as Java
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a file something stands; lines and columns count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `file:line:column`, leaving out what is not known."""
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class AimsgraphError(Exception):
    """Base of all errors raised on purpose.

    Attributes:
        code: stable kebab-case code; `docs/problems/<code>.md` explains it.
        message: what is wrong, in one sentence.
        remedy: what to do about it; empty when there is nothing to say.
        location: where it stands, for errors in files.
    """

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 70
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, remedy: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.location = location

    def __str__(self) -> str:
        """Return `file:line:column: message (code). Remedy`."""
        where = f"{self.location}: " if self.location else ""
        remedy = f"\n  remedy: {self.remedy}" if self.remedy else ""
        return f"{where}{self.message} [{self.code}]{remedy}"


class CheckFailed(AimsgraphError):
    """A check came out negative: findings, drift between source and generated files, an inconsistency."""

    code = "check-failed"
    exit_code = 1
    http_status = 422


class UsageError(AimsgraphError):
    """A command, parameter or setting is wrong."""

    code = "bad-parameter"
    exit_code = 2
    http_status = 400


class InputError(AimsgraphError):
    """Input cannot be read as what it claims to be."""

    code = "input-unreadable"
    exit_code = 3
    http_status = 400


class QuerySyntaxError(InputError):
    """A SPARQL query or update does not parse."""

    code = "sparql-syntax"


class NotFound(AimsgraphError):
    """Nothing is known by that name."""

    code = "not-found"
    exit_code = 4
    http_status = 404


class Refused(AimsgraphError):
    """What was asked is not allowed here."""

    code = "refused"
    exit_code = 5
    http_status = 403


class Conflict(Refused):
    """What was to be changed is no longer what it was."""

    code = "conflict"
    http_status = 412


class Unauthorised(Refused):
    """Who asks has shown no key, or one that does not count."""

    code = "unauthorised"
    http_status = 401


class BackendError(AimsgraphError):
    """A store or an engine failed."""

    code = "backend-failed"
    exit_code = 6
    http_status = 503


class StoreLocked(BackendError):
    """Another process is writing to the store."""

    code = "store-locked"


class StoreCorrupted(BackendError):
    """The store directory does not hold what its record says."""

    code = "store-corrupted"


class DeadlineExceeded(BackendError):
    """The deadline passed before the answer was complete."""

    code = "deadline-exceeded"
    http_status = 504


class ResourcesExceeded(BackendError):
    """The answer is larger, or takes more memory, than may be had."""

    code = "resources-exceeded"
    http_status = 413


class Busy(BackendError):
    """Too much is being asked at the same time; it can be asked again."""

    code = "busy"


class EngineMissing(BackendError):
    """Something the engine needs is not installed."""

    code = "engine-missing"
