"""One request to Discord, tried once, at the common pace.

discord.py's own client repeats a request after a 500 by itself, which makes a second forum post,
and sleeps inside a request while a bucket is empty; a delivery can have neither. So deliveries
have a session of their own. Where somebody put another client in place of discord.py's (the
sandbox, tests), that one is asked.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import aiohttp
import discord
from discord.http import HTTPClient, Route

from bot.delivery.discord_api.responses import Response
from bot.delivery.rate_limiter import RateLimiter, RateLimiterClosedError

log = logging.getLogger(__name__)

MAX_BUCKETS = 4_096
SHORT_REST = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `path` as Discord's documentation writes it, with `ids` for its braces.

    After the instant `deadline` it is not sent any more.
    """

    method: str
    path: str
    ids: dict[str, Any]
    body: dict[str, Any] | None = None
    query: dict[str, int | str] = field(default_factory=dict[str, "int | str"])
    deadline: float | None = None

    @property
    def route(self) -> Route:
        """The same for discord.py, which knows the address of the API."""
        return Route(self.method, self.path, **self.ids)

    @property
    def bucket(self) -> str:
        """What Discord counts together: the route and its first id."""
        return f"{self.method} {self.path} {next(iter(self.ids.values()), 0)}"


class Transport(Protocol):
    """Sends a request once. Never raises for what Discord or the network does."""

    async def call(self, call: Call) -> Response:
        """What came back."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...


class HttpTransport:
    """Requests over a session of its own, with the client's token, address and proxy."""

    def __init__(
        self, http: HTTPClient, limiter: RateLimiter, clock: Callable[[], float], timeout_seconds: float
    ) -> None:
        self._http, self._limiter, self._clock = http, limiter, clock
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None
        self._resting: dict[str, float] = {}

    async def call(self, call: Call) -> Response:
        """Waits for its turn, then tries once."""
        loop = asyncio.get_running_loop()
        rest = self._resting.get(call.bucket, 0.0) - loop.time()
        if rest > SHORT_REST:
            return Response(429, headers={"Retry-After": f"{rest:.3f}"}, sent=False)
        if rest > 0:
            await asyncio.sleep(rest)
        try:
            await self._limiter.acquire()
        except RateLimiterClosedError:
            return Response(0, sent=False, problem="stopping")
        if call.deadline is not None and self._clock() >= call.deadline:
            return Response(429, headers={"Retry-After": "0"}, sent=False)
        response = await self._attempt(call)
        self._limiter.record_response(response.status, response.headers, global_limit=response.global_limit)
        if response.retry_in > 0:
            self._note_rest(call.bucket, loop.time(), response.retry_in)
        return response

    async def close(self) -> None:
        """Closes the session; a later call opens another."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempt(self, call: Call) -> Response:
        try:
            async with self._open().request(
                call.method,
                call.route.url,
                json=call.body,
                params=call.query,
                headers={"Authorization": f"Bot {self._http.token}", "User-Agent": self._http.user_agent},
                proxy=self._http.proxy,
                proxy_auth=self._http.proxy_auth,
            ) as response:
                return Response(response.status, _body(await response.text()), response.headers)
        except aiohttp.ClientConnectorError as error:
            return Response(0, sent=False, problem=_name(error))
        except (aiohttp.ClientError, OSError) as error:
            return Response(0, problem=_name(error))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The announcer bounds how many are under way; the connector must not do so once more.
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=aiohttp.TCPConnector(limit=0))
        return self._session

    def _note_rest(self, bucket: str, now: float, seconds: float) -> None:
        if len(self._resting) >= MAX_BUCKETS:
            self._resting = {name: until for name, until in self._resting.items() if until > now}
        self._resting[bucket] = now + seconds


class ClientTransport:
    """Requests through whatever stands in place of discord.py's HTTP client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def call(self, call: Call) -> Response:
        """Asks the client's `http`."""
        extra: dict[str, Any] = {} if call.body is None else {"json": call.body}
        if call.query:
            extra["params"] = call.query
        try:
            return Response(200, await self._client.http.request(call.route, **extra))
        except discord.HTTPException as error:
            return Response(error.status, {"code": error.code, "message": error.text})

    async def close(self) -> None:
        """Has nothing of its own."""


def transport_for(
    client: discord.Client, limiter: RateLimiter, clock: Callable[[], float], timeout_seconds: float
) -> Transport:
    """The way to Discord that suits the client as it is now."""
    if type(client.http) is HTTPClient:
        return HttpTransport(client.http, limiter, clock, timeout_seconds)
    return ClientTransport(client)


def paced(limiter: RateLimiter) -> aiohttp.TraceConfig:
    """For discord.py's `http_trace`: its own requests keep to the same pace, repeats included.

    Answers to interactions do not count against the limit, and pass.
    """
    trace = aiohttp.TraceConfig()

    async def start(_session: object, _context: object, parameters: aiohttp.TraceRequestStartParams) -> None:
        if _counts(parameters.url.path):
            await limiter.acquire_priority()

    async def end(_session: object, _context: object, parameters: aiohttp.TraceRequestEndParams) -> None:
        if _counts(parameters.url.path):
            limiter.record_response(parameters.response.status, parameters.response.headers)

    trace.on_request_start.append(start)
    trace.on_request_end.append(end)
    return trace


def _counts(path: str) -> bool:
    return "/api/" in path and "/interactions/" not in path and "/webhooks/" not in path


def _body(text: str) -> object:
    try:
        return cast("object", json.loads(text))
    except ValueError:
        return text


def _name(error: BaseException) -> str:
    return type(error).__name__
