"""Where an answer of several files goes: a zip file, or a folder that appears whole or not at all."""

import io
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from coopcli.errors import SOME, OutputError
from coopcli.language import _

Part = tuple[str, bytes]


def zipped(parts: Iterable[Part]) -> Iterator[bytes]:
    """A zip file, as it comes; the same files make the same bytes."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as package:
        for name, chunks in groupby(parts, key=lambda part: part[0]):
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with package.open(member, "w", force_zip64=True) as file:
                for _name, chunk in chunks:
                    file.write(chunk)
                    yield sink.drain()
    yield sink.drain()


class _Sink(io.RawIOBase):
    """A file that can only be written to, and emptied by who reads it."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def drain(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held


def write_folder(parts: Iterable[Part], folder: Path, mark: str, edited: Callable[[Path], list[str]]) -> None:
    """Write a folder beside its place and rename it; an older one of the same files is replaced.

    `mark` is a file that only such a folder has, and `edited` tells which files of one were changed since it was
    written. Raises OutputError where something would be lost, or the shell would stand in a folder that is gone.
    """
    folder = folder.resolve()
    if Path.cwd().is_relative_to(folder):
        raise OutputError(_("{folder} is the folder you are in; give the name of a new one.").format(folder=folder))
    try:
        beside = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            new = beside / "new"
            new.mkdir()
            for name, chunks in groupby(parts, key=lambda part: part[0]):
                with (new / name).open("wb") as file:
                    file.writelines(chunk for _name, chunk in chunks)
                    file.flush()
                    os.fsync(file.fileno())
            _refuse_loss(folder, {path.name for path in new.iterdir()}, mark, edited)
            _put(new, folder, beside / "old")
        finally:
            shutil.rmtree(beside)
    except OSError as error:
        raise OutputError(_("{file} cannot be written: {reason}.").format(file=folder, reason=error.strerror)) from None


def _refuse_loss(folder: Path, ours: set[str], mark: str, edited: Callable[[Path], list[str]]) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(_("{folder} is a file; give the name of a folder, or of a .zip file.").format(folder=folder))
    there = {path.name for path in folder.iterdir()}
    if others := there - ours if mark in there else there:
        raise OutputError(
            _("{folder} holds {files}, which would be lost; give another name.").format(
                folder=folder, files=_some(others)
            )
        )
    if changed := edited(folder) if there else []:
        raise OutputError(
            _("edits of {files} in {folder} would be lost; give another name.").format(
                folder=folder, files=_some(changed)
            )
        )


def _some(names: Iterable[str]) -> str:
    names = sorted(names)
    return ", ".join(names[:SOME]) + (", …" if len(names) > SOME else "")


def _put(new: Path, folder: Path, old: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
