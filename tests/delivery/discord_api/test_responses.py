import pytest

from bot.delivery.discord_api.responses import Reply, judge
from bot.delivery.ports import Answer, Blocked, Done, Later, Refused, Step, Vanished


def refusal(status: int, code: int) -> Reply:
    return Reply(status, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("step", "reply", "answer"),
    [
        (Step.POST, Reply(200, {"id": "12"}), Done(12)),
        (Step.DELETE, Reply(204, ""), Done()),
        (Step.PUBLISH, refusal(400, 40033), Done()),
        (Step.OPEN_THREAD, refusal(400, 160004), Done()),
        (Step.POST, refusal(404, 10008), Vanished()),
        (Step.EDIT, refusal(404, 10008), Vanished()),
        (Step.EDIT, refusal(404, 10003), Vanished()),
        (Step.POST, refusal(404, 10003), Blocked("channel_gone")),
        (Step.POST, Reply(404, "<html>"), Later("http_404", doubt=False)),
        (Step.POST, refusal(403, 50013), Blocked("missing_access")),
        (Step.POST, refusal(400, 40067), Blocked("tag_missing")),
        (Step.POST, refusal(400, 50035), Refused("400 50035 no")),
        (Step.POST, refusal(401, 0), Later("token_refused", doubt=False, wait=60.0)),
        (Step.POST, Reply(429, {"retry_after": 1.5}), Later("rate_limited", doubt=False, wait=1.5)),
        (Step.POST, Reply(429, "banned", {"Retry-After": "9"}), Later("rate_limited", doubt=False, wait=9.0)),
        (Step.POST, Reply(429, {"retry_after": 2, "global": True}), Later("rate_limited", doubt=False, wait=0.0)),
        *((Step.POST, Reply(status), Later(f"http_{status}", doubt=True)) for status in (500, 502, 503, 504, 524)),
        (Step.POST, Reply(0, problem="TimeoutError"), Later("TimeoutError", doubt=True)),
        (Step.POST, Reply(0, sent=False, problem="stopping"), Later("stopping", doubt=False)),
    ],
)
def test_what_a_reply_means(step: Step, reply: Reply, answer: Answer) -> None:
    assert judge(step, reply) == answer


def test_an_empty_bucket_rests_until_it_is_full() -> None:
    assert Reply(200, {}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "4.5"}).rest == 4.5
    assert Reply(200, {}, {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset-After": "4.5"}).rest == 0.0
