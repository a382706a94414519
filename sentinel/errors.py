"""The one error that people see: a plain line, no traceback."""


class SentinelError(Exception):
    """What is wrong, where, and what to do, in one line (or several faults, one line each)."""
