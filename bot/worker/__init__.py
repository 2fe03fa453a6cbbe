"""A pool of processes that parse untrusted documents and can be killed."""
