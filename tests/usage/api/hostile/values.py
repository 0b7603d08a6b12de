"""
Values that no bill may be made of, and what is said of each at every place of an event.

A row: name, JSON text, and the code at the customer, the event name, the idempotency key, the
time, a number that is added up, and a group key. OK: it is taken. NOT_JSON: the whole body is no
JSON, of NDJSON that line.
"""

OK = "ok"
NOT_JSON = "not_json"

PLACES = ("customer_id", "event_name", "idempotency_key", "occurred_at", "number", "group")


def _all(code: str) -> tuple[str, ...]:
    return (code,) * len(PLACES)


def _text(*, number: str = "bad_value", group: str = OK) -> tuple[str, ...]:
    """What is said of a text that would do as a name."""
    return (OK, OK, OK, "not_a_time", number, group)


_BLANK = ("not_text", "not_text", "not_text", "not_a_time", "bad_value", OK)
_NO_VALUE = ("not_text", "not_text", "not_text", "not_a_time", "bad_value", "bad_value")
_WHOLE = (OK, OK, OK, "not_a_time", OK, OK)
_FAR = "number_out_of_range"
_ODD_NUMBER = ("not_text", "not_text", "not_text", "not_a_time", OK, OK)
_TOO_MANY_DIGITS = ("not_text", "not_text", "not_text", "not_a_time", "bad_value", "bad_value")
_LONG = ("too_long", "too_long", "too_long", "not_a_time", "bad_value", "bad_value")

VALUES: list[tuple[str, str, tuple[str, ...]]] = [
    ("NUL", '"a\\u0000b"', _all("nul")),
    ("NUL alone", '"\\u0000"', _all("nul")),
    ("NUL raw", '"a\x00b"', _all(NOT_JSON)),
    ("escape raw", '"a\x1bb"', _all(NOT_JSON)),
    ("line feed raw", '"a\nb"', _all(NOT_JSON)),
    ("high surrogate", '"a\\ud800b"', _all("lone_surrogate")),
    ("low surrogate", '"\\udc00"', _all("lone_surrogate")),
    ("surrogates the wrong way round", '"\\udc00\\ud800"', _all("lone_surrogate")),
    ("high surrogate before an escape", '"\\ud800\\n"', _all("lone_surrogate")),
    ("NaN", "NaN", _all("not_a_number")),
    ("Infinity", "Infinity", _all("not_a_number")),
    ("-Infinity", "-Infinity", _all("not_a_number")),
    ("1e999999", "1e999999", _all(_FAR)),
    ("-1e999999", "-1e999999", _all(_FAR)),
    ("0e999999", "0e999999", _all(_FAR)),
    ("1e-999999", "1e-999999", _all(_FAR)),
    ("exponent of 30 digits", f"1e{'9' * 30}", _all(_FAR)),
    ("101 digits", "9" * 101, _all(_FAR)),
    ("5,000 digits", "9" * 5000, _all(_FAR)),
    ("100,000 digits", "9" * 100_000, _all(_FAR)),
    ("101 digits after the point", f"0.{'1' * 101}", _all(_FAR)),
    ("100 digits", "9" * 100, _TOO_MANY_DIGITS),
    ("41 digits", "9" * 41, _TOO_MANY_DIGITS),
    ("31 digits", "9" * 31, (OK, OK, OK, "not_a_time", "bad_value", "bad_value")),
    ("a billion billions", "1000000000000000000", (OK, OK, OK, "not_a_time", "out_of_range", OK)),
    ("19 digits after the point", "0.1234567890123456789", _TOO_MANY_DIGITS),
    ("1e3", "1e3", _ODD_NUMBER),
    ("1E+3", "1E+3", _ODD_NUMBER),
    ("-0.0", "-0.0", _ODD_NUMBER),
    ("below zero", "-5", (OK, OK, OK, "not_a_time", "negative_quantity", OK)),
    ("plus sign", "+5", _all(NOT_JSON)),
    ("leading zero", "05", _all(NOT_JSON)),
    ("no digit after the point", "5.", _all(NOT_JSON)),
    ("no digit before the point", ".5", _all(NOT_JSON)),
    ("hexadecimal", "0x10", _all(NOT_JSON)),
    ("underscore", "1_000", _all(NOT_JSON)),
    ("Arabic digit", "\u0663", _all(NOT_JSON)),
    ("full-width digit", "\uff13", _all(NOT_JSON)),
    ("Arabic digits in a text", '"\u0663\u0664"', _text()),
    ("full-width digits in a text", '"\uff13"', _text()),
    ("underscore in a text", '"1_000"', _text()),
    ("thousands in a text", '"1,000"', _text()),
    ("blank around a number in a text", '" 5 "', _text()),
    ("exponent in a text", '"1e3"', _text()),
    ("NaN in a text", '"NaN"', _text()),
    ("a number in a text", '"5"', _text(number=OK)),
    ("31 digits in a text", f'"{"9" * 31}"', _text()),
    ("200 digits in a text", f'"{"9" * 200}"', _text()),
    ("formula in a text", '"=1+1"', _text()),
    ("SQL in a text", '"\'; DROP TABLE usage_key; --"', _text()),
    ("format in a text", '"%s %(key)s {0}"', _text()),
    ("path in a text", '"../../etc/passwd"', _text()),
    ("markup in a text", '"<script>alert(1)</script>"', _text()),
    ("right to left in a text", '"US\u202eSU"', _text(group="bad_value")),
    ("zero width in a text", '"U\u200bS"', _text(group="bad_value")),
    ("line separator in a text", '"U\u2028S"', _text(group="bad_value")),
    ("bell in a text", '"U\\u0007S"', _text(group="bad_value")),
    ("delete in a text", '"U\x7fS"', _text(group="bad_value")),
    ("byte order mark in a text", '"\ufeffUS"', _text(group="bad_value")),
    ("no character in a text", '"\uffff"', _text()),
    ("beyond the first plane", '"\U0001f600"', _text()),
    ("a colon by escape", '"a\\u003ab"', _text()),
    ("empty text", '""', _BLANK),
    ("blanks", '"   "', _BLANK),
    ("no-break blanks", '"\xa0\u2003"', _BLANK),
    ("256 characters", f'"{"k" * 256}"', _LONG),
    ("a megabyte", f'"{"k" * 1_000_000}"', _LONG),
    ("255 characters", f'"{"k" * 255}"', _text()),
    ("true", "true", ("not_text", "not_text", "not_text", "not_a_time", "bad_value", OK)),
    ("false", "false", ("not_text", "not_text", "not_text", "not_a_time", "bad_value", OK)),
    ("null", "null", ("required", "required", "key_required", OK, "missing_property", OK)),
    ("empty list", "[]", _NO_VALUE),
    ("list", '["US"]', _NO_VALUE),
    ("empty object", "{}", _NO_VALUE),
    ("object", '{"a": 1}', _NO_VALUE),
    ("number", "17", (OK, OK, OK, "not_a_time", OK, OK)),
    ("name twice inside", '{"a": 1, "a": 1}', _all("duplicate_key")),
    ("name twice far inside", '[{"b": {"a": 1, "a": 2}}]', _all("duplicate_key")),
    ("33 deep", "[" * 32 + "]" * 32, _all("too_deep")),
    ("100,000 deep", "[" * 100_000 + "]" * 100_000, _all("too_deep")),
    ("objects 100,000 deep", '{"a":' * 100_000 + "1" + "}" * 100_000, _all("too_deep")),
    ("a bracket left open", "[[1]", _all(NOT_JSON)),
    ("a bracket too many", "[1]]", _all(NOT_JSON)),
    ("True", "True", _all(NOT_JSON)),
    ("undefined", "undefined", _all(NOT_JSON)),
    ("single quotes", "'US'", _all(NOT_JSON)),
    ("text left open", '"US', _all(NOT_JSON)),
    ("unknown escape", '"\\x41"', _all(NOT_JSON)),
    ("escape too short", '"\\u12"', _all(NOT_JSON)),
    ("comment", "/* 5 */ 5", _all(NOT_JSON)),
    ("nothing", "", _all(NOT_JSON)),
    ("two values", "1 2", _all(NOT_JSON)),
]

# Times that are none, with their codes; each is a text.
TIMES = [
    ("2024-11-05", "not_a_time"), ("2024-11-05T10:00:00", "not_a_time"),
    ("2024-11-05T10:00:00+2", "not_a_time"), ("2024-11-05T10:00:00 Z", "not_a_time"),
    ("2024-11-05T10:00:00ZZ", "not_a_time"), ("20241105T100000Z", "not_a_time"),
    ("2024-W45-2T10:00:00Z", "not_a_time"), ("2024-310T10:00:00Z", "not_a_time"),
    ("2024-13-05T10:00:00Z", "not_a_time"), ("2024-00-05T10:00:00Z", "not_a_time"),
    ("2024-02-30T10:00:00Z", "not_a_time"), ("2023-02-29T10:00:00Z", "not_a_time"),
    ("2024-11-05T25:00:00Z", "not_a_time"), ("2024-11-05T10:60:00Z", "not_a_time"),
    ("2024-11-05T10:00:61Z", "not_a_time"), ("2024-11-05T10:00:00+25:00", "not_a_time"),
    ("0000-01-01T00:00:00Z", "not_a_time"), ("9999-12-31T23:59:59-12:00", "not_a_time"),
    ("-2024-11-05T10:00:00Z", "not_a_time"), ("+002024-11-05T10:00:00Z", "not_a_time"),
    ("1999-12-31T23:59:59Z", "out_of_range"), ("9999-12-30T00:00:00Z", "out_of_range"),
    ("2100-01-01T00:00:00Z", "too_far_ahead"), ("1730800000", "not_a_time"),
    ("Tue, 05 Nov 2024 10:00:00 GMT", "not_a_time"), ("yesterday", "not_a_time"),
    ("\u0662\u0660\u0662\u0664-11-05T10:00:00Z", "not_a_time"),
    ("2024\u201011\u201005T10:00:00Z", "not_a_time"),
]  # fmt: skip
