from bot.search.query.terms import MAX_GROUPS, build_query, tokenize
from bot.store.search.reader import Term


def test_a_very_long_query_ranks_by_its_heaviest_words() -> None:
    """The rarest words of the archive weigh most; those kept keep their order and their neighbours."""
    typed = [f"word{number:03}" for number in range(MAX_GROUPS + 20)]
    tokens = tokenize(typed, ["en"], {})
    terms = {token.terms[0]: Term(token.terms[0], at, at + 1) for at, token in enumerate(tokens)}

    query = build_query(tokens, terms, 1_000)

    assert [group.terms for group in query.groups] == [token.terms for token in tokens[:MAX_GROUPS]]
    assert query.neighbours == {(at, at + 1) for at in range(MAX_GROUPS - 1)}


def test_a_korean_word_of_one_syllable_is_searched_for_in_english_and_is_no_particle() -> None:
    (token,) = tokenize(["돈"], ["en", "ko"], {}, close={"돈": ["money"]})

    assert token.terms == ("money",)
    assert not token.stop
