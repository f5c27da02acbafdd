"""The main job with the client that OpenAPI Generator makes for Python."""

import os
from urllib.request import Request, urlopen

import openapi_client as client

CONTENT = b"bananas"
configuration = client.Configuration(host=os.environ["API_URL"], access_token=os.environ["ACCESS_TOKEN"])
api = client.DefaultApi(client.ApiClient(configuration))


def send(answer):
    """Sends exactly what was answered."""
    body = CONTENT if answer.method == "PUT" else None
    with urlopen(Request(answer.url, body, answer.headers, method=answer.method)) as response:
        return response.read()


def check(name, run):
    try:
        print(f"pass {name}" if run() else f"fail {name}: another result")
    except Exception as error:  # whatever it is, it is the outcome
        print(f"fail {name}: {' '.join(str(error).split())}")


put = client.PutObjectRequest(contentType="text/plain", contentLength=len(CONTENT))
stored = {}


def upload():
    answer = api.presign_upload(client.PresignUploadRequest(put)).actual_instance
    stored["key"] = answer.key
    return send(answer) == b""


def download():
    get = client.GetObjectRequest(operation="getObject", key=stored["key"])
    return send(api.presign_download(client.PresignDownloadRequest(get)).actual_instance) == CONTENT


def batch():
    item = client.BatchUploadRequestRequestsInner(put)
    both = client.BatchUploadRequest(requests=[item, item])
    results = api.presign_upload(client.PresignUploadRequest(both)).actual_instance.results
    return len(results) == 2 and results[1].actual_instance.method == "PUT"


def refusal():
    others = client.GetObjectRequest(operation="getObject", key="alice/1")
    try:
        api.presign_download(client.PresignDownloadRequest(others))
    except client.exceptions.ForbiddenException as error:
        return "KeyOutsidePrefix" in error.body
    return False


for job in (upload, download, batch, refusal):
    check(job.__name__, job)
