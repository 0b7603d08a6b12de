"""JSON as text, and nearly JSON: all that a sender may put into an item."""

from hypothesis import strategies as st

from usage.intake.sent_event import FIELDS

NUMBERS = (
    "0", "-0", "1", "-1", "5.50", "-0.0", "1e3", "1E+2", "1e400", "1e-400", "0e999999",
    "1e99999999999999999999", "9" * 19, "9" * 40, "9" * 41, "1" * 100, "1" * 101, "1" * 5000,
    f"0.{'1' * 38}", f"0.{'1' * 39}", f"0.{'1' * 120}", f"-{'9' * 41}", "01", "1.", ".5", "+1",
    "--1", "NaN", "Infinity", "-Infinity", "1_000", "0x10", "٣",
)  # fmt: skip
STRINGS = (
    '""', '" "', '"acme"', '"ai_call"', '"k:1"', '"a:b:c"', '"\\u003a"', '"x\\u003Ay"',
    '"\\u0000"', '"\\\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud83d"', '"é"',
    '"\\u00e9"', '"😀"', '"\\/"', '"\\x"', '"\\n"', '"\t"', '"\x01"', '"\x7f"', '"\u2028"',
    '"{[,:]}"', '"\\"quoted\\":"', f'"{"k" * 255}"', f'"{"k" * 256}"', '"open', "'single'",
    '"2024-11-05T10:00:00Z"', '"2024-11-05T10:00:00.5+02:00"', '"2024-11-05t10:00:00z"',
    '"2024-11-05 10:00:00,123456789Z"', '"2024-02-30T10:00:00Z"', '"1999-12-31T23:59:59Z"',
    '"9999-12-31T23:59:59-12:00"', '"2024-11-05T24:00:00Z"', '"2024-11-05T10:00:60Z"',
    '"٢٠٢٤-11-05T10:00:00Z"', '"2024-11-05T10:00:00"',
)  # fmt: skip
WORDS = ("true", "false", "null", "True", "nul", "undefined", "")
NAMES = (*(f'"{name}"' for name in FIELDS), '"occured_at"', '"a"', '"b"', '"a:b"', '""', "a")
SPACES = ("", "", "", " ", "\n", "\r\n", "\t", "\xa0", "\ufeff", "\f")

_scalars = st.sampled_from([*NUMBERS, *STRINGS, *WORDS])
_spaces = st.sampled_from(SPACES)


def _list(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=4).map(lambda found: f"[{','.join(found)}]")


def _object(names: st.SearchStrategy[str], parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.builds(
        lambda before, name, after, part: f"{before}{name}{after}:{part}",
        _spaces, names, _spaces, parts,
    )  # fmt: skip
    return st.lists(pair, max_size=6).map(lambda found: f"{{{','.join(found)}}}")


texts = st.recursive(
    _scalars, lambda inner: _list(inner) | _object(st.sampled_from(NAMES), inner), max_leaves=12
)

_PLAIN = {
    "customer_id": ('"acme"', "17", "null", '""'),
    "customer": ("null", '"acme"', '"basil"'),
    "event_name": ('"ai_call"', "5"),
    "idempotency_key": ('"k"', "12345678901234567890", "null"),
    "occurred_at": ('"2024-11-05T10:00:00Z"', '"2024-11-05T12:00:00.25+02:00"', "null"),
}


@st.composite
def items(draw: st.DrawFn) -> str:
    """Return an item that is mostly good, with something odd in it now and then."""
    pairs = [
        f'"{name}"{draw(_spaces)}:{draw(st.sampled_from(values) | _scalars)}'
        for name, values in _PLAIN.items()
        if name != "customer" or draw(st.booleans())
    ]
    if draw(st.booleans()):
        pairs.append(f'"properties":{draw(_object(st.sampled_from(NAMES), texts))}')
    if draw(st.integers(0, 9)) == 0:
        pairs.append(draw(st.sampled_from(pairs)))
    return "{" + ",".join(draw(st.permutations(pairs))) + "}"


@st.composite
def damaged(draw: st.DrawFn, source: st.SearchStrategy[str]) -> bytes:
    """Return the text as bytes, now and then with some of them cut out or put in."""
    raw = draw(source).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=3)) + raw[at + draw(st.integers(0, 3)) :]
    return raw
