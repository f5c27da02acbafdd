"""Signs with botocore. Reads [{signer, ...}] as JSON from standard input, prints the answers.

signer "botocore" presigns a request of the SDK's own; "recompute" signs a given URL again at a given time.
"""
import datetime, json, os, sys
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

S3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"],
                  config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def botocore_signs(case):
    url = S3.generate_presigned_url(case["operation"], Params=case["params"], ExpiresIn=case["expires"])
    return {"url": url}


def recompute(case):
    """The signature of a request as botocore computes it, at the time that the other signer took."""
    at = datetime.datetime.strptime(case["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: at.replace(tzinfo=None) if remove_tzinfo else at
    request = AWSRequest(method=case["method"], url=case["url"], headers=case["headers"])
    credentials = Credentials(case["accessKeyId"], case["secretAccessKey"], case["sessionToken"])
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", case["region"], expires=case["expires"]).add_auth(request)
    query = parse_qs(urlsplit(request.url).query)
    return {"signature": query["X-Amz-Signature"][0], "signedHeaders": query["X-Amz-SignedHeaders"][0]}


SIGNERS = {"botocore": botocore_signs, "recompute": recompute}
json.dump([SIGNERS[case["signer"]](case) for case in json.load(sys.stdin)], sys.stdout)
