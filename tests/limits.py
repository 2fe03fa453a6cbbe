"""How long tests wait for what another task, thread or process does."""

HANG_SECONDS = 300.0  # whatever takes longer hangs: no busy machine is that slow
