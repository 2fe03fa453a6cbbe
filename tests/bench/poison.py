"""How long a feed waits beside pages that exhaust their CPU time: `python -m tests.bench.poison [PAGES]`.

Every poison page takes all the CPU time a page may have; one row has them on one host, one on as many.
"""

import asyncio
import sys
import time
from contextlib import suppress

from bot.worker.pool import ParseFailedError, ParseWorker
from tests.feeds.documents import item, numbered, rss

SECONDS = 2.0  # of CPU time a document may take, here
POISON = rss(item(1).replace("<title>", f"<author>{'a' * 400_000}</author><title>")).encode()
TYPE = {"content-type": "application/rss+xml; charset=utf-8"}


class PoisonedPages(ParseWorker):
    """Treats poison feeds as pages: what takes the time is the same, what waits for it is not."""

    async def poison(self, host: str) -> None:
        with suppress(ParseFailedError):
            await self._run({"kind": "listing", "headers": TYPE, "url": f"https://{host}/", "is_list": False}, POISON)


async def wait_of_a_feed(hosts: list[str]) -> float:
    worker = PoisonedPages(seconds=SECONDS, max_bytes=536_870_912)
    await worker.parse(numbered(1).encode(), TYPE, "https://blog.example/feed")
    pages = [asyncio.create_task(worker.poison(host)) for host in hosts]
    await asyncio.sleep(0.2)
    began = time.perf_counter()
    await worker.parse(numbered(2).encode(), TYPE, "https://blog.example/feed")
    took = time.perf_counter() - began
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)
    await worker.close()
    return took


async def main(pages: int) -> None:
    print(f"{pages} poison pages of {SECONDS:g} s CPU time each; a good feed waits:")
    print(f"  one host    {await wait_of_a_feed(['poison.example'] * pages):6.2f} s")
    print(f"  many hosts  {await wait_of_a_feed([f'poison{n}.example' for n in range(pages)]):6.2f} s")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
