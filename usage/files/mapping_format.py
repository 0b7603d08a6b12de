"""Mappings as JSON: read from the API and the database, written for both."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from usage.files.mapping import (
    Condition,
    EventRule,
    FileMapping,
    KeyRule,
    Origin,
    Others,
    PropertyRule,
    PropertyType,
    TimeRule,
)
from usage.files.times import TimeFormat, Twice
from values.exact import plain
from values.fields import Keys, Place, Section
from values.problems import refuse

MOST_EVENTS = 10
MOST_PROPERTIES = 200
MOST_VALUES = 500
MOST_KEY_COLUMNS = 10

_FILE = Keys(("events", "left_out", "decimal_comma"))
_EVENT = Keys(
    ("label", "when", "customer", "event_name", "idempotency_key", "occurred_at", "properties")
)
_ORIGIN = Keys(("column", "columns", "constant", "by", "cases"))
_CONDITION = Keys(("column", "values", "other"))
_KEY = Keys(("columns", "suffix", "of_content"))
_TIME = Keys((*_ORIGIN.now, "format", "zone", "twice"))
_PROPERTY = Keys(
    (
        *_ORIGIN.now,
        "name",
        "type",
        "values",
        "others",
        "factor",
        "required",
        "unless_zero",
        "zero_where",
        "since",
    )
)
_NOWHERE = Origin(constant="?")


def read_mapping(value: object) -> FileMapping:
    """
    Return the mapping that a JSON value says; an empty one takes rows as events of our API.

    :raises InvalidTerms: with every mistake and its place.
    """
    problems: list[Any] = []
    section = Place(value, (), problems).section(_FILE)
    mapping = FileMapping(
        events=tuple(_event(place) for place in _few(section, "events", MOST_EVENTS)),
        left_out=section.read_or("left_out", None, _condition),
        decimal_comma=section.flag_or("decimal_comma", default=False),
    )
    refuse(problems)
    return mapping


def mapping_json(mapping: FileMapping) -> dict[str, Any]:
    """Return the mapping as JSON, without what says nothing."""
    return _filled(
        events=[_event_json(event) for event in mapping.events],
        left_out=mapping.left_out and _condition_json(mapping.left_out),
        decimal_comma=mapping.decimal_comma,
    )


def _few(section: Section, key: str, most: int) -> list[Place]:
    places = section.items(key)
    if len(places) > most:
        section.place.below(key, None).problem(f"at most {most}")
    return places[:most]


def _event(place: Place) -> EventRule:
    section = place.section(_EVENT)
    customer, name = section.need("customer"), section.need("event_name")
    key, time = section.need("idempotency_key"), section.need("occurred_at")
    properties = tuple(_property(each) for each in _few(section, "properties", MOST_PROPERTIES))
    names = [rule.name for rule in properties]
    for index, each in enumerate(names):
        if each in names[:index]:
            place.below("properties", None).problem(f"the property {each!r} stands twice")
    return EventRule(
        label=section.text_or("label", ""),
        when=tuple(_condition(each) for each in _few(section, "when", MOST_KEY_COLUMNS)),
        customer=_origin(customer) if customer else _NOWHERE,
        event_name=_origin(name) if name else _NOWHERE,
        key=_key(key) if key else KeyRule(of_content=True),
        occurred_at=_time(time) if time else TimeRule(_NOWHERE),
        properties=properties,
    )


def _origin(place: Place) -> Origin:
    return _origin_of(place.section(_ORIGIN))


def _origin_of(section: Section) -> Origin:
    column = section.text_or("column", "")
    cases = section.read_or("cases", {}, _words)
    origin = Origin(
        columns=(column,) if column else _texts(section, "columns"),
        constant=section.text_or("constant", ""),
        by=section.text_or("by", ""),
        cases=cases,
    )
    if bool(origin.constant) == bool(origin.columns or origin.by):
        section.place.problem("needs a column or a constant, and not both")
    if bool(origin.by) != bool(origin.cases):
        section.place.problem("'by' names a column, 'cases' what each of its values means")
    return origin


def _texts(section: Section, key: str) -> tuple[str, ...]:
    return tuple(place.text() for place in _few(section, key, MOST_KEY_COLUMNS))


def _words(place: Place) -> dict[str, str]:
    entries = place.entries()
    if len(entries) > MOST_VALUES:
        place.problem(f"at most {MOST_VALUES} values")
    return {
        word.strip(): "" if each.value == "" else each.text()
        for word, each in entries[:MOST_VALUES]
    }


def _condition(place: Place) -> Condition:
    section = place.section(_CONDITION)
    values = tuple(each.text() for each in _few(section, "values", MOST_VALUES))
    other = section.flag_or("other", default=False)
    if other and not values:
        place.problem("'other' needs the values that it is not")
    return Condition(section.text("column"), values, other)


def _key(place: Place) -> KeyRule:
    section = place.section(_KEY)
    rule = KeyRule(
        columns=_texts(section, "columns"),
        suffix=section.text_or("suffix", ""),
        of_content=section.flag_or("of_content", default=False),
    )
    if bool(rule.columns) == rule.of_content:
        place.problem("needs columns, or of_content: true, and not both")
    return rule


def _time(place: Place) -> TimeRule:
    section = place.section(_TIME)
    origin = _origin_of(section)
    if origin.constant:
        place.problem("each row has its own time: name its column")
    return TimeRule(
        origin=origin,
        format=section.choice_or("format", TimeFormat.AUTO),
        zone=section.read_or("zone", "", _zone),
        twice=section.choice_or("twice", Twice.REFUSED),
    )


def _zone(place: Place) -> str:
    name = place.text()
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        place.problem("is no time zone such as America/New_York")
        return ""
    return name


def _property(place: Place) -> PropertyRule:
    section = place.section(_PROPERTY)
    kind = section.choice_or("type", PropertyType.TEXT)
    factor = section.decimal_or("factor", None)
    zero_where = section.read_or("zero_where", None, _condition)
    if kind not in {PropertyType.NUMBER, PropertyType.DURATION}:
        if factor is not None:
            place.problem("a factor is for numbers and durations")
        if zero_where is not None:
            place.problem("'zero_where' is for numbers and durations")
    origin, values = _origin_of(section), section.read_or("values", {}, _words)
    since = section.text_or("since", "")
    if since and (kind is not PropertyType.DURATION or origin.constant or values):
        place.problem("'since' is for a duration that ends at the time in a column")
    return PropertyRule(
        name=section.text("name"),
        origin=origin,
        type=kind,
        values=values,
        others=section.choice_or("others", Others.KEPT),
        factor=factor,
        required=section.flag_or("required", default=False),
        unless_zero=section.text_or("unless_zero", ""),
        zero_where=zero_where,
        since=since,
    )


def _event_json(event: EventRule) -> dict[str, Any]:
    return _filled(
        label=event.label,
        when=[_condition_json(condition) for condition in event.when],
        customer=_origin_json(event.customer),
        event_name=_origin_json(event.event_name),
        idempotency_key=_filled(
            columns=list(event.key.columns),
            suffix=event.key.suffix,
            of_content=event.key.of_content,
        ),
        occurred_at={
            **_origin_json(event.occurred_at.origin),
            **_filled(
                format=_unless(event.occurred_at.format, TimeFormat.AUTO),
                zone=event.occurred_at.zone,
                twice=_unless(event.occurred_at.twice, Twice.REFUSED),
            ),
        },
        properties=[_property_json(rule) for rule in event.properties],
    )


def _property_json(rule: PropertyRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        **_origin_json(rule.origin),
        **_filled(
            type=_unless(rule.type, PropertyType.TEXT),
            values=dict(rule.values),
            others=_unless(rule.others, Others.KEPT),
            factor=_number(rule.factor),
            required=rule.required,
            unless_zero=rule.unless_zero,
            zero_where=rule.zero_where and _condition_json(rule.zero_where),
            since=rule.since,
        ),
    }


def _origin_json(origin: Origin) -> dict[str, Any]:
    single = len(origin.columns) == 1
    return _filled(
        column=origin.columns[0] if single else "",
        columns=[] if single else list(origin.columns),
        constant=origin.constant,
        by=origin.by,
        cases=dict(origin.cases),
    )


def _condition_json(condition: Condition) -> dict[str, Any]:
    return _filled(column=condition.column, values=list(condition.values), other=condition.other)


def _unless(word: str, usual: str) -> str:
    return "" if word == usual else str(word)


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _filled(**members: object) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
