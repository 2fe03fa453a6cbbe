"""Serves the responses of `hostile_responses` by number, byte for byte, in a process of its own."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.bench.feed_responses import Case
from tests.bench.hostile_responses import case


@contextmanager
def response_server() -> Iterator[str]:
    """The address of the server while the block lasts; `/17` gives answer 17."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


def _serve(pipe: Any) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(_talk, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
        request = await reader.readuntil(b"\r\n\r\n")
        await _answer(writer, case(int(request.split(b" ", 2)[1].strip(b"/?"))))
    writer.close()


async def _answer(writer: asyncio.StreamWriter, said: Case) -> None:
    writer.write(said.head)
    for _ in range(said.times):
        writer.write(said.body)
        await writer.drain()
        if said.pause:
            await asyncio.sleep(said.pause)
