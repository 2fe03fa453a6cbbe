import pytest

from bot.delivery.discord_api.responses import Response, classify
from bot.delivery.ports import Done, MessageDeleted, PermissionMissing, Rejected, RetryLater, Step, StepResult


def refusal(status: int, code: int) -> Response:
    return Response(status, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("step", "response", "answer"),
    [
        (Step.POST, Response(200, {"id": "12"}), Done(12)),
        (Step.DELETE, Response(204, ""), Done()),
        (Step.PUBLISH, refusal(400, 40033), Done()),
        (Step.OPEN_THREAD, refusal(400, 160004), Done()),
        (Step.POST, refusal(404, 10008), MessageDeleted()),
        (Step.EDIT, refusal(404, 10008), MessageDeleted()),
        (Step.EDIT, refusal(404, 10003), MessageDeleted()),
        (Step.POST, refusal(404, 10003), PermissionMissing("channel_gone")),
        (Step.POST, Response(404, "<html>"), RetryLater("http_404", maybe_sent=False)),
        (Step.POST, refusal(403, 50013), PermissionMissing("missing_access")),
        (Step.POST, refusal(400, 40067), PermissionMissing("tag_missing")),
        (Step.POST, refusal(400, 50035), Rejected("invalid_form", "400 50035")),
        (Step.POST, refusal(400, 200000), Rejected("automod", "400 200000")),
        (Step.EDIT, refusal(400, 200001), Rejected("automod", "400 200001")),
        (Step.POST, refusal(400, 99999), Rejected("refused", "400 99999")),
        (Step.POST, Response(413, "<html>"), Rejected("too_large", "413 0")),
        (Step.POST, refusal(400, 50008), PermissionMissing("channel_kind")),
        (Step.POST, refusal(400, 160006), RetryLater("too_many_threads", maybe_sent=False, wait=600.0)),
        (Step.OPEN_THREAD, refusal(400, 160006), RetryLater("too_many_threads", maybe_sent=False, wait=600.0)),
        (Step.EDIT, refusal(400, 30046), RetryLater("too_many_edits", maybe_sent=False, wait=3600.0)),
        (Step.POST, refusal(429, 40062), RetryLater("rate_limited", maybe_sent=False)),
        (Step.POST, refusal(400, 40062), RetryLater("rate_limited", maybe_sent=False)),
        (Step.POST, refusal(403, 20026), RetryLater("quarantined", maybe_sent=False, wait=600.0)),
        (Step.POST, Response(408, "<html>"), RetryLater("http_408", maybe_sent=True)),
        (Step.POST, Response(200, {}), RetryLater("no_message_id", maybe_sent=True)),
        (Step.POST, Response(200, "<html>"), RetryLater("no_message_id", maybe_sent=True)),
        *(
            (step, Response(status, "<html>Attention required</html>"), RetryLater(f"http_{status}", maybe_sent=False))
            for step in (Step.POST, Step.EDIT, Step.PUBLISH, Step.VERIFY)
            for status in (400, 403, 404, 405)
        ),
        (Step.POST, refusal(401, 0), RetryLater("token_refused", maybe_sent=False, wait=60.0)),
        (Step.POST, Response(429, {"retry_after": 1.5}), RetryLater("rate_limited", maybe_sent=False, wait=1.5)),
        (
            Step.POST,
            Response(429, "banned", {"Retry-After": "9"}),
            RetryLater("rate_limited", maybe_sent=False, wait=9.0),
        ),
        (
            Step.POST,
            Response(429, {"retry_after": 2, "global": True}),
            RetryLater("rate_limited", maybe_sent=False, wait=0.0),
        ),
        *(
            (Step.POST, Response(status), RetryLater(f"http_{status}", maybe_sent=True))
            for status in (500, 502, 503, 504, 524)
        ),
        (Step.POST, Response(0, problem="TimeoutError"), RetryLater("TimeoutError", maybe_sent=True)),
        (Step.POST, Response(0, sent=False, problem="stopping"), RetryLater("stopping", maybe_sent=False)),
    ],
)
def test_the_meaning_of_a_response(step: Step, response: Response, answer: StepResult) -> None:
    assert classify(step, response) == answer


def test_an_empty_bucket_waits_for_its_reset() -> None:
    assert Response(200, {}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "4.5"}).retry_in == 4.5
    assert Response(200, {}, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset-After": "4.5"}).retry_in == 0.0
