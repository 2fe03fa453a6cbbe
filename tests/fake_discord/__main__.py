"""`python -m tests.fake_discord [PLAN]`: prints one line of JSON with its addresses, serves until killed."""

import asyncio
import gc
import json
import sys

from aiohttp import web

from tests.fake_discord.admin import Admin
from tests.fake_discord.plan import Plan
from tests.fake_discord.server import LOOPBACK, FakeDiscordServer


async def serve(plan: Plan) -> None:
    """Opens both ports, prints them and serves."""
    server = FakeDiscordServer(plan)
    await server.open_gateway()
    app = web.Application()
    app.add_subapp("/admin", Admin(server).app())
    app.add_subapp("/discord", server.rest_app())
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, keepalive_timeout=600)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    gc.collect()
    gc.freeze()  # a long collection would make evenly spaced requests look like a burst
    address = {"url": f"http://{LOOPBACK}:{runner.addresses[0][1]}", "gateway": server.gateway.url}
    print(json.dumps(address), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Plan.from_json(sys.argv[1] if len(sys.argv) > 1 else "{}")))
