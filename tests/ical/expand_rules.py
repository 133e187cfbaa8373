"""Expands rules with python-dateutil: a JSON array in, one of lists of starts out."""

import json
import signal
import sys
from datetime import datetime
from itertools import islice

from dateutil.rrule import rrulestr


class GaveUp(Exception):
    """The rule has nothing for so long that it may never have."""


def give_up(*_):
    raise GaveUp


def starts(case):
    """The first ones of a rule on bare digits, DTSTART only where the rule gives it."""
    begin = datetime.strptime(case["start"], "%Y%m%dT%H%M%S")
    try:
        rule = rrulestr(case["rule"], dtstart=begin)
    except ValueError:
        return []  # "Invalid combination": the rule never fits.
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.15)
    try:
        return [one.strftime("%Y%m%dT%H%M%S").zfill(15) for one in islice(rule, case["most"])]
    except (GaveUp, IndexError):  # It also fails on some ordinals of BYDAY.
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


signal.signal(signal.SIGVTALRM, give_up)
json.dump([starts(case) for case in json.load(sys.stdin)], sys.stdout)
