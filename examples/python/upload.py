#!/usr/bin/env python3
"""Uploads a file with Python's standard library alone, and prints its object key.

    PRESIGNED_UPLOAD_URL=... PRESIGNED_ACCESS_TOKEN=... python3 upload.py FILE [CONTENT-TYPE]
"""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

TIMEOUT = 60  # seconds that the other side may be silent


def upload(path: str, content_type: str = "application/json") -> str:
    content = Path(path).read_bytes()
    request = {
        "filename": Path(path).name,  # becomes part of the object key
        "contentType": content_type,
        "contentLength": len(content),
        # S3 refuses any other content.
        "checksumSHA256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
    }
    token = os.environ["PRESIGNED_ACCESS_TOKEN"]
    answer = json.loads(send(
        "presign", "POST", os.environ["PRESIGNED_UPLOAD_URL"],
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, json.dumps(request).encode(),
    ))
    # Exactly the method, URL and headers of the answer: the signature covers them.
    send("upload", answer["method"], answer["url"], answer["headers"], content)
    return answer["key"]


def send(what: str, method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
    try:
        with urlopen(Request(url, body, headers, method=method), timeout=TIMEOUT) as response:
            return response.read()
    except HTTPError as error:
        sys.exit(f"{what}: {error.code} {error.read().decode()}")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    try:
        print(upload(*sys.argv[1:3]))
    except KeyError as missing:
        sys.exit(f"set {missing.args[0]}")
    except OSError as error:
        sys.exit(str(error))
