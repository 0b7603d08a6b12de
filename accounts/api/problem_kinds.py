"""The error catalogue: every kind of problem that the API answers, each with its page."""

from dataclasses import dataclass

CATALOGUE_PATH = "/api/docs/problems/"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem: its name in the catalogue, HTTP status, title, and what to do."""

    name: str
    status: int
    title: str
    remedy: str

    @property
    def type(self) -> str:
        """Return the path of its description, the `type` of RFC 9457."""
        return f"{CATALOGUE_PATH}#{self.name}"


INVALID_JSON = ProblemKind(
    "invalid-json", 400, "The body is not JSON",
    "Send JSON in UTF-8. Nothing of the request was stored.",
)  # fmt: skip
BAD_REQUEST = ProblemKind(
    "bad-request", 400, "The request cannot be read",
    "Something outside the body is wrong, a header for example; the detail names it.",
)  # fmt: skip
INVALID_ENCODING = ProblemKind(
    "invalid-encoding", 400, "The body cannot be unpacked",
    "It says that it is gzip. Pack it again, whole; nothing of the request was stored.",
)  # fmt: skip
INVALID_PARAMETER = ProblemKind(
    "invalid-parameter", 400, "A query parameter is wrong",
    "Each error names its parameter. Unknown parameters are refused, so that a misspelt "
    "filter never answers with everything.",
)  # fmt: skip
UNAUTHENTICATED = ProblemKind(
    "unauthenticated", 401, "A valid API key is needed",
    "Send `Authorization: Bearer vb_…`. A key that expired or was revoked needs a new one.",
)  # fmt: skip
SCOPE_MISSING = ProblemKind(
    "scope-missing", 403, "The API key may not do this",
    "The detail names the scope. Staff give it to a new key of yours.",
)  # fmt: skip
NOT_FOUND = ProblemKind(
    "not-found", 404, "There is nothing here",
    "Check the id, and that the key's mode (live or test) is that of the object. Objects of "
    "others are not there for you.",
)  # fmt: skip
METHOD_NOT_ALLOWED = ProblemKind(
    "method-not-allowed", 405, "This address does not take that method",
    "The header Allow lists the methods.",
)  # fmt: skip
NOT_ACCEPTABLE = ProblemKind(
    "not-acceptable", 406, "None of the accepted media types is available",
    "Accept application/json (documents: application/pdf).",
)  # fmt: skip
EVENT_CONFLICT = ProblemKind(
    "event-conflict", 409, "The idempotency key is taken by another event",
    "The answer shows both bodies. Events never change: send a different event under a key of "
    "its own. The stored one still counts.",
)  # fmt: skip
NOT_READY = ProblemKind(
    "not-ready", 409, "The document is not made yet",
    "PDFs are made shortly after an invoice is issued; ask again then.",
)  # fmt: skip
NOT_NOW = ProblemKind(
    "not-now", 409, "The object's state does not allow this",
    "The detail says which state it is in; read it again, and go on from there.",
)  # fmt: skip
FILES_FULL = ProblemKind(
    "files-full", 409, "So many files are kept or wait that no more is taken",
    "The detail says which limit it is. Import the files that wait, or have files forgotten that "
    "you need no more (`POST /api/v1/usage-files/{file}/forget`), and upload it again.",
)  # fmt: skip
EVENTS_ARCHIVED = ProblemKind(
    "events-archived", 410, "The single events of that time are archived",
    "Amounts stay as they are, and keys stay taken. Ask us for the events of the months that the "
    "detail names.",
)  # fmt: skip
LENGTH_REQUIRED = ProblemKind(
    "length-required", 411, "The request has no Content-Length",
    "Send the length of the body; chunked bodies are not taken.",
)  # fmt: skip
TOO_LARGE = ProblemKind(
    "too-large", 413, "The request is too large",
    "Split it; the detail states the limit. Nothing of the request was stored, and resending "
    "events is safe.",
)  # fmt: skip
UNSUPPORTED_MEDIA_TYPE = ProblemKind(
    "unsupported-media-type", 415, "The body's media type is not supported",
    "Send application/json, batches of events also as application/x-ndjson; plain or as gzip.",
)  # fmt: skip
INVALID_BODY = ProblemKind(
    "invalid-body", 422, "The body is JSON, but not what this address takes",
    "Each error has a JSON pointer to the place, a code and the reason.",
)  # fmt: skip
EVENT_REJECTED = ProblemKind(
    "event-rejected", 422, "The event was rejected",
    "Each error has a JSON pointer to the place, a code and the reason. The key stays free: "
    "send the event again once it is mended.",
)  # fmt: skip
FILE_REFUSED = ProblemKind(
    "file-refused", 422, "The file cannot be read, or its columns not be mapped like this",
    "The detail says why, and at which row. Mend the file or the mapping and send it again.",
)  # fmt: skip
PLAN_FILE_REFUSED = ProblemKind(
    "plan-file-refused", 422, "The plan file is refused",
    "Each error has a JSON pointer to the place and the reason, in the words of the command "
    "`plan_file apply`. Nothing of the file was written: send it again once it is mended.",
)  # fmt: skip
TOO_MANY_REQUESTS = ProblemKind(
    "too-many-requests", 429, "Too many requests",
    "Wait for the seconds in Retry-After, then send the same request again. RateLimit tells what "
    "is left of a minute, before it is used up.",
)  # fmt: skip
SERVER_ERROR = ProblemKind(
    "server-error", 500, "Something went wrong here",
    "Tell us the request id in `instance`. Resending events is safe.",
)  # fmt: skip
UNAVAILABLE = ProblemKind(
    "unavailable", 503, "The service is not available for a moment",
    "Send the same request again after the seconds in Retry-After; resending events is safe.",
)  # fmt: skip

CATALOGUE = (
    INVALID_JSON, BAD_REQUEST, INVALID_ENCODING, INVALID_PARAMETER, UNAUTHENTICATED,
    SCOPE_MISSING, NOT_FOUND, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, EVENT_CONFLICT, NOT_READY,
    NOT_NOW, FILES_FULL, EVENTS_ARCHIVED, LENGTH_REQUIRED, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
    INVALID_BODY, EVENT_REJECTED, FILE_REFUSED, PLAN_FILE_REFUSED, TOO_MANY_REQUESTS, SERVER_ERROR,
    UNAVAILABLE,
)  # fmt: skip
