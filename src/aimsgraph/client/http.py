"""The clients: one that waits, one that is awaited; both have a method for each operation of `/v1`.

```python
with aimsgraph.Client("http://127.0.0.1:8000") as client:
    for page in client.duties.pages(role="provider", route="annex-iii", on="2027-12-02"):
        for duty in page.duties:
            print(duty.statement, duty.applies)
```
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import Generic, ParamSpec, Self, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from aimsgraph.client import calls
from aimsgraph.client.call import Answered, Call
from aimsgraph.client.errors import error_of
from aimsgraph.errors import BackendError, DeadlineExceeded
from aimsgraph.version import __version__

SECONDS = 60.0
P = ParamSpec("P")
T = TypeVar("T")


class Method(Generic[P, T]):
    """An operation, bound to a client that waits: call it, or walk its `pages`."""

    def __init__(self, client: Client, build: Callable[P, Call[T]]) -> None:
        self._client, self._build = client, build
        self.__doc__ = build.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask, and return the answer: of a list, its first page.

        Raises:
            AimsgraphError: what the server says went wrong, or that there is no connection to it.
        """
        return self._client.send(self._build(*args, **kwargs))

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        """Ask, and yield page after page.

        Raises:
            AimsgraphError: as calling it; also when the content changes in the middle of a walk.
        """
        call: Call[T] | None = self._build(*args, **kwargs)
        while call is not None:
            answer = self._client.send(call)
            yield answer
            call = call.after(answer)


class AsyncMethod(Generic[P, T]):
    """An operation, bound to a client that is awaited."""

    def __init__(self, client: AsyncClient, build: Callable[P, Call[T]]) -> None:
        self._client, self._build = client, build
        self.__doc__ = build.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """Ask; awaiting gives the answer: of a list, its first page.

        Raises:
            AimsgraphError: as `Method`.
        """
        return self._client.send(self._build(*args, **kwargs))

    async def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        """Ask, and yield page after page.

        Raises:
            AimsgraphError: as `Method.pages`.
        """
        call: Call[T] | None = self._build(*args, **kwargs)
        while call is not None:
            answer = await self._client.send(call)
            yield answer
            call = call.after(answer)


class _Waiting(Generic[P, T]):
    """Binds an operation to whichever client it is looked up on."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    def __get__(self, client: Client, _owner: type[Client]) -> Method[P, T]:
        return Method(client, self.build)


class _Awaited(Generic[P, T]):
    """As `_Waiting`, for a client that is awaited."""

    def __init__(self, build: Callable[P, Call[T]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    def __get__(self, client: AsyncClient, _owner: type[AsyncClient]) -> AsyncMethod[P, T]:
        return AsyncMethod(client, self.build)


class Client:
    """Asks a server, and waits for the answer.

    Args:
        address: the server's, such as `http://127.0.0.1:8000`.
        key: the API key; empty for none.
        seconds: how long to wait for an answer.
    """

    frameworks = _Waiting(calls.frameworks)
    framework = _Waiting(calls.framework)
    show = _Waiting(calls.show)
    search = _Waiting(calls.search)
    duties = _Waiting(calls.duties)
    changes = _Waiting(calls.changes)
    crosswalk = _Waiting(calls.crosswalk)
    crosswalk_batch = _Waiting(calls.crosswalk_batch)
    matrix = _Waiting(calls.matrix)
    unmapped = _Waiting(calls.unmapped)
    contradictions = _Waiting(calls.contradictions)
    check_proofs = _Waiting(calls.check_proofs)
    questions = _Waiting(calls.questions)
    ask = _Waiting(calls.ask)
    validate = _Waiting(calls.validate)
    cite = _Waiting(calls.cite)
    organisations = _Waiting(calls.organisations)
    organisation_duties = _Waiting(calls.organisation_duties)
    coverage = _Waiting(calls.coverage)
    gaps = _Waiting(calls.gaps)
    soa = _Waiting(calls.soa)
    readiness = _Waiting(calls.readiness)
    impact = _Waiting(calls.impact)

    def __init__(self, address: str, *, key: str = "", seconds: float = SECONDS) -> None:
        self._http = httpx.Client(base_url=address, headers=_headers(key), timeout=seconds)

    def send(self, call: Call[Answered]) -> Answered:
        """Make a call.

        Raises:
            AimsgraphError: what the server says went wrong, or that there is no connection to it.
        """
        try:
            return _read(call, self._http.send(_request(self._http, call)))
        except httpx.HTTPError as error:
            raise _no_answer(error) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient:
    """Asks a server; the answer is awaited.

    Args:
        address: the server's, such as `http://127.0.0.1:8000`.
        key: the API key; empty for none.
        seconds: how long to wait for an answer.
    """

    frameworks = _Awaited(calls.frameworks)
    framework = _Awaited(calls.framework)
    show = _Awaited(calls.show)
    search = _Awaited(calls.search)
    duties = _Awaited(calls.duties)
    changes = _Awaited(calls.changes)
    crosswalk = _Awaited(calls.crosswalk)
    crosswalk_batch = _Awaited(calls.crosswalk_batch)
    matrix = _Awaited(calls.matrix)
    unmapped = _Awaited(calls.unmapped)
    contradictions = _Awaited(calls.contradictions)
    check_proofs = _Awaited(calls.check_proofs)
    questions = _Awaited(calls.questions)
    ask = _Awaited(calls.ask)
    validate = _Awaited(calls.validate)
    cite = _Awaited(calls.cite)
    organisations = _Awaited(calls.organisations)
    organisation_duties = _Awaited(calls.organisation_duties)
    coverage = _Awaited(calls.coverage)
    gaps = _Awaited(calls.gaps)
    soa = _Awaited(calls.soa)
    readiness = _Awaited(calls.readiness)
    impact = _Awaited(calls.impact)

    def __init__(self, address: str, *, key: str = "", seconds: float = SECONDS) -> None:
        self._http = httpx.AsyncClient(base_url=address, headers=_headers(key), timeout=seconds)

    async def send(self, call: Call[Answered]) -> Answered:
        """Make a call.

        Raises:
            AimsgraphError: what the server says went wrong, or that there is no connection to it.
        """
        try:
            return _read(call, await self._http.send(_request(self._http, call)))
        except httpx.HTTPError as error:
            raise _no_answer(error) from error

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _headers(key: str) -> dict[str, str]:
    known = {"User-Agent": f"aimsgraph/{__version__}"}
    return known | ({"Authorization": f"Bearer {key}"} if key else {})


def _request(http: httpx.Client | httpx.AsyncClient, call: Call[Answered]) -> httpx.Request:
    headers, parameters = {"Accept": call.accept}, httpx.QueryParams(tuple(call.pairs))
    if call.content is not None:
        data, media_type = call.content
        headers["Content-Type"] = media_type
        return http.build_request(call.method, call.path, params=parameters, headers=headers, content=data)
    return http.build_request(call.method, call.path, params=parameters, headers=headers, json=call.body)


def _read(call: Call[Answered], response: httpx.Response) -> Answered:
    if not response.is_success:
        try:
            body = response.json()
        except ValueError:
            body = None
        raise error_of(response.status_code, body)
    try:
        return TypeAdapter(call.reads).validate_json(response.content)
    except ValidationError as error:
        raise BackendError(
            f"the answer to {call.method} {call.path} is not what this client reads",
            remedy="use a client and a server of the same version",
        ) from error


def _no_answer(error: httpx.HTTPError) -> BackendError:
    if isinstance(error, httpx.TimeoutException):
        return DeadlineExceeded("the server gave no answer in time", remedy="allow more seconds, or ask for less")
    return BackendError(f"no connection to the server: {error}", remedy="is it running there?")
