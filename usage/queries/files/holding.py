"""Which kept files hold a value, found in their bytes."""

import codecs
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO

from usage.files.detect import FileFormat
from usage.files.gzip_stream import PackedWrongly, unpacked
from usage.intake.personal_value import PersonalValue
from usage.models import Source, UsageFile
from usage.store.kept_files import FileGone, opened

_READ_AT_ONCE = 2**20
# A value does not go over more, however it is written.
_OVERLAP = 4_000


def files_holding(*, sources: Iterable[Source], value: PersonalValue) -> list[UsageFile]:
    """
    Return the files of these sources whose bytes are kept and hold the value, read through once.

    One that cannot be read is among them: nobody knows what it holds.
    """
    kept = UsageFile.objects.filter(source__in=sources, forgotten_at=None).order_by("pk")
    wanted = re.compile(value.pattern_in_texts)
    return [file for file in kept if _holds(file, wanted)]


def _holds(file: UsageFile, wanted: re.Pattern[str]) -> bool:
    try:
        with opened(file.stored_as) as stream:
            return any(_stands_in(part, file.encoding, wanted) for part in _parts(file, stream))
    except FileGone:
        return False
    except (OSError, EOFError, PackedWrongly, zipfile.BadZipFile, ValueError):
        return True


def _parts(file: UsageFile, stream: BinaryIO) -> Iterator[IO[bytes]]:
    """Yield what the file packs: itself, or the parts of a workbook."""
    if file.format != FileFormat.XLSX:
        yield unpacked(stream, packed_bytes=file.size_bytes) if file.is_gzip else stream
        return
    with zipfile.ZipFile(stream) as workbook:
        for name in workbook.namelist():
            with workbook.open(name) as part:
                yield part


def _stands_in(stream: IO[bytes], encoding: str, wanted: re.Pattern[str]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    before = ""
    while part := stream.read(_READ_AT_ONCE):
        text = before + decoder.decode(part)
        if wanted.search(text):
            return True
        before = text[-_OVERLAP:]
    return False
