"""Loaded by Python before anything else, where a test puts this folder on its path: a clock that goes wrong on purpose.

``REPORTGEN_TEST_CLOCK`` gives the seconds that every clock is ahead (or, below zero, behind).
"""

import datetime
import os
import time

AHEAD = int(os.environ.get("REPORTGEN_TEST_CLOCK", "0"))

if AHEAD:
    real = time.time, time.time_ns, time.gmtime, time.localtime, time.strftime
    time.time = lambda: real[0]() + AHEAD
    time.time_ns = lambda: real[1]() + AHEAD * 10**9
    time.gmtime = lambda seconds=None: real[2](time.time() if seconds is None else seconds)
    time.localtime = lambda seconds=None: real[3](time.time() if seconds is None else seconds)
    time.strftime = lambda form, when=None: real[4](form, time.localtime() if when is None else when)

    class _Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, cls.__mro__[1])

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, cls.__mro__[1])

    class Date(datetime.date, metaclass=_Kind):
        @classmethod
        def today(cls) -> datetime.date:
            return datetime.datetime.now().date()

    class DateTime(datetime.datetime, metaclass=_Kind):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> datetime.datetime:
            return cls.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> datetime.datetime:
            return cls.now()

    Date.__name__ = Date.__qualname__ = "date"
    DateTime.__name__ = DateTime.__qualname__ = "datetime"
    datetime.date, datetime.datetime = Date, DateTime
