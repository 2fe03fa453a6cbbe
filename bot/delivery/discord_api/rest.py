"""Sends one request to Discord, once, within the rate limit.

discord.py's own client repeats a request after a 500 by itself, which creates a second forum post,
and sleeps inside a request while a bucket is empty; deliveries can afford neither. So they use a
session of their own, or the replacement of discord.py's HTTP client where there is one (sandbox, tests).
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
from discord.http import HTTPClient, Route

from bot.delivery.discord_api.responses import QUARANTINE_WAIT, QUARANTINED, TOKEN_WAIT, Response
from bot.delivery.rate_limiter import NoLongerWantedError, RateLimiter, RateLimiterClosedError, Suspension

log = logging.getLogger(__name__)

MAX_BUCKETS = 4_096
SHORT_WAIT = 1.0  # a bucket that is empty for longer than this is retried later


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `path` as Discord's documentation writes it, with `ids` for its braces.

    It is not sent after the instant `deadline`, nor when `still_wanted`, asked right before
    sending, returns False.
    """

    method: str
    path: str
    ids: dict[str, Any]
    body: dict[str, Any] | None = None
    query: dict[str, int | str] = field(default_factory=dict[str, "int | str"])
    deadline: float | None = None
    still_wanted: Callable[[], Awaitable[bool]] | None = None


@dataclass
class HttpTransport:
    """Requests over a session of its own, with the client's token, address and proxy.

    Never raises for what Discord or the network does.
    """

    http: HTTPClient
    limiter: RateLimiter
    clock: Callable[[], float]
    timeout_seconds: float
    session: aiohttp.ClientSession | None = None
    empty_until: dict[str, float] = field(default_factory=dict[str, float])  # by rate-limit bucket

    async def call(self, call: Call) -> Response:
        """Waits for the rate limiter, then sends once."""
        loop = asyncio.get_running_loop()
        bucket = f"{call.method} {call.path} {next(iter(call.ids.values()), 0)}"  # the route and its first id
        wait = self.empty_until.get(bucket, 0.0) - loop.time()
        if wait > SHORT_WAIT:
            return Response(429, headers={"Retry-After": f"{wait:.3f}"}, sent=False)
        if wait > 0:
            await asyncio.sleep(wait)
        try:
            sent_at = await self.limiter.acquire(partial(self._may_be_sent, call))
        except RateLimiterClosedError:
            return Response(0, sent=False, problem="stopping")
        except NoLongerWantedError:
            if self._is_late(call):
                return Response(429, headers={"Retry-After": "0"}, sent=False)
            return Response(0, sent=False, problem="no_longer_wanted")
        response = await self._attempt(call)
        self.limiter.record_response(
            response.status,
            response.headers,
            sent_at=sent_at,
            global_limit=response.global_limit,
            retry_after=response.retry_after,
        )
        if response.status == 401:
            self.limiter.suspend(Suspension.TOKEN, TOKEN_WAIT)
        elif response.code == QUARANTINED:
            self.limiter.suspend(Suspension.QUARANTINE, QUARANTINE_WAIT)
        if response.retry_in > 0:
            now = loop.time()
            if len(self.empty_until) >= MAX_BUCKETS:
                self.empty_until = {name: until for name, until in self.empty_until.items() if until > now}
            self.empty_until[bucket] = now + response.retry_in
        return response

    async def close(self) -> None:
        """Closes the session; a later call opens another."""
        if self.session is not None:
            await self.session.close()
            self.session = None

    async def _may_be_sent(self, call: Call) -> bool:
        return not self._is_late(call) and (call.still_wanted is None or await call.still_wanted())

    def _is_late(self, call: Call) -> bool:
        return call.deadline is not None and self.clock() >= call.deadline

    async def _attempt(self, call: Call) -> Response:
        if self.session is None:
            # The announcer bounds the number of requests under way; the connector must not limit it again.
            timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
            self.session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        try:
            async with self.session.request(
                call.method,
                Route(call.method, call.path, **call.ids).url,
                json=call.body,
                params=call.query,
                headers={"Authorization": f"Bot {self.http.token}", "User-Agent": self.http.user_agent},
                proxy=self.http.proxy,
                proxy_auth=self.http.proxy_auth,
            ) as response:
                return Response(response.status, _body(await response.text()), response.headers)
        except aiohttp.ClientConnectorError as error:
            return Response(0, sent=False, problem=type(error).__name__)
        except (aiohttp.ClientError, OSError) as error:
            return Response(0, problem=type(error).__name__)


@dataclass(frozen=True, slots=True)
class ClientTransport:
    """Requests through discord.py's HTTP client, or a replacement of it."""

    client: discord.Client

    async def call(self, call: Call) -> Response:
        """Sends through the client's `http`."""
        if call.still_wanted is not None and not await call.still_wanted():
            return Response(0, sent=False, problem="no_longer_wanted")
        extra: dict[str, Any] = {} if call.body is None else {"json": call.body}
        if call.query:
            extra["params"] = call.query
        try:
            route = Route(call.method, call.path, **call.ids)
            return Response(200, await self.client.http.request(route, **extra))
        except discord.HTTPException as error:
            return Response(error.status, {"code": error.code, "message": error.text})


def paced(limiter: RateLimiter) -> aiohttp.TraceConfig:
    """For discord.py's `http_trace`: its own requests, retries included, count against the same limit.

    Responses to interactions do not count against the limit and are not delayed.
    """
    trace = aiohttp.TraceConfig()

    async def start(_session: object, context: SimpleNamespace, parameters: aiohttp.TraceRequestStartParams) -> None:
        if _counts(parameters.url.path):
            context.sent_at = await limiter.acquire_priority()

    async def end(_session: object, context: SimpleNamespace, parameters: aiohttp.TraceRequestEndParams) -> None:
        if not _counts(parameters.url.path):
            return
        received = parameters.response
        response = Response(received.status, headers=received.headers)
        if received.status == 429:  # only the body has the fractions of a second; aiohttp keeps it for discord.py
            response = Response(received.status, _body(await received.text()), received.headers)
        limiter.record_response(
            response.status,
            response.headers,
            sent_at=context.sent_at,
            global_limit=response.global_limit,
            retry_after=response.retry_after,
        )

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
