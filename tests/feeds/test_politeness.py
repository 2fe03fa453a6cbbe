"""The politeness table: every rule for watching feeds, and the tests that prove it.

Print it with `python -m tests.feeds.test_politeness`.
"""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# What the strictest public test of feed readers looks at is among 1 to 6: validators as received and never
# forgotten, no polls too early or twice, Retry-After, cookies and referrers.
# (number, rule, proofs as "module.test")
RULES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (1, "Validators verbatim, to the address they came from; redirects by hand, at most five, checked on every hop", (
        "fetch.test_validators_are_sent_back_as_they_came",
        "fetch.test_validators_go_only_to_the_address_they_came_from",
        "fetch.test_a_circle_of_redirects_ends_after_five",
        "fetch.test_redirects_to_anything_but_the_web_are_refused",
        "fetch.test_no_way_leads_from_https_to_http",
        "fetch.test_every_hop_is_checked_again",
    )),
    (2, "304 and an equal body: no parse; validators saved with the articles", (
        "watch.test_an_unchanged_feed_costs_one_request_and_no_parse",
        "watch.test_the_same_body_again_is_not_parsed",
        "watch.test_a_200_without_validators_drops_the_old_ones",
        "watch.test_after_validators_came_no_request_goes_without_them",
        "watch.test_validators_and_articles_are_stored_together_or_not_at_all",
    )),
    (3, "Next check: the longest of all that was asked, up to a day; skipped hours and days; kept over a restart", (
        "schedule.test_freshness_is_what_the_server_says",
        "schedule.test_the_longest_wins_up_to_a_day",
        "schedule.test_never_earlier_than_asked_nor_later_than_a_day",
        "schedule.test_hours_and_days_to_skip_are_skipped",
        "watch.test_a_restart_polls_nothing_before_its_time",
        "archive.test_a_new_installation_asks_for_its_feed_once",
        "watch.test_no_poll_comes_before_it_was_asked_for",
        "watch.test_an_own_site_may_be_polled_every_second",
    )),
    (4, "Retry-After in both forms, clamped; back-off up to a day; told once, and once when over", (
        "schedule.test_retry_after_comes_in_two_forms",
        "schedule.test_trouble_backs_off_and_a_named_time_is_obeyed",
        "schedule.test_even_an_own_site_is_not_hammered_when_it_fails",
        "watch.test_retry_after_is_obeyed",
        "fetch.test_a_host_that_asks_for_rest_is_left_alone_by_feeds_and_pages",
        "fetch.test_a_rest_takes_between_a_minute_and_a_day",
        "watch.test_trouble_backs_off_and_is_told_once_with_its_end",
    )),
    (5, "301/308 believed after three good polls, 302/303/307 never; 410 final; 404 told after three days", (
        "fetch.test_permanent_redirects_are_reported_until_a_temporary_one",
        "fetch.test_temporary_redirects_are_not_reported_as_moves",
        "watch.test_a_permanent_move_is_believed_after_three_polls",
        "watch.test_a_move_to_something_broken_or_temporary_is_not_believed",
        "watch.test_gone_is_told_once_and_never_asked_again",
        "watch.test_missing_is_told_after_three_days_and_once_more_when_it_is_back",
    )),
    (6, "Says who asks; no cookies, no referrer, gzip; one request in flight for a host", (
        "fetch.test_it_says_who_asks_and_nothing_else",
        "fetch.test_nothing_is_sent_that_was_not_meant",
        "fetch.test_one_request_in_flight_for_a_host",
    )),
    (7, "Reading stops at the cap and at the total time", (
        "fetch.test_reading_stops_at_the_cap_however_small_the_bomb",
        "fetch.test_a_drip_ends_with_the_total_time",
        "fetch.test_broken_answers_are_failures_not_exceptions",
    )),
    (8, "Nothing but the operator's own words leads into a private network", (
        "fetch.test_private_addresses_are_not_public",
        "fetch.test_numbers_that_lead_inside_are_refused",
        "fetch.test_names_that_lead_inside_are_refused_where_they_resolve",
        "fetch.test_what_the_operator_wrote_is_trusted_as_written",
        "watch.test_a_page_may_not_lead_into_the_private_network",
    )),
    (9, "Parsers never run in the main process", ("worker.test_the_main_process_never_loads_a_parser",)),
    (10, "A feed that never ends is killed, named and quarantined; the others go on", (
        "worker.test_a_feed_that_never_ends_is_killed_and_the_next_is_parsed",
        "worker.test_memory_is_limited_and_the_next_is_parsed",
        "watch.test_poison_is_quarantined_named_and_disturbs_nobody",
        "watch.test_a_slow_feed_goes_on_by_itself",
    )),
    (11, "feedparser reads bytes, never a path; headers are believed", (
        "parse.test_nothing_local_is_ever_opened",
        "parse.test_the_charset_of_the_header_is_believed",
    )),
    (12, "Only http and https addresses pass", ("parse.test_entries_without_a_web_address_are_dropped",)),
    (13, "Exploding entities do nothing; an old expat is refused", (
        "worker.test_exploding_entities_give_no_more_than_they_say",
        "worker.test_an_old_expat_is_refused",
    )),
    (14, "Empty bodies, relative guids, odd dates, broken feeds, error pages, JSON Feed", (
        "parse.test_what_is_no_feed_has_no_version",
        "parse.test_relative_links_lead_to_the_site_and_relative_guids_stay",
        "parse.test_dates_mean_what_they_say",
        "parse.test_a_broken_feed_with_good_entries_is_good_and_without_is_malformed",
        "parse.test_every_format_gives_entries",
        "parse.test_a_json_feed_gives_what_it_has_and_drops_what_cannot_be_opened",
        "parse.test_thousands_of_broken_feeds_give_only_clean_entries",
    )),
    (15, "Guid, else link; a repeated guid is told apart; a new guid with a known link is known", (
        "parse.test_identity_is_the_guid_else_the_link",
        "parse.test_a_guid_used_twice_is_told_apart_by_its_link",
        "watch.test_the_same_article_is_never_announced_again",
        "watch.test_two_feeds_with_one_article_announce_it_once",
    )),
    (16, "An edit updates; missing and future dates are the first sight", (
        "watch.test_edits_are_stored_and_told_once",
        "watch.test_a_date_that_the_page_gave_stays_when_the_feed_is_redated",
        "watch.test_missing_and_future_dates_become_the_first_sight",
    )),
    (17, "The first poll announces nothing; floods and old articles wait for a moderator", (
        "watch.test_the_first_poll_stores_and_announces_nothing",
        "watch.test_too_many_at_once_wait_for_a_moderator",
        "watch.test_an_old_article_waits_alone",
        "watch.test_a_moderator_chooses_once",
    )),
    (18, "Empty and odd answers delete nothing; what returns is not new", (
        "watch.test_empty_and_odd_answers_delete_nothing",
        "watch.test_what_vanishes_and_returns_is_not_new",
    )),
    (19, "Withdrawn: gone from the feed, and its page missing twice some hours apart", (
        "recheck.test_gone_from_feed_and_page_twice_some_hours_apart_is_withdrawn",
        "recheck.test_an_article_that_its_feed_still_has_is_not_withdrawn",
    )),
    (20, "Titles are plain, without invisible characters, cut at a word", (
        "parse.test_titles_are_plain",
        "parse.test_long_titles_end_with_a_whole_word",
    )),
)  # fmt: skip


def proofs_in(module: str) -> set[str]:
    """The names of the tests of `test_<module>.py`."""
    tree = ast.parse((HERE / f"test_{module}.py").read_text("utf-8"))
    found = (node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return {name for name in found if name.startswith("test_")}


@pytest.mark.parametrize(("number", "rule", "proofs"), RULES)
def test_every_rule_has_its_proof(number: int, rule: str, proofs: tuple[str, ...]) -> None:
    for proof in proofs:
        module, name = proof.split(".")
        assert name in proofs_in(module), f"rule {number} ({rule}) lost its proof {proof}"


def test_no_rule_is_missing() -> None:
    assert {number for number, _, _ in RULES} == set(range(1, 21))


if __name__ == "__main__":
    for number, rule, proofs in RULES:
        print(f"{number:>2}  {rule}")
        for proof in proofs:
            print(f"      tests/feeds/test_{proof.replace('.', '.py::')}")
