"""
The numbers of the database's advisory locks, one place for all: two that were the same would wait
for each other without a reason.
"""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """What a number of `pg_advisory_lock` stands for; with a second one, for one of many."""

    PARTITIONS = 7_203_116
    """Making and taking away months."""
    FILES = 7_203_117
    """Reading an uploaded file; the second number is the file's."""
    ATTRIBUTING = 7_203_118
    """Attributing events until they are committed, by all who do; alone: changing hands."""
    MOVING_SUBJECTS = 7_203_119
    """Moving the usage of a subject; the second number is its bucket."""
    ISSUING = 7_203_120
    """Issuing invoices, by all who do; alone: the last step of a change that takes many of them."""
    ARCHIVING = 7_203_121
    """
    Archiving a month, or bringing one back; also whoever keeps archivers away: erasing a person,
    making sums anew. Never waited for, and taken before any other.
    """
    TO_CLICKHOUSE = 7_203_122
    """Moving events on to ClickHouse."""
