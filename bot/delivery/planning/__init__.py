"""What is delivered when, where and why: schedules, digests, topic roles, explanations. Pure."""
