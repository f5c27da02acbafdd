"""Signs with botocore and with the AWS CLI. Reads [{signer, ...}] as JSON from standard input, prints the answers.

signer "botocore" and "cli" presign a request of the SDK's own; "recompute" signs a given URL again at a given time.
"""
import contextlib, datetime, io, json, os, sys
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.auth
from awscli.clidriver import create_clidriver
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

S3 = boto3.client("s3", endpoint_url=os.environ["S3_URL"],
                  config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def botocore_signs(case):
    url = S3.generate_presigned_url(case["operation"], Params=case["params"], ExpiresIn=case["expires"])
    return {"url": url}


# Without this the CLI signs for an endpoint of one's own by SigV2, which S3 has given up and the stack refuses.
CLI_CONFIG = "[default]\ns3 =\n  signature_version = s3v4\n  addressing_style = path\n"
os.environ["AWS_CONFIG_FILE"] = os.path.join(os.environ["HOME"], "config")
with open(os.environ["AWS_CONFIG_FILE"], "w", encoding="utf-8") as config:
    config.write(CLI_CONFIG)


def cli_signs(case):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = create_clidriver().main(["s3", "presign", f's3://{case["params"]["Bucket"]}/{case["params"]["Key"]}',
                                        "--expires-in", str(case["expires"]), "--endpoint-url", os.environ["S3_URL"]])
    if code != 0:
        raise SystemExit(f"aws s3 presign: exit code {code}")
    return {"url": out.getvalue().strip()}


def recompute(case):
    """The signature of a request as botocore computes it, at the time that the other signer took."""
    at = datetime.datetime.strptime(case["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: at.replace(tzinfo=None) if remove_tzinfo else at
    request = AWSRequest(method=case["method"], url=case["url"], headers=case["headers"])
    credentials = Credentials(case["accessKeyId"], case["secretAccessKey"], case["sessionToken"])
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", case["region"], expires=case["expires"]).add_auth(request)
    query = parse_qs(urlsplit(request.url).query)
    return {"signature": query["X-Amz-Signature"][0], "signedHeaders": query["X-Amz-SignedHeaders"][0]}


SIGNERS = {"botocore": botocore_signs, "cli": cli_signs, "recompute": recompute}
json.dump([SIGNERS[case["signer"]](case) for case in json.load(sys.stdin)], sys.stdout)
