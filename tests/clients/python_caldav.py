"""What Debian's python3-caldav 0.11 does with a server: URL NAME PASSWORD.

Prints a line of JSON for each chapter: what it is about, and the error where it failed. The account
is new and its calendars are empty.
"""

import base64
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


def compact(value):
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y%m%dT%H%MZ")
    return value.strftime("%Y%m%d")


def times(objects, kind="vevent"):
    """When instances are, by which name, and that nothing in them recurs."""
    found = []
    for component in [part for one in objects for part in one.instance.contents[kind]]:
        assert not {"rrule", "rdate", "exdate", "exrule"} & set(component.contents), component
        names = ["recurrence_id", "dtstart", "due", "dtend"]
        values = [getattr(component, name).value for name in names if hasattr(component, name)]
        found.append(tuple(compact(value) for value in values))
    return sorted(found)


def moment(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


@chapter
def expands():
    """expands a series with an override, over the change of the clocks, and all-day ones"""
    calendar = calendar_for("VEVENT")
    in_vienna = "DTSTART;TZID=Europe/Vienna:20260327T093000"
    series = ["UID:a", "DTSTAMP:20260101T000000Z", in_vienna, "DURATION:PT1H", "SUMMARY:Daily"]
    override = [
        "BEGIN:VEVENT",
        "UID:a",
        "DTSTAMP:20260101T000000Z",
        "RECURRENCE-ID;TZID=Europe/Vienna:20260329T093000",
        "DTSTART;TZID=Europe/Vienna:20260329T120000",
        "DURATION:PT2H",
        "SUMMARY:Later",
        "END:VEVENT",
    ]
    around = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//davit//tests//EN", "BEGIN:VEVENT"]
    lines = [*around, *series, "RRULE:FREQ=DAILY", "END:VEVENT", *override, "END:VCALENDAR", ""]
    calendar.save_event("\r\n".join(lines))
    days = ["DTSTART;VALUE=DATE:20260328", "SUMMARY:Days", "RRULE:FREQ=DAILY;INTERVAL=2"]
    calendar.save_event(ical("VEVENT", "b", *days))
    span = dict(start=moment(2026, 3, 28), end=moment(2026, 3, 31), event=True)
    expected = [
        ("20260328", "20260328"),
        ("20260328T0830Z", "20260328T0830Z"),
        ("20260329T0730Z", "20260329T1000Z"),
        ("20260330", "20260330"),
        ("20260330T0730Z", "20260330T0730Z"),
    ]
    found = calendar.search(expand=True, **span)
    equal(len(found), len(expected))
    equal(times(found), expected)
    summaries = [one.instance.vevent.summary.value for one in found]
    equal(sorted(summaries), ["Daily", "Daily", "Days", "Days", "Later"])
    # Kept together, as date_search does.
    together = calendar.search(expand=True, split_expanded=False, **span)
    equal([len(together), times(together)], [2, expected])
    equal(uids(calendar.search(**span)), ["a", "b"])
    distant = dict(start=moment(2300, 7, 1), end=moment(2300, 7, 2), event=True, expand=True)
    far = calendar.search(**distant)
    equal(times(far)[-1], ("23000701T0730Z", "23000701T0730Z"))
    empty(calendar)


@chapter
def searches_dates():
    """searches dates in the way of old programs: from, between, tasks, and whatever there is"""
    calendar = principal_at().make_calendar(name="Mixed")
    calendar.save_event(event("e", "20260105T090000Z", "E", "RRULE:FREQ=WEEKLY;COUNT=3"))
    calendar.save_todo(todo("t", "DUE:20260106T120000Z"))
    calendar.save_journal(ical("VJOURNAL", "j", "DTSTART;VALUE=DATE:20260107", "SUMMARY:J"))
    week = (moment(2026, 1, 5), moment(2026, 1, 12))
    expected = [("20260105T0900Z", "20260105T0900Z", "20260105T1000Z")]
    equal(times(calendar.date_search(*week)), expected)
    weeks = calendar.date_search(week[0], moment(2026, 2, 1))
    equal([len(weeks), len(times(weeks))], [1, 3])
    equal(uids(calendar.date_search(week[0])), ["e"])
    equal(uids(calendar.date_search(moment(2026, 1, 20))), [])
    equal(uids(calendar.date_search(*week, compfilter="VTODO")), ["t"])
    equal(uids(calendar.date_search(*week, compfilter=None, expand=False)), ["e", "j", "t"])
    equal(uids(calendar.search(start=moment(2026, 1, 7), end=moment(2026, 1, 8))), ["j"])
    kinds = [caldav.Event, caldav.Todo, caldav.Journal]
    found = [calendar.search(comp_class=kind) for kind in kinds]
    equal([uids(objects) for objects in found], [["e"], ["t"], ["j"]])
    equal([type(objects[0]) for objects in found], kinds)
    equal(uids(calendar.search()), ["e", "j", "t"])
    for uid in ("e", "t", "j"):
        equal(uids([calendar.object_by_uid(uid)]), [uid])
    calendar.delete()


@chapter
def sorts():
    """sorts what it finds by start, due and priority"""
    tasks = calendar_for("VTODO")
    tasks.save_todo(todo("late", "DUE:20260110T120000Z", "PRIORITY:1"))
    tasks.save_todo(todo("soon", "DUE:20260105T120000Z", "PRIORITY:9"))
    tasks.save_todo(todo("ever", "PRIORITY:5"))

    def order(*keys):
        return [one.instance.vtodo.uid.value for one in tasks.todos(sort_keys=keys)]

    equal(order("due"), ["soon", "late", "ever"])
    equal(order("priority"), ["late", "ever", "soon"])
    empty(tasks)


@chapter
def completes_what_recurs():
    """completes a task that recurs, in both ways: a copy of its own, and by overrides"""
    tasks = calendar_for("VTODO")
    recurring = ["DTSTART:20260105T090000Z", "DUE:20260105T100000Z", "RRULE:FREQ=DAILY;COUNT=3"]
    tasks.save_todo(todo("safe", *recurring))
    tasks.todo_by_uid("safe").complete(moment(2026, 1, 5, 9, 30), handle_rrule=True)
    [pending] = tasks.todos()
    # The library goes on from when the task was done.
    equal(pending.instance.vtodo.dtstart.value, moment(2026, 1, 6, 9, 30))
    equal(pending.instance.vtodo.due.value, moment(2026, 1, 6, 10, 30))
    done = [one for one in tasks.todos(include_completed=True) if one.url != pending.url]
    equal([one.instance.vtodo.status.value for one in done], ["COMPLETED"])
    empty(tasks)

    # With a part of this kind the library goes on from the start.
    tasks.save_todo(todo("future", *recurring[:2], "RRULE:FREQ=DAILY;COUNT=3;BYHOUR=9"))
    mode = dict(handle_rrule=True, rrule_mode="thisandfuture")
    tasks.todo_by_uid("future").complete(moment(2026, 1, 5, 9, 30), **mode)
    [series] = tasks.todos()
    equal(uids([series]), ["future"])
    span = dict(start=moment(2026, 1, 5), end=moment(2026, 1, 12), todo=True)
    found = tasks.search(include_completed=True, expand=True, **span)
    statuses = [
        (one.instance.vtodo.dtstart.value.day, one.instance.vtodo.status.value) for one in found
    ]
    equal(sorted(statuses), [(5, "COMPLETED"), (6, "NEEDS-ACTION"), (7, "NEEDS-ACTION")])
    empty(tasks)

    tasks.save_todo(todo("once", "DUE:20260110T120000Z"))
    one = tasks.todo_by_uid("once")
    one.complete()
    equal(tasks.todos(), [])
    one.uncomplete()
    equal(uids(tasks.todos()), ["once"])
    empty(tasks)


@chapter
def expands_tasks():
    """expands tasks that recur, those due alone as well"""
    tasks = calendar_for("VTODO")
    tasks.save_todo(todo("due", "DUE:20260105T170000Z", "RRULE:FREQ=DAILY"))
    span = ["DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"]
    tasks.save_todo(todo("span", *span))
    days = dict(start=moment(2026, 1, 11), end=moment(2026, 1, 13))
    # Of pending ones, the library takes the first instance alone.
    equal(len(tasks.search(todo=True, expand=True, **days)), 2)
    found = tasks.search(todo=True, include_completed=True, expand=True, **days)
    expected = [
        ("20260111T1700Z", "20260111T1700Z"),
        ("20260112T0900Z", "20260112T0900Z"),
        ("20260112T1700Z", "20260112T1700Z"),
    ]
    equal(times(found, "vtodo"), expected)
    empty(tasks)


@chapter
def keeps_a_journal():
    """keeps a journal: lists, searches by date and text, and changes it"""
    diary = principal_at().make_calendar(
        name="Diary", supported_calendar_component_set=["VJOURNAL"]
    )
    for day in ("05", "06"):
        date_of = f"DTSTART;VALUE=DATE:202601{day}"
        diary.save_journal(ical("VJOURNAL", day, date_of, "SUMMARY:Day", f"DESCRIPTION:Der {day}."))
    diary.save_journal(ical("VJOURNAL", "note", "SUMMARY:Ohne Datum"))
    equal(uids(diary.journals()), ["05", "06", "note"])
    day = dict(start=moment(2026, 1, 6), end=moment(2026, 1, 7), comp_class=caldav.Journal)
    equal(uids(diary.search(**day)), ["06"])
    equal(uids(diary.search(comp_class=caldav.Journal, description="Der 05")), ["05"])
    found = diary.journal_by_uid("note")
    found.instance.vjournal.summary.value = "Später"
    found.save()
    equal(uids(diary.search(comp_class=caldav.Journal, summary="Später")), ["note"])
    diary.delete()


@chapter
def asks_when_busy():
    """asks when somebody is busy, by a calendar"""
    calendar = calendar_for("VEVENT")
    calendar.save_event(event("a", "20260105T090000Z", "A", "RRULE:FREQ=DAILY"))
    calendar.save_event(event("b", "20260107T090000Z", "B", "STATUS:TENTATIVE"))
    calendar.save_event(event("c", "20260108T090000Z", "C", "TRANSP:TRANSPARENT"))
    calendar.save_event(ical("VEVENT", "d", "DTSTART:20260106T093000Z", "DTEND:20260106T110000Z"))
    answer = calendar.freebusy_request(moment(2026, 1, 6), moment(2026, 1, 8))
    busy = answer.instance.vfreebusy
    equal([busy.dtstart.value, busy.dtend.value], [moment(2026, 1, 6), moment(2026, 1, 8)])
    found = [
        (one.params["FBTYPE"][0], start.strftime("%dT%H%M"), end.strftime("%dT%H%M"))
        for one in busy.freebusy_list
        for start, end in one.value
    ]
    equal(
        found,
        [("BUSY", "06T0900", "06T1100"), ("BUSY", "07T0900", "07T1000")]
        + [("BUSY-TENTATIVE", "07T0900", "07T1000")],
    )
    # Others are asked by the outbox, once there is one.
    principal = principal_at()
    days = (moment(2026, 1, 6), moment(2026, 1, 8))
    others = ["mailto:bob@example.test"]
    raises(error.NotFoundError, lambda: principal.freebusy_request(*days, others))
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
def keeps_large_ones():
    """saves an event of 8 MB, changes it, and reads it in each way; its XML parser takes 10 MB"""
    calendar = calendar_for("VEVENT")
    value = base64.b64encode(bytes(range(256)) * 23_000).decode()
    folded = "\r\n ".join(value[at : at + 74] for at in range(0, len(value), 74))
    attach = f"ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY:\r\n {folded}"
    text = event("large", "20260105T090000Z", "Large", attach)
    assert len(text) > 8_000_000
    saved = calendar.save_event(text)
    saved.load()
    saved.data = saved.data.replace("SUMMARY:Large", "SUMMARY:Larger")
    saved.save()
    [listed] = calendar.events()
    [searched] = calendar.search(start=moment(2026, 1, 5), end=moment(2026, 1, 6), event=True)
    [fetched] = calendar.calendar_multiget([saved.url])
    for one in (calendar.event_by_uid("large"), listed, searched, fetched):
        unfolded = one.data.replace("\r\n ", "").replace("\n ", "")
        equal([part in unfolded for part in ("SUMMARY:Larger", f":{value}")], [True, True])
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
