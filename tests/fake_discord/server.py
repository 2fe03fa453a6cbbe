"""HTTP front end: counts, delays, limits and faults every request before it is served."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.fake_discord.faults import Fault, Faults, Rule
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.interactions import ARRIVED, Interactions
from tests.fake_discord.json_response import json_response
from tests.fake_discord.limits import EXEMPT, Bucket, Exceeded, Limits
from tests.fake_discord.plan import Plan
from tests.fake_discord.rest import Rest
from tests.fake_discord.state import ApiError, FakeDiscordState

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SILENCE = 3600.0  # how long a hanging request stays without an answer
ON_THE_WAY = 0.1  # share of the jitter before a request is counted: requests do not arrive as evenly as they left
VIA = {"Via": "1.1 google"}  # without it discord.py takes a 429 for a ban
LOOPBACK = "127.0.0.1"


class FakeDiscordServer:
    """One Discord: REST and admin on one port, the gateway on another, so that it can refuse alone."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.world = FakeDiscordState(plan, time.time)
        self.gateway = Gateway(self.world)
        self.interactions = Interactions(self.world, self.gateway, time.monotonic)
        self.limits = Limits(plan, (lambda: 0.0) if plan.still else time.monotonic)
        self.faults = Faults(plan.seed)
        self.answers: Counter[str] = Counter()
        self._paused_until = 0.0
        self._random = random.Random(plan.seed)
        self._gateway_runner: web.AppRunner | None = None
        self._gateway_port = 0

    def rest_app(self) -> web.Application:
        """The application that answers REST requests."""
        app = web.Application(middlewares=[self._guard])
        Rest(self.world, self.gateway, self.interactions).add_to(app)
        return app

    async def open_gateway(self) -> None:
        """Listens; reopening uses the same port."""
        app = web.Application()
        app.router.add_get("/", self.gateway.handle)
        self._gateway_runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._gateway_runner.setup()
        await web.TCPSite(self._gateway_runner, LOOPBACK, self._gateway_port, reuse_address=True).start()
        self._gateway_port = int(self._gateway_runner.addresses[0][1])
        self.gateway.url = f"ws://{LOOPBACK}:{self._gateway_port}"

    async def close_gateway(self) -> None:
        """Cuts all connections and refuses new ones."""
        if self._gateway_runner is not None:
            self.gateway.abort()
            await self._gateway_runner.cleanup()
            self._gateway_runner = None

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Counts the response, or its absence, under the route's name."""
        route = request.match_info.route.name or "unknown"
        try:
            response = await self._serve(request, route, handler)
        except asyncio.CancelledError:
            self.answers[f"{route} none"] += 1
            raise
        self.answers[f"{route} {response.status}"] += 1
        self.limits.count_answer(response.status)
        return response

    async def _serve(self, request: web.Request, route: str, handler: Handler) -> web.StreamResponse:
        major = request.match_info.get("channel", request.match_info.get("guild", ""))
        delay = self._random.random() * self.plan.jitter
        await asyncio.sleep(delay * ON_THE_WAY)
        request[ARRIVED] = time.monotonic()
        if self.limits.banned:
            return self._ban()
        if not self.world.token_valid and route not in EXEMPT:
            return json_response({"message": "401: Unauthorized", "code": 0}, 401)
        limited = self._limited(route, request, major)
        await asyncio.sleep(self.plan.latency + delay * (1 - ON_THE_WAY))
        if isinstance(limited, Exceeded):
            return self._too_many(limited)
        headers = self._headers(route, limited) if limited else {}
        rule = self.faults.draw(route, major)
        if rule and (faulty := await self._before(request, rule)) is not None:
            return faulty
        response = await self._carry_out(request, handler)
        if rule and (faulty := await self._after(request, rule)) is not None:
            return faulty
        response.headers.update(headers)
        return response

    def _limited(self, route: str, request: web.Request, major: str) -> Exceeded | Bucket | None:
        if (wait := self._paused_until - time.monotonic()) > 0:
            return Exceeded(wait, everywhere=True)
        return self.limits.take(self._limit_of(route, request), major)

    def _limit_of(self, route: str, request: web.Request) -> str:
        """Edits of published messages have a limit of their own."""
        if route != "edit_message":
            return route
        channel = self.world.channels.get(int(request.match_info["channel"]))
        message = channel.messages.get(int(request.match_info["message"])) if channel else None
        return "edit_published" if message and message.published else route

    async def _carry_out(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as refused:
            return json_response({"message": refused.message, "code": refused.code}, refused.status)

    def _headers(self, route: str, bucket: Bucket) -> dict[str, str]:
        left = self.limits.seconds_left(bucket)
        return {
            "X-RateLimit-Limit": str(bucket.limit.requests),
            "X-RateLimit-Remaining": str(bucket.remaining),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"bucket-{route}",
        }

    def _too_many(self, exceeded: Exceeded) -> web.Response:
        headers = {"Retry-After": f"{exceeded.retry_after:.3f}", **VIA}
        headers["X-RateLimit-Scope"] = "global" if exceeded.everywhere else "user"
        if exceeded.everywhere:
            headers["X-RateLimit-Global"] = "true"
        body = {"message": "You are being rate limited.", "retry_after": round(exceeded.retry_after, 3)}
        return json_response(body | {"global": exceeded.everywhere}, 429, headers)

    async def _before(self, request: web.Request, rule: Rule) -> web.StreamResponse | None:
        """The fault's answer instead of the real one; None lets the request through."""
        match rule.fault:
            case Fault.STATUS:
                return self._broken(rule)
            case Fault.RESET:
                self._cut(request)
                return web.Response(status=499)
            case Fault.HANG:
                await asyncio.sleep(SILENCE)
            case Fault.SLOW:
                await asyncio.sleep(rule.seconds)
            case Fault.GLOBAL_429:
                self._paused_until = time.monotonic() + rule.seconds
                return self._too_many(Exceeded(rule.seconds, everywhere=True))
            case Fault.BARE_429:
                return self._ban()
            case _:
                pass
        return None

    async def _after(self, request: web.Request, rule: Rule) -> web.StreamResponse | None:
        """As `_before`, once the request has been carried out."""
        match rule.fault:
            case Fault.STATUS_AFTER:
                return self._broken(rule)
            case Fault.RESET_AFTER:
                self._cut(request)
                return web.Response(status=499)
            case Fault.HANG_AFTER:
                await asyncio.sleep(SILENCE)
            case _:
                pass
        return None

    @staticmethod
    def _ban() -> web.Response:
        """As Cloudflare answers a banned address."""
        return web.Response(status=429, text="<html>error code: 1015</html>", content_type="text/html")

    @staticmethod
    def _broken(rule: Rule) -> web.Response:
        if rule.html or rule.status >= 500:  # what stands in front of Discord answers these, and not in JSON
            return web.Response(status=rule.status, text="<html>upstream error</html>", content_type="text/html")
        body = {"message": "as the test asked", "code": rule.code}
        return json_response(body | ({"errors": rule.errors} if rule.errors else {}), rule.status, VIA)

    @staticmethod
    def _cut(request: web.Request) -> None:
        if request.transport is not None:
            request.transport.abort()
