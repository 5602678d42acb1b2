"""Reads every authority's calendar with two libraries nobody here wrote: `calendars.py http://127.0.0.1:8765`."""

import json
import re
import sys
import urllib.request

import icalendar
import ics

# All meetings, whatever day it is today.
PERIOD = "&van=1900-01-01&tot=2100-12-31"

QUERY = """query($after: String) {
  authorities(first: 100, after: $after) { nodes { code } pageInfo { hasNextPage endCursor } }
}"""


def fetch(address, body=None):
    """The text of an answer; `body` is sent as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def list_codes(server):
    """The codes of all authorities."""
    after = None
    while True:
        answer = json.loads(fetch(f"{server}/graphql", {"query": QUERY, "variables": {"after": after}}))
        page = answer["data"]["authorities"]
        yield from (node["code"] for node in page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def check_calendar(text):
    """How many events a calendar holds. Both libraries must read as many as it begins."""
    begun = len(re.findall(r"^BEGIN:VEVENT\r$", text, re.MULTILINE))
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    for event in events:
        assert not event.errors, event.errors
        assert event.get("UID") and event.get("SUMMARY") and event.get("DTSTAMP"), event
        assert event.end >= event.start, event
    other = ics.Calendar(text).events
    assert len(events) == len(other) == begun, (len(events), len(other), begun)
    assert sorted(str(event["UID"]) for event in events) == sorted(event.uid for event in other)
    return begun


def main(server):
    codes = list(list_codes(server))
    counts = {code: check_calendar(fetch(f"{server}/vergaderingen.ics?overheid={code}{PERIOD}")) for code in codes}
    print(f"{len(codes)} calendars, {sum(counts.values())} events, read alike by icalendar and ics")
    assert codes and sum(counts.values()) > 0


main(sys.argv[1])
