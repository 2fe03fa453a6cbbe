"""A stand-in for Discord on loopback, in a process of its own: REST v10, gateway, limits and faults.

It models what the once-only promise rests on and in-memory fakes leave out: nonces and the
window in which they hold, the global and the per-route rate limits, answers that get lost
before or after the message was made, and a gateway that refuses or drops its connections.
State lives in the process's memory, so the bot can be killed and started again at will.
"""
