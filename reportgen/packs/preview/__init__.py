"""Live preview: a page on this machine that shows what a pack makes of some data, made anew on every save.

A thread looks at the files of the pack and of the data. When one changes, a child process renders them; what fails is
told in the page with file and line, and the last good page stays. Nobody but this machine is served: the server listens
on 127.0.0.1, answers only those who ask for it by that name, and gives nothing but what it made.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from reportgen import workers
from reportgen.errors import InputErrors, ReportgenError
from reportgen.rendering.finding import Project, chain

__all__ = ["Preview", "serve"]

LIMITS = workers.Limits(seconds=60.0, memory=2_000_000_000)
#: Seconds between two looks at the files, and how long a question for news may wait for an answer.
_LOOK = 0.3
_WAIT = 20.0
#: The formats that are one click away: what they are called, and how they are shown.
FORMATS = {"html": "Web page", "pdf": "PDF", "docx": "Word", "md": "Markdown", "txt": "Text"}
_JOB = "reportgen.packs.preview.making:make_job"


@dataclass(slots=True)
class _Made:
    """What was made of one format: of which round, and what, or the errors."""

    round: int
    value: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)


class Preview:
    """What is shown: rounds of rendering, one for each change of a file.

    Args:
        pack: the name or folder of the pack.
        data: the data files: one inspection, two for a comparison, more for a history.
        subject: ``inspection``, ``comparison`` or ``history``.
        options: more of ``make_job``: ``lang``, ``decisions``, ``baseline``.
    """

    def __init__(self, pack: str, data: Sequence[Path], subject: str, project: Project, **options: Any) -> None:
        self.pack = pack
        self.project = project
        self.data = [Path(path).resolve() for path in data]
        self.arguments = {
            "pack": pack,
            "search": [str(p) for p in project.search],
            "data": [str(p) for p in self.data],
            "subject": subject,
            **options,
        }
        self.round = 0
        self.made: dict[str, _Made] = {}
        self.good: dict[str, dict[str, Any]] = {}
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self._making = threading.Lock()
        self._stamps: tuple[tuple[str, int, int], ...] = ()

    def watched(self) -> list[Path]:
        """The files whose change begins a new round."""
        folders: list[Path] = []
        try:
            folders = [link.folder for link in chain(self.pack, self.project)]
        except ReportgenError:
            # a pack.yaml that is wrong just now: its folder is still the one to look at
            folders = [Path(self.pack)] if Path(self.pack).is_dir() else []
        beside = [p.parent / name for p in self.data for name in ("decisions.yaml", "events.yaml")]
        inside = [p for folder in folders for p in folder.rglob("*") if p.is_file() and "snapshots" not in p.parts]
        return [*inside, *self.data, *beside]

    def look(self) -> bool:
        """Look at the files; begin a new round where one has changed. Whether one had."""
        stamps = []
        for path in sorted(set(self.watched())):
            try:
                stat = path.stat()
            except OSError:
                continue
            stamps.append((str(path), stat.st_mtime_ns, stat.st_size))
        if tuple(stamps) == self._stamps:
            return False
        self._stamps = tuple(stamps)
        with self.changed:
            self.round += 1
            self.changed.notify_all()
        return True

    def watch(self) -> None:
        """Look at the files again and again until stopped; what has changed is rendered as a web page at once."""
        while not self.stopped.is_set():
            if self.look():
                self.get("html")
            self.stopped.wait(_LOOK)

    def get(self, form: str) -> _Made:
        """What the files of now give in a format, made where it is not made yet."""
        with self._making:
            now = self.round
            made = self.made.get(form)
            if made is None or made.round != now:
                made = self._make(form, now)
                self.made[form] = made
                if made.value is not None:
                    self.good[form] = made.value
                with self.changed:
                    self.changed.notify_all()
        return made

    def _make(self, form: str, now: int) -> _Made:
        try:
            return _Made(now, workers.call(_JOB, {**self.arguments, "form": form}, limits=LIMITS))
        except ReportgenError as error:
            several = error.errors if isinstance(error, InputErrors) else (error,)
            return _Made(now, None, [_told(each) for each in several])

    def news(self, since: int) -> dict[str, Any]:
        """The state of the web page, once it is of a later round than ``since``, or after a while."""
        until = time.monotonic() + _WAIT
        with self.changed:
            while not self.stopped.is_set():
                made = self.made.get("html")
                left = until - time.monotonic()
                if (made is not None and made.round > since) or left <= 0:
                    break
                self.changed.wait(left)
            made = self.made.get("html")
            shown = made.round if made is not None else 0
            return {"round": shown, "errors": made.errors if made else [], "good": "html" in self.good}

    def stop(self) -> None:
        """Stop looking, and answer everybody who waits."""
        self.stopped.set()
        with self.changed:
            self.changed.notify_all()


def _told(error: ReportgenError) -> dict[str, Any]:
    where = error.where
    place = ":".join(str(part) for part in (where.file, where.line, where.column) if part is not None)
    return {"code": error.code, "message": error.message, "place": place, "field": where.field, "hint": error.hint}


# -- serving -----------------------------------------------------------------------------------------------------------

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
#: What the pack made may do what it may do when it is opened from a disk, but reach neither this server nor the net.
_SHOWN_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; font-src data:"
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, preview: Preview, port: int) -> None:
        self.preview = preview
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, *_: Any) -> None:
        """A browser that has gone away in the middle of an answer is nothing to tell anybody."""


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for the few addresses there are."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        port = server.server_address[1]
        # a page from elsewhere that has its own name lead here must not be answered
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            self._send(403, "text/plain", b"ask for 127.0.0.1\n")
            return
        parts = urlsplit(self.path)
        try:
            found = self._found(server.preview, parts.path, parse_qs(parts.query))
        except (ValueError, IndexError):
            found = None
        if found is None:
            self._send(404, "text/plain", b"not here\n")
        else:
            self._send(200, *found)

    def _found(
        self, preview: Preview, path: str, query: Mapping[str, list[str]]
    ) -> tuple[str, bytes] | tuple[str, bytes, str] | None:
        here = files("reportgen") / "packs" / "preview"
        if path == "/":
            return "text/html", _page(preview).encode("utf-8"), _POLICY
        if path == "/preview.js":
            return "text/javascript", (here / "preview.js").read_bytes()
        if path == "/news":
            since = int(query.get("since", ["0"])[0])
            return "application/json", json.dumps(preview.news(since)).encode("utf-8")
        kind, _, rest = path.lstrip("/").partition("/")
        form = rest.split("/")[0]
        if form not in FORMATS:
            return None
        if kind == "state":
            made = preview.get(form)
            pages = len((preview.good.get(form) or {}).get("pages", ()))
            note = (preview.good.get(form) or {}).get("note")
            told = {
                "round": made.round,
                "errors": made.errors,
                "pages": pages,
                "note": note,
                "good": form in preview.good,
            }
            return "application/json", json.dumps(told).encode("utf-8")
        value = preview.good.get(form)
        if value is None:
            return None
        if kind == "shown" and "text" in value:
            media = "text/html" if form == "html" else "text/plain"
            return media, value["text"].encode("utf-8"), _SHOWN_POLICY
        if kind == "picture":
            return "image/png", base64.b64decode(value["pages"][int(rest.split("/")[1]) - 1])
        if kind == "file" and "file" in value:
            return _MEDIA[form], base64.b64decode(value["file"])
        return None

    def _send(self, code: int, media: str, data: bytes, policy: str | None = None) -> None:
        self.send_response(code)
        charset = "; charset=utf-8" if media.startswith("text/") else ""
        self.send_header("Content-Type", media + charset)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """The terminal is for those who work on the pack."""


_MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _page(preview: Preview) -> str:
    from jinja2 import Environment

    source = (files("reportgen") / "packs" / "preview" / "page.html.j2").read_text(encoding="utf-8")
    names = ", ".join(path.name for path in preview.data)
    return (
        Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        .from_string(source)
        .render(pack=preview.pack, data=names, formats=FORMATS)
    )


def serve(preview: Preview, port: int = 0) -> ThreadingHTTPServer:
    """A server for a preview, on 127.0.0.1 and this port (0: any that is free), to be run by ``serve_forever``.

    Raises:
        OSError: the port cannot be had.
    """
    return _Server(preview, port)
