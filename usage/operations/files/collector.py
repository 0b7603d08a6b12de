"""Python's collector of cycles, which finds none in rows and events but looks for them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """
    Keep it from walking through all that is in memory, again and again, while a chunk is made.

    That took nearly half of the time of an import. What a chunk makes has no cycles, and goes
    without the collector when the chunk does.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
