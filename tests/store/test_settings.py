from pathlib import Path

from bot.store.database import Database
from bot.store.key_value import KeyValueStore
from bot.store.saved_searches import KEEP_SEARCHES_SECONDS, SavedSearches


async def test_stored_values_survive_a_restart(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "herald.db")
    kept = KeyValueStore(database, lambda: 1.0)
    assert await kept.get("commands") is None
    await kept.put("commands", "one")
    await kept.put("commands", "two")
    await database.close()

    database = await Database.open(tmp_path / "herald.db")
    assert await KeyValueStore(database, lambda: 2.0).get("commands") == "two"
    await database.close()


async def test_a_long_search_has_one_key_and_is_forgotten(tmp_path: Path) -> None:
    """The same search never takes a second row, and none stays longer than thirty days unused."""
    now = 0.0
    database = await Database.open(tmp_path / "herald.db")
    searches = SavedSearches(database, lambda: now)
    key = await searches.keep("state")
    assert await searches.keep("state") == key
    assert await searches.find(key) == "state"

    now = KEEP_SEARCHES_SECONDS + 1
    other = await searches.keep("another")

    assert await searches.find(key) is None
    assert await searches.find(other) == "another"
    await database.close()


async def test_a_saved_search_expires_by_itself_even_if_nobody_searches_again(tmp_path: Path) -> None:
    now = 0.0
    database = await Database.open(tmp_path / "herald.db")
    searches = SavedSearches(database, lambda: now)
    old = await searches.keep("old")
    now = 1.0
    young = await searches.keep("young")

    now = KEEP_SEARCHES_SECONDS + 0.5
    assert await searches.find(old) is None  # the hour of upkeep may not have come yet
    await searches.delete_expired()

    rows = await database.all("SELECT key FROM saved_searches")
    assert [row["key"] for row in rows] == [young]
    await database.close()
