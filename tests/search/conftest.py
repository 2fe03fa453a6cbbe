from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.search.archive import Archive, opened


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncGenerator[Archive]:
    async with opened(tmp_path) as made:
        yield made
