"""Properties of a call that no bill may be made of, each with the fault's code and pointer."""

DEEP = 100_000


def nested(depth: int) -> str:
    """Return JSON lists in each other."""
    return "[" * depth + "]" * depth


# (name, the item's `properties` as JSON text, code, pointer)
PROPERTIES = [
    ("missing", "{}", "missing_property", "/properties/duration_minutes"),
    ("null", '{"duration_minutes": null}', "missing_property", "/properties/duration_minutes"),
    ("text", '{"duration_minutes": "five"}', "bad_value", "/properties/duration_minutes"),
    ("words", '{"duration_minutes": "NaN"}', "bad_value", "/properties/duration_minutes"),
    ("underscore", '{"duration_minutes": "1_000"}', "bad_value", "/properties/duration_minutes"),
    ("exponent", '{"duration_minutes": "1e3"}', "bad_value", "/properties/duration_minutes"),
    ("other digits", '{"duration_minutes": "\\u0661"}', "bad_value",
     "/properties/duration_minutes"),
    ("true", '{"duration_minutes": true}', "bad_value", "/properties/duration_minutes"),
    ("list", '{"duration_minutes": [5]}', "bad_value", "/properties/duration_minutes"),
    ("negative", '{"duration_minutes": -5}', "negative_quantity",
     "/properties/duration_minutes"),
    ("too fine", '{"duration_minutes": 0.1234567890123456789}', "bad_value",
     "/properties/duration_minutes"),
    ("NaN", '{"duration_minutes": NaN}', "not_a_number", "/properties/duration_minutes"),
    ("Infinity", '{"duration_minutes": Infinity}', "not_a_number",
     "/properties/duration_minutes"),
    ("-Infinity", '{"duration_minutes": -Infinity}', "not_a_number",
     "/properties/duration_minutes"),
    ("1e999999", '{"duration_minutes": 1e999999}', "number_out_of_range",
     "/properties/duration_minutes"),
    ("0e999999", '{"duration_minutes": 0e999999}', "number_out_of_range",
     "/properties/duration_minutes"),
    ("exponent of 20 digits", '{"x": 1e99999999999999999999}', "number_out_of_range",
     "/properties/x"),
    ("5,000 digits", f'{{"x": {"9" * 5000}}}', "number_out_of_range", "/properties/x"),
    ("twice", '{"duration_minutes": 5, "duration_minutes": 50}', "duplicate_key", "/properties"),
    ("twice below", '{"a": [{"b": 1, "b": 2}]}', "duplicate_key", "/properties/a/0"),
    ("NUL", '{"region": "U\\u0000S"}', "nul", "/properties/region"),
    ("NUL in a name", '{"re\\u0000gion": 1}', "nul", "/properties"),
    ("half a pair", '{"region": "\\ud800"}', "lone_surrogate", "/properties/region"),
    ("half a pair in a name", '{"\\udc00": 1}', "lone_surrogate", "/properties"),
    ("nesting of 33", f'{{"x": {nested(31)}}}', "too_deep", "/properties/x" + "/0" * 30),
    ("deep nesting", f'{{"x": {nested(DEEP)}}}', "too_deep", "/properties/x" + "/0" * 30),
    ("object as a group key", '{"region": {}, "duration_minutes": 1}', "bad_value",
     "/properties/region"),
    ("a list", "[]", "not_an_object", "/properties"),
]  # fmt: skip

# (name, whole members of an item as JSON text, code, pointer)
MEMBERS = [
    ("time without offset", '"occurred_at": "2024-11-05T10:00:00"', "not_a_time", "/occurred_at"),
    ("date alone", '"occurred_at": "2024-11-05"', "not_a_time", "/occurred_at"),
    ("seconds", '"occurred_at": 1730800000', "not_a_time", "/occurred_at"),
    ("no such day", '"occurred_at": "2024-02-30T10:00:00Z"', "not_a_time", "/occurred_at"),
    ("other digits", '"occurred_at": "\\u0662024-11-05T10:00:00Z"', "not_a_time", "/occurred_at"),
    ("year 9999", '"occurred_at": "9999-01-01T00:00:00Z"', "out_of_range", "/occurred_at"),
    ("year 1999", '"occurred_at": "1999-12-31T23:59:59Z"', "out_of_range", "/occurred_at"),
    ("end of time", '"occurred_at": "9999-12-31T23:59:59-12:00"', "not_a_time", "/occurred_at"),
    ("far ahead", '"occurred_at": "2100-01-01T00:00:00Z"', "too_far_ahead", "/occurred_at"),
    ("twice", '"properties": {}, "properties": {}', "duplicate_key", ""),
    ("misspelt", '"occured_at": "2024-11-05T10:00:00Z"', "unknown_field", "/occured_at"),
    ("odd name", '"a/b~c": 1', "unknown_field", "/a~1b~0c"),
    ("two customers", '"customer": "basil"', "contradiction", "/customer"),
    ("empty key", '"idempotency_key": " "', "not_text", "/idempotency_key"),
    ("long key", f'"idempotency_key": "{"k" * 256}"', "too_long", "/idempotency_key"),
]
