"""A fake Discord on loopback, in a process of its own: REST v10, gateway, limits and faults.

It models what exactly-once delivery depends on and in-memory fakes leave out: nonces and their
window, the global and per-route rate limits, responses lost before or after the message was
created, and a gateway that refuses or drops connections. State lives in the process's memory,
so the bot can be killed and restarted at any time.
"""
