"""The article's handler in Python with boto3, and a runtime loop as small as one can be."""

import http.client
import json
import os
import time

import boto3
from botocore.config import Config

client = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


def handler(event):
    request = json.loads(event["body"])
    key = f"{request['username']}/{int(time.time() * 1000)}"
    url = client.generate_presigned_url(
        "put_object",
        Params={"Bucket": os.environ["BUCKET"], "Key": key, "ContentType": request["contentType"]},
        ExpiresIn=300,
    )
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
        "body": json.dumps({"url": url, "key": key}),
    }


def main():
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", "/2018-06-01/runtime/invocation/next")
        event = connection.getresponse()
        invocation = event.headers["Lambda-Runtime-Aws-Request-Id"]
        answer = json.dumps(handler(json.loads(event.read())))
        connection.request("POST", f"/2018-06-01/runtime/invocation/{invocation}/response", answer, {"Content-Type": "application/json"})
        connection.getresponse().read()


try:
    main()
except (http.client.HTTPException, ConnectionError):
    pass  # the Runtime API going away is how this process ends
