"""The sandbox's page: static files, one person's view as JSON, and that person's actions.

The page is served on loopback only. A request must name this server as its host, and an action needs a
header that other sites cannot send, so that no other page can control the sandbox.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from importlib import resources
from typing import Any, cast

import simcord
from aiohttp import web

from bot.demo.projection import (
    Json,
    channel_summary,
    channel_view,
    components_of,
    slash_commands,
    visible_channels,
)
from bot.demo.tour import STEPS, Tour, TourError
from bot.demo.world import World
from bot.i18n import LANGUAGES, messages

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
HEADER = "X-Herald-Sandbox"
TICK_SECONDS = 0.1
MAX_BODY_BYTES = 64 * 1024
STATIC_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
BUTTON = 2
ENTITY_SELECTS = (5, 6, 7, 8)
BOOLEAN_OPTION, INTEGER_OPTION = 5, 4
SELECT_OF_OPTION = {6: 5, 7: 8, 8: 6}  # user, channel and role: the option's type and that of a menu for it
TRUE_WORDS = ("true", "yes", "1", "예")

LOCALES = {"en": "en-US", "ko": "ko"}  # a catalogue's language and Discord's code for it


@dataclass(slots=True)
class SandboxPage:
    """The page over a simulated Discord. `pictures` is where the sample blog serves its images."""

    world: World
    tour: Tour
    pictures: str
    revision: int = 0
    modals: dict[str, simcord.InteractionResult] = field(default_factory=dict[str, simcord.InteractionResult])

    def application(self) -> web.Application:
        """The routes of the page."""
        application = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._guard])
        router = application.router
        for path in ("/", "/favicon.ico", "/static/{name}"):
            router.add_get(path, self._static)
        router.add_get("/api/words", self._words)
        router.add_get("/api/view", self._view)
        router.add_get("/api/changes", self._changes)
        router.add_post("/api/{action}", self._act)
        return application

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        host = request.host.rpartition(":")[0]
        if host not in (HOST, "localhost") or (request.method == "POST" and HEADER not in request.headers):
            raise web.HTTPForbidden
        response = await handler(request)
        if not response.prepared:
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["Cache-Control"] = "no-store"
            response.headers["Content-Security-Policy"] = (
                f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
                f"{self.pictures}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            )
        return response

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "icon.svg" if request.path == "/favicon.ico" else "index.html")
        file = resources.files("bot.demo") / "static" / name
        kind = STATIC_TYPES.get(name.rpartition(".")[2])
        if kind is None or "/" in name or not file.is_file():
            raise web.HTTPNotFound
        return web.Response(text=file.read_text("utf-8"), content_type=kind, charset="utf-8")

    async def _words(self, request: web.Request) -> web.Response:
        found = messages(_language(request.query.get("language", "")))
        return web.json_response(
            {key.removeprefix("sandbox."): forms["other"] for key, forms in found.items() if key.startswith("sandbox.")}
        )

    async def _view(self, request: web.Request) -> web.Response:
        """The view of the chosen person; a channel that is closed to them is replaced by the first open one."""
        viewer = self.world.moderator if request.query.get("viewer") == "moderator" else self.world.member
        language = _language(request.query.get("language", ""))
        backend = self.world.env.backend
        channels = visible_channels(backend, viewer.id)
        roles = backend.get_guild(self.world.guild.id).roles.values()
        chosen = next((one for one in channels if str(one.id) == request.query.get("channel")), channels[0])
        return web.json_response(
            {
                "revision": self.revision,
                "server": self.world.guild.name,
                "viewer": {"id": str(viewer.id), "name": viewer.user.global_name or viewer.name},
                "bot": str(backend.bot_user.id),
                "channels": [channel_summary(backend, channel, viewer.id) for channel in channels],
                "channel": channel_view(backend, chosen, viewer.id, language),
                "names": {  # behind the mentions in messages
                    "roles": {str(role.id): role.name for role in roles},
                    "channels": {str(one.id): one.name for one in backend.channels.values()},
                    "users": {str(user.id): user.global_name or user.name for user in backend.users.values()},
                },
                "tour": {str(step): asdict(result) for step, result in self.tour.done.items()},
            }
        )

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one whenever the view may have changed."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        sent = -1
        env = self.world.env
        with contextlib.suppress(ConnectionResetError):
            while True:
                # It grows when the bot has written, somebody has acted, or permissions have changed.
                state = self.revision + len(env.http_requests) + len(env.backend.transcript)
                if sent != state:
                    sent = state
                    await response.write(f"data: {sent}\n\n".encode())
                await asyncio.sleep(TICK_SECONDS)
        return response

    async def _act(self, request: web.Request) -> web.Response:
        try:
            answer = await self._perform(request.match_info["action"], await request.json())
        except (KeyError, ValueError, TypeError):
            raise web.HTTPBadRequest from None
        except (simcord.SetupError, simcord.BackendError) as error:
            answer = {"error": str(error)}
        except TourError:
            answer = {"late": True}
        self.revision += 1
        return web.json_response(answer)

    async def _perform(self, action: str, body: Json) -> Json:
        """Does what the person at the page asks for; `press` with `values` selects in a menu."""
        if action == "tour":
            step = int(body["step"])
            if not 1 <= step <= STEPS:
                raise ValueError(step)
            return asdict(await self.tour.run(step, LOCALES[_language(str(body.get("language", "")))]))

        actor = self.world.moderator if body.get("viewer") == "moderator" else self.world.member
        places = (place for one in self.world.guild.channels.values() for place in (one, *one.threads))
        channel = {place.id: place for place in places}[int(body["channel"])]
        if action == "send":
            async with self.tour.busy:
                message = await actor.send(channel, str(body["text"])[:2000])
            return {"message": str(message.id)}
        if action == "modal":
            return await self._modal(actor, body)

        if action in ("command", "complete"):
            name, options = str(body["name"]), self._options(body, actor, channel)
            async with self._speaking(body):
                if action == "command":
                    return self._shown(await actor.slash(channel, name, **options))
                typed = str(body["value"])
                return {"choices": await actor.autocomplete(channel, name, str(body["option"]), typed, **options)}

        if action not in ("menu", "press"):
            raise web.HTTPNotFound
        stored = self.world.env.backend.get_message(channel.id, int(body["message"]))
        message: Any = (  # simcord names no type for both kinds
            simcord.ResponseMessage(self.world.env, stored)
            if stored.is_ephemeral
            else next(one for one in channel.history(viewer=actor) if one.id == stored.id)
        )
        async with self._speaking(body):
            if action == "menu":
                result = await actor.context_menu(channel, str(body["name"]), message)
            elif "values" in body:
                custom_id = str(body["custom_id"])
                menu = next(one for one in components_of(stored.components) if one.get("custom_id") == custom_id)
                values = [self._entity(int(menu["type"]), str(value)) for value in body["values"]]
                result = await actor.select(message, values, custom_id=custom_id)
            else:
                result = await actor.click(message, custom_id=str(body["custom_id"]))
            return self._shown(result)

    async def _modal(self, actor: simcord.MemberActor, body: Json) -> Json:
        shown = self.modals.pop(str(body["handle"]))
        kinds = {
            one["custom_id"]: int(one["type"])
            for one in components_of((shown.modal or {})["components"])
            if "custom_id" in one
        }
        values = {
            name: [self._entity(kinds[name], str(one)) for one in cast("list[object]", value)]
            if isinstance(value, list)
            else value
            for name, value in cast("Json", body["values"]).items()
        }
        async with self._speaking(body):
            return self._shown(await actor.submit_modal(shown, values))

    @asynccontextmanager
    async def _speaking(self, body: Json) -> AsyncGenerator[None]:
        """One action at a time, in the language of the person who acts."""
        async with self.tour.busy:
            self.world.locale.value = LOCALES[_language(str(body.get("language", "")))]
            yield

    def _options(self, body: Json, actor: simcord.MemberActor, channel: simcord.ChannelHandle) -> dict[str, Any]:
        """Typed texts converted to the options' types."""
        name = str(body["name"])
        found = slash_commands(self.world.env.backend, channel.id, actor.id, "en")
        kinds = {
            str(option["name"]): int(option["type"])
            for command in found
            if command["name"] == name
            for option in cast("list[Json]", command["options"])
        }
        options = dict(cast("Json", body.get("options", {})))
        for option, value in options.items():
            kind = kinds.get(option, 0)
            if kind == BOOLEAN_OPTION:
                options[option] = str(value).lower() in TRUE_WORDS
            elif kind == INTEGER_OPTION:
                options[option] = int(str(value))
            elif kind in SELECT_OF_OPTION:
                options[option] = self._entity(SELECT_OF_OPTION[kind], str(value))
        return options

    def _entity(self, kind: int, value: str) -> object:
        """A chosen channel, role or person, given by id or by name."""
        if kind not in ENTITY_SELECTS:
            return value
        world, wanted = self.world, value.lstrip("#@")
        people = (world.member, world.moderator)
        found: tuple[Any, ...] = (*world.guild.channels.values(), *world.guild.roles.values(), *people)
        return next(one for one in found if wanted in (str(one.id), one.name))

    def _shown(self, result: simcord.InteractionResult) -> Json:
        answer: Json = {}
        if result.modal is not None:
            handle = str(len(self.modals) + self.revision)
            self.modals[handle] = result
            answer["modal"] = {"handle": handle, **result.modal}
        newest = result.followups[-1] if result.followups else result.response
        if newest is not None:
            answer["message"] = str(newest.id)
        return answer


@asynccontextmanager
async def served(page: SandboxPage, port: int = 0) -> AsyncGenerator[str]:
    """Serves the page on loopback and gives its address. Raises OSError when the port is taken."""
    runner = web.AppRunner(page.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def _language(typed: str) -> str:
    return typed if typed in LANGUAGES else LANGUAGES[0]
