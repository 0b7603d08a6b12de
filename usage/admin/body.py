"""The body of an event, for reading."""


def pretty_body(sent: str) -> str:
    """Return a body as it was sent, indented; numbers keep every digit."""
    indented, depth, in_text, is_escaped = "", 0, False, False
    for letter in sent:
        if in_text:
            indented += letter
            in_text = is_escaped or letter != '"'
            is_escaped = letter == "\\" and not is_escaped
        elif letter in "{[":
            depth += 1
            indented += letter + "\n" + "  " * depth
        elif letter in "}]":
            depth -= 1
            indented += "\n" + "  " * depth + letter
        elif letter == ",":
            indented += ",\n" + "  " * depth
        elif letter == ":":
            indented += ": "
        elif not letter.isspace():
            in_text = letter == '"'
            indented += letter
    return indented
