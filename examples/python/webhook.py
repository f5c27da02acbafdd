#!/usr/bin/env python3
"""A back end that is told of completed uploads, and counts each once, with Python's standard library alone.

    WEBHOOK_SECRET=... python3 webhook.py [PORT [DATABASE]]

EventBridge may send an event more than once, and waits 5 s for an answer. So an event becomes a row of a table, which
takes it once, and the work on the file begins at the row.
"""

import hmac
import json
import os
import sqlite3
import sys
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

HEADER = os.environ.get("WEBHOOK_HEADER", "X-Webhook-Secret")
MAX_BYTES = 256 * 1024  # EventBridge's largest event


class BackEnd(BaseHTTPRequestHandler):
    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BYTES:
            return self.answer(413)
        # The whole request is read first: an answer to half of a request may not arrive.
        body = self.rfile.read(int(length))
        # In constant time: the time of an answer must not tell how much of a guess was right.
        if not hmac.compare_digest(self.headers.get(HEADER, "").encode(), self.server.secret):
            return self.answer(401)
        try:
            upload = read(json.loads(body))
        except (KeyError, TypeError, ValueError):
            return self.answer(400)
        if self.server.record(*upload):
            print(*upload, flush=True)
        self.answer(204)  # for a duplicate too

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Prints nothing: the program prints each new upload."""


def read(event):
    """Returns bucket, key, and what tells this upload from a later one of the same key."""
    detail = event["detail"]
    if "s3ObjectDetails" in detail:  # with malwareScan: GuardDuty's event, after a clean scan
        scanned = detail["s3ObjectDetails"]
        return scanned["bucketName"], unquote_plus(scanned["objectKey"]), scanned.get("versionId") or scanned["eTag"]
    stored = detail["object"]
    # EventBridge sends the plain key, S3's own notifications a URL-encoded one. The stack's keys have no % and no +.
    return detail["bucket"]["name"], unquote_plus(stored["key"]), stored["sequencer"]


class Server(ThreadingHTTPServer):
    def __init__(self, port, database, secret):
        super().__init__(("127.0.0.1", port), BackEnd)
        self.database, self.secret = database, secret.encode()
        with closing(sqlite3.connect(database)) as db:
            db.execute("CREATE TABLE IF NOT EXISTS uploads (bucket, key, sequencer, done DEFAULT 0, PRIMARY KEY (bucket, key, sequencer))")

    def record(self, *upload):
        """Keeps an upload, and says whether it is new. It is on disk before EventBridge gets its answer."""
        with closing(sqlite3.connect(self.database)) as db, db:  # commits
            return db.execute("INSERT OR IGNORE INTO uploads (bucket, key, sequencer) VALUES (?, ?, ?)", upload).rowcount == 1


if __name__ == "__main__":
    given, default = sys.argv[1:], ["9000", "uploads.db"]
    if len(given) > len(default):
        sys.exit(__doc__)
    port, database = given + default[len(given):]
    secret = os.environ.get("WEBHOOK_SECRET")
    if not secret:  # with an empty one, a request without the header would be accepted
        sys.exit("set WEBHOOK_SECRET")
    try:
        server = Server(int(port), database, secret)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
