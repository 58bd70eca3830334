"""Where the answer goes: a terminal, a pipe or a file. Nothing else writes to stdout."""

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from coopcli.cli import terminal
from coopcli.errors import OutputError, UsageError
from coopcli.formats import Format
from coopcli.language import _
from coopcli.text import printable

# The streams of this process, whatever they were opened on: a new file must not take the place of that.
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")


def deliver(chunks: Iterable[Any], file: Path | None = None, chosen: Format | None = None) -> None:
    """Write an answer: whole, or an OutputError and, in a file, what was there before.

    An answer of several files goes to a folder or, where the file's name or a pipe asks for one file, is zipped.
    """
    if chosen and chosen.bundle:
        from coopcli.cli.bundle import write_folder, zipped

        if file is not None and file.suffix.lower() not in chosen.suffixes:
            write_folder(chunks, file, chosen.bundle, chosen.module().edited)
            return
        chunks = zipped(chunks)
    if file is not None:
        _write_file(chunks, file)
    elif terminal.is_terminal(sys.stdout):
        if chosen and chosen.binary:
            raise UsageError(
                _("{format} is not for a terminal; write it to a file with -o FILE.").format(format=chosen.name)
            )
        # What writes for the terminal has made its text safe itself, and colours it.
        texts = chunks if chosen and chosen.terminal else _safe(chunks)
        _write_stdout(text.encode(sys.stdout.encoding, "legible") if isinstance(text, str) else text for text in texts)
    else:
        _write_stdout(chunks)


def _safe(chunks: Iterable[str | bytes]) -> Iterator[str]:
    return (printable(chunk if isinstance(chunk, str) else chunk.decode("utf-8", "replace")) for chunk in chunks)


def _encoded(chunks: Iterable[str | bytes]) -> Iterator[bytes]:
    # A file's name may hold what is no character; JSON writes that as an escape, and so does this.
    return (chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "backslashreplace") for chunk in chunks)


def _write_stdout(chunks: Iterable[str | bytes]) -> None:
    stream = sys.stdout.buffer
    try:
        for chunk in _encoded(chunks):
            stream.write(chunk)
        stream.flush()
    except OSError as error:
        # Python writes what is left once more when it ends, and must not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(_("The answer cannot be written: {reason}.").format(reason=_(str(error.strerror)))) from None


def _write_file(chunks: Iterable[str | bytes], file: Path) -> None:
    try:
        try:
            status = file.stat()
        except FileNotFoundError:
            status = None
        if status and (not stat.S_ISREG(status.st_mode) or str(file).startswith(_STREAMS)):
            with file.open("ab") as stream:
                stream.writelines(_encoded(_safe(chunks) if stream.isatty() else chunks))
        elif status and not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            _replace(file.resolve(), status, _encoded(chunks))
    except OSError as error:
        raise OutputError(
            _("{file} cannot be written: {reason}.").format(file=file, reason=_(str(error.strerror)))
        ) from None


def _replace(file: Path, status: os.stat_result | None, chunks: Iterable[bytes]) -> None:
    """Write beside the file's place and rename: never half a file. Mode and owner stay what they were."""
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=file.parent, prefix=".coop-", suffix=".new", delete=False) as beside:
        place = Path(beside.name)
        try:
            beside.writelines(chunks)
            beside.flush()
            os.fsync(beside.fileno())
            if status and hasattr(os, "chown"):
                with suppress(OSError):
                    os.chown(place, status.st_uid, status.st_gid)
            place.chmod(stat.S_IMODE(status.st_mode) & 0o777 if status else 0o666 & ~_umask())
            place.replace(file)
        except BaseException:
            place.unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
