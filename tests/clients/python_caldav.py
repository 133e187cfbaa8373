"""What Debian's python3-caldav 0.11 does with a server: URL NAME PASSWORD.

Prints a line of JSON for each chapter: what it is about, and the error where it failed. The account
is new and its calendars are empty.
"""

import json
import logging
import sys
import traceback
import urllib.parse
from datetime import date, datetime, timezone

import caldav
from caldav.elements import cdav, dav
from caldav.elements.base import BaseElement
from caldav.lib import error
from caldav.lib.namespace import ns
from lxml import etree

URL, NAME, PASSWORD = sys.argv[1:]
HOME = f"/dav/calendars/{NAME}/"

CHAPTERS = []


def chapter(function):
    """Its doc string says what it is about; they run in the order of this file."""
    CHAPTERS.append(function)
    return function


def principal_at(path="/"):
    return caldav.DAVClient(url=URL + path, username=NAME, password=PASSWORD).principal()


def calendar_for(component):
    return next(
        one
        for one in principal_at().calendars()
        if one.get_supported_components() == [component]
    )


def empty(calendar):
    for one in calendar.objects_by_sync_token():
        one.delete()


def ical(component, uid, *lines):
    body = [f"BEGIN:{component}", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines]
    around = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//davit//tests//EN"]
    return "\r\n".join([*around, *body, f"END:{component}", "END:VCALENDAR", ""])


def event(uid, start="20260105T090000Z", summary="Lunch", *lines):
    end = start.replace("T09", "T10")
    return ical("VEVENT", uid, f"DTSTART:{start}", f"DTEND:{end}", f"SUMMARY:{summary}", *lines)


def todo(uid, *lines):
    return ical("VTODO", uid, f"SUMMARY:{uid}", *lines)


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def raises(kind, function):
    try:
        function()
    except kind as found:
        return found
    raise AssertionError(f"no {kind.__name__}")


def uids(objects):
    kinds = ("vevent", "vtodo", "vjournal")
    contents = [one.instance.contents for one in objects]
    return sorted(found[kind][0].uid.value for found in contents for kind in kinds if kind in found)


@chapter
def finds_the_account():
    """finds principal and home from every URL that may be the root"""
    # Not from .well-known: on the way of its 301 this library loses the body.
    for path in ["/", "/dav/", f"/dav/principals/users/{NAME}/", HOME]:
        principal = principal_at(path)
        equal(urllib.parse.urlparse(str(principal.url)).path, f"/dav/principals/users/{NAME}/")
        equal(urllib.parse.urlparse(str(principal.calendar_home_set.url)).path, HOME)
    addresses = principal_at().calendar_user_address_set()
    assert "mailto:alice@example.test" in addresses, addresses
    raises(
        error.AuthorizationError,
        lambda: caldav.DAVClient(url=URL, username=NAME, password="wrong").principal(),
    )


@chapter
def asks_what_the_server_can():
    """asks what the server can: CalDAV, and no scheduling yet"""
    client = principal_at().client
    assert client.check_dav_support().startswith("1, 3"), client.check_dav_support()
    assert client.check_cdav_support()
    assert not client.check_scheduling_support()


class PropertySearch(BaseElement):
    tag = ns("D", "property-search")


class Match(BaseElement):
    tag = ns("D", "match")


class PrincipalPropertySearch(BaseElement):
    tag = ns("D", "principal-property-search")


@chapter
def searches_principals():
    """searches principals by name, and lists them, as later versions do"""

    def found(path, *filters):
        query = PrincipalPropertySearch() + [
            *filters,
            # Not within DAV:prop: so these versions send it.
            *[dav.Prop(), cdav.CalendarHomeSet(), dav.DisplayName()],
        ]
        client = principal_at(path).client
        answer = client.report(client.url, etree.tostring(query.xmlelement()))
        equal(answer.status, 207)
        return [
            (
                urllib.parse.urlparse(href).path,
                props[dav.DisplayName.tag].text,
                [one.text for one in props[cdav.CalendarHomeSet.tag]],
            )
            for href, props in answer.find_objects_and_props().items()
        ]

    def named(name):
        return PropertySearch() + [dav.Prop() + dav.DisplayName(), Match(value=name)]

    own = (f"/dav/principals/users/{NAME}/", principal_at().get_property(dav.DisplayName()), [HOME])
    for path in ["/", "/dav/", f"/dav/principals/users/{NAME}/", HOME]:
        equal(found(path, named(own[1])), [own])
        equal(found(path, named(own[1][1:].upper())), [own])
        equal(found(path, named("nobody at all")), [])
        assert own in found(path), path


@chapter
def lists_calendars():
    """lists the calendars of a new account"""
    found = {
        one.name: (urllib.parse.urlparse(str(one.url)).path, one.get_supported_components())
        for one in principal_at().calendars()
    }
    equal(
        found,
        {
            "Calendar": (f"{HOME}calendar/", ["VEVENT"]),
            "Tasks": (f"{HOME}tasks/", ["VTODO"]),
        },
    )


@chapter
def makes_a_calendar():
    """makes a calendar, names it anew and deletes it"""
    principal = principal_at()
    made = principal.make_calendar(name="Yep", supported_calendar_component_set=["VJOURNAL"])
    equal(made.get_supported_components(), ["VJOURNAL"])
    equal(made.get_display_name(), "Yep")
    made.set_properties([dav.DisplayName("Nøpe & <Co>")])
    equal(principal.calendar(name="Nøpe & <Co>").url, made.url)
    raises(error.AuthorizationError, lambda: made.save_event(event("a")))
    made.delete()
    raises(error.NotFoundError, lambda: principal.calendar(name="Nøpe & <Co>"))
    equal(len(principal.calendars()), 2)


@chapter
def makes_a_calendar_by_id():
    """makes a calendar under an id of its own, and it takes every component"""
    principal = principal_at()
    made = principal.make_calendar(name="All", cal_id="Büro 2")
    equal(sorted(made.get_supported_components()), ["VEVENT", "VJOURNAL", "VTODO"])
    made.save_event(event("e"))
    made.save_todo(todo("t"))
    made.save_journal(ical("VJOURNAL", "j", "DTSTART;VALUE=DATE:20260105", "SUMMARY:Day"))
    found = [made.events(), made.todos(), made.journals()]
    equal([uids(objects) for objects in found], [["e"], ["t"], ["j"]])
    again = principal.calendar(cal_id="Büro 2")
    equal(uids(again.events()), ["e"])
    made.delete()


@chapter
def writes_an_event():
    """writes an event, reads, changes and deletes it"""
    calendar = calendar_for("VEVENT")
    saved = calendar.save_event(event("a@example.test"))
    read = calendar.event_by_url(saved.url)
    equal(read.data.replace("\r\n", "\n"), saved.data.replace("\r\n", "\n"))
    etag = read.get_property(dav.GetEtag())
    read.instance.vevent.summary.value = "Dinner, später"
    read.save()
    changed = calendar.event_by_url(saved.url)
    equal(changed.instance.vevent.summary.value, "Dinner, später")
    assert changed.get_property(dav.GetEtag()) != etag
    changed.delete()
    raises(error.NotFoundError, lambda: calendar.event_by_url(saved.url))


@chapter
def writes_from_values():
    """writes an event from values, without a text of its own"""
    calendar = calendar_for("VEVENT")
    saved = calendar.save_event(
        dtstart=datetime(2026, 2, 1, 9, tzinfo=timezone.utc),
        dtend=datetime(2026, 2, 1, 10, tzinfo=timezone.utc),
        summary="From values",
    )
    found = calendar.event_by_uid(saved.id)
    equal(found.instance.vevent.summary.value, "From values")
    equal(found.url, saved.url)
    saved.delete()


@chapter
def is_refused():
    """is told what can't be: another object with the UID, another UID in its place, no UID"""
    calendar = calendar_for("VEVENT")
    saved = calendar.save_event(event("a"))
    client = calendar.client
    type_ = {"Content-Type": "text/calendar; charset=utf-8"}

    def put(name, body):
        return client.put(calendar.url.join(name), body, type_).status

    raises(error.AuthorizationError, lambda: put("b.ics", event("a")))
    raises(error.AuthorizationError, lambda: put("a.ics", event("b")))
    raises(error.AuthorizationError, lambda: put("c.ics", event("c").replace("UID:c\r\n", "")))
    raises(error.ConsistencyError, lambda: calendar.save_event(event("a"), no_overwrite=True))
    raises(error.ConsistencyError, lambda: calendar.save_event(event("n"), no_create=True))
    equal(uids(calendar.events()), ["a"])
    saved.delete()


@chapter
def names_of_any_kind():
    """finds UIDs of any kind, and one that begins another"""
    calendar = calendar_for("VEVENT")
    all_of_them = ["grünkohl", "會議", "a/b/c@example.test", "🎂", "a b+c%20", "mail", "mailbox"]
    for uid in all_of_them:
        calendar.save_event(event(uid))
    equal(uids(calendar.events()), sorted(all_of_them))
    for uid in all_of_them:
        equal(calendar.event_by_uid(uid).instance.vevent.uid.value, uid)
    raises(error.NotFoundError, lambda: calendar.event_by_uid("nobody"))
    empty(calendar)
    equal(calendar.events(), [])


@chapter
def keeps_tasks():
    """lists pending tasks, completes one, and finds it among all"""
    tasks = calendar_for("VTODO")
    tasks.save_todo(todo("due", "DUE:20260110T120000Z", "PRIORITY:5"))
    tasks.save_todo(todo("soon", "DUE;VALUE=DATE:20260105"))
    tasks.save_todo(todo("going", "STATUS:IN-PROCESS"))
    tasks.save_todo(todo("asked", "STATUS:NEEDS-ACTION"))
    tasks.save_todo(todo("done", "STATUS:COMPLETED", "COMPLETED:20260102T120000Z"))
    tasks.save_todo(todo("off", "STATUS:CANCELLED"))
    equal(uids(tasks.todos()), ["asked", "due", "going", "soon"])
    equal([one.instance.vtodo.uid.value for one in tasks.todos()][:2], ["soon", "due"])
    tasks.todo_by_uid("due").complete()
    equal(uids(tasks.todos()), ["asked", "going", "soon"])
    equal(len(tasks.todos(include_completed=True)), 6)
    equal(tasks.todo_by_uid("due").instance.vtodo.status.value, "COMPLETED")
    empty(tasks)


@chapter
def keeps_a_list():
    """keeps a list as Home Assistant does: adds an item, changes it by its UID, and removes it"""
    tasks = calendar_for("VTODO")
    tasks.save_todo(summary="Milk", description="Two", due=date(2026, 3, 1), status="NEEDS-ACTION")
    [item] = tasks.search(todo=True, include_completed=True)
    uid = item.instance.vtodo.uid.value
    equal(item.instance.vtodo.due.value, date(2026, 3, 1))
    item.instance.vtodo.summary.value = "Bread"
    item.instance.vtodo.status.value = "COMPLETED"
    item.save()
    changed = tasks.todo_by_uid(uid)
    equal(changed.instance.vtodo.summary.value, "Bread")
    equal(tasks.todos(), [])
    changed.delete()
    equal(tasks.search(todo=True, include_completed=True), [])


@chapter
def searches():
    """searches by text, by time from, to and between, and for anything"""
    calendar = calendar_for("VEVENT")
    calendar.save_event(event("a", "20260105T090000Z", "Breakfast", "CATEGORIES:Food,Private"))
    calendar.save_event(event("b", "20260205T090000Z", "Meeting", "CLASS:PRIVATE"))
    calendar.save_event(event("c", "20260305T090000Z", "Breakfast again", "LOCATION:Café"))
    february = datetime(2026, 2, 1, tzinfo=timezone.utc)
    march = datetime(2026, 3, 1, tzinfo=timezone.utc)
    anyhow = cdav.TextMatch("BREAK", collation="i;ascii-casemap")
    other = cdav.TextMatch("Meeting", negate=True)
    cases = [
        (dict(summary="Break"), ["a", "c"]),
        (dict(summary="BREAK"), []),
        (dict(filters=[cdav.PropFilter("SUMMARY") + anyhow]), ["a", "c"]),
        (dict(filters=[cdav.PropFilter("SUMMARY") + other]), ["a", "c"]),
        (dict(filters=[cdav.PropFilter("LOCATION") + cdav.NotDefined()]), ["a", "b"]),
        (dict(category="Private"), ["a"]),
        (dict(class_="PRIVATE"), ["b"]),
        (dict(location="Café"), ["c"]),
        (dict(start=february, end=march), ["b"]),
        (dict(start=february), ["b", "c"]),
        (dict(end=march), ["a", "b"]),
        (dict(start=february, summary="Break"), ["c"]),
        (dict(), ["a", "b", "c"]),
    ]
    for asked, expected in cases:
        equal((asked, uids(calendar.search(event=True, **asked))), (asked, expected))
    equal(uids(calendar.search()), ["a", "b", "c"])
    empty(calendar)


@chapter
def searches_instances():
    """searches the instances of what recurs, and knows them by their times"""
    calendar = calendar_for("VEVENT")
    weekly = ["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260112T090000Z"]
    calendar.save_event(event("a", "20260105T090000Z", "Weekly", *weekly))
    january = [datetime(2026, 1, day, tzinfo=timezone.utc) for day in (1, 25)]
    found = calendar.search(start=january[0], end=january[1], event=True, expand=True)
    equal(
        sorted(one.instance.vevent.dtstart.value.astimezone(timezone.utc) for one in found),
        [datetime(2026, 1, day, 9, tzinfo=timezone.utc) for day in (5, 19)],
    )
    empty(calendar)


@chapter
def reads_many():
    """reads some of them at once"""
    calendar = calendar_for("VEVENT")
    saved = [calendar.save_event(event(uid)) for uid in ("a", "b", "c")]
    found = calendar.calendar_multiget([one.url for one in saved[:2]])
    equal(uids(found), ["a", "b"])
    empty(calendar)


@chapter
def synchronizes():
    """synchronizes by token: what is new, changed and gone"""
    calendar = calendar_for("VEVENT")
    other = calendar_for("VEVENT")
    calendar.save_event(event("a"))
    calendar.save_event(event("b"))
    mine = calendar.objects_by_sync_token(load_objects=True)
    equal(uids(mine), ["a", "b"])
    equal([list(part) for part in mine.sync()], [[], []])
    other.save_event(event("c"))
    changed = other.event_by_uid("a")
    changed.instance.vevent.summary.value = "Changed"
    changed.save()
    other.event_by_uid("b").delete()
    updated, deleted = mine.sync()
    equal(uids(updated), ["a", "c"])
    equal([str(one.url).rsplit("/", 1)[-1] for one in deleted], ["b.ics"])
    equal(uids(mine), ["a", "c"])
    token = mine.sync_token
    equal(list(other.objects_by_sync_token(sync_token=token)), [])
    raises(error.AuthorizationError, lambda: other.objects_by_sync_token(sync_token="none"))
    empty(calendar)


logging.disable(logging.CRITICAL)
for run in CHAPTERS:
    try:
        run()
        failed = None
    except Exception:
        failed = traceback.format_exc()
    print(json.dumps({"says": run.__doc__, "failed": failed}))
