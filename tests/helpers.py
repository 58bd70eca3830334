"""How the tests run `coop`: as a process, in this process, on a terminal. `conftest.py` settles the environment."""

import fcntl
import gc
import io
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pyte

from coopcli.__main__ import main

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data" / "projects.json"
ROWS = 400


@dataclass(frozen=True)
class Result:
    """What a run left: `raw` is stdout as bytes, `out` and `err` are text with their line ends as they were."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")


@dataclass(frozen=True)
class Screen:
    """What a run left on a terminal: `text` is what a person sees, `raw` all that was written, escapes included."""

    code: int
    raw: str
    text: str


def coop(
    *arguments: str | Path,
    stdin: str | bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    python: tuple[str, ...] = (),
) -> Result:
    """Run `python -m coopcli` as a process of its own; `env` comes on top of the tests' environment."""
    done = subprocess.run(
        [sys.executable, *python, "-m", "coopcli", *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin or b"",
        capture_output=True,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8"))


def coop_inside(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Result:
    """Run `coop` in this process: ten times as quick; English only, as texts are chosen at import."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
    on_pipe = signal.getsignal(signal.SIGPIPE)
    try:
        with (
            patch.dict(os.environ, env or {}),
            patch("sys.argv", ["coop", *map(str, arguments)]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        signal.signal(signal.SIGPIPE, on_pipe)
        gc.enable()
    return Result(code, out.buffer.getvalue(), err.buffer.getvalue().decode("utf-8"))


def on_terminal(*arguments: str | Path, columns: int = 80, env: Mapping[str, str] | None = None) -> Screen:
    """Run `coop` with all streams on a pseudo-terminal and replay what it wrote on a screen of that width."""
    return _on_terminal([sys.executable, "-m", "coopcli", *map(str, arguments)], columns, env or {})


def shell_on_terminal(command: str, columns: int = 80, env: Mapping[str, str] | None = None) -> Screen:
    """Run a line of bash as `on_terminal` runs `coop`."""
    return _on_terminal(["bash", "-c", command], columns, env or {})


def _on_terminal(command: list[str], columns: int, env: Mapping[str, str]) -> Screen:
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm-256color", **env},
        start_new_session=True,
    ) as process:
        os.close(theirs)
        raw = _read_all(ours)
    os.close(ours)
    screen = pyte.Screen(columns, ROWS)
    pyte.Stream(screen).feed(raw)
    text = "".join(f"{line.rstrip()}\n" for line in screen.display).rstrip("\n") + "\n"
    return Screen(process.returncode, raw, text)


def _read_all(terminal: int) -> str:
    chunks = []
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    return b"".join(chunks).decode("utf-8")


def exported(catalogue: Mapping[str, Any], format_: str, file: str, *options: str) -> bytes:
    """A catalogue exported to a file of this name; what the file holds."""
    with TemporaryDirectory() as folder:
        original, written = Path(folder) / "original.json", Path(folder) / file
        original.write_text(json.dumps(catalogue), encoding="utf-8")
        done = coop_inside("--catalogue", original, "export", format_, "-o", written, *options)
        assert (done.code, done.err) == ((0, "") if catalogue["projects"] else (1, "Nothing matched.\n"))
        return written.read_bytes()


def milan(*ids: str) -> dict[str, Any]:
    """Milan's catalogue, with these of its projects alone where any are named."""
    catalogue: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    catalogue["projects"] = [row for row in catalogue["projects"] if not ids or row["id"] in ids]
    return catalogue


def without_projects() -> dict[str, Any]:
    """Milan's catalogue before its first project."""
    return {**milan(), "projects": []}
