"""Signs in with pycognito, which computes SRP by itself over boto3, and prints "pass NAME" or "fail NAME: WHY"."""
import json, os, sys

import boto3
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException

POOL, CLIENT, REGION = (os.environ[name] for name in ("USER_POOL_ID", "APP_CLIENT_ID", "AWS_REGION"))
GIVEN = json.load(sys.stdin)
IDP = boto3.client("cognito-idp")


def check(name):
    def run(body):
        try:
            body()
            print("pass", name)
        except Exception as error:  # whatever it is, it is a check that failed
            print(f"fail {name}: {type(error).__name__}", str(error).replace("\n", " "))
    return run


def want(got, expected):
    assert got == expected, f"got {got}, want {expected}"


def code_of(call):
    try:
        call()
    except Exception as error:
        return error.response["Error"]["Code"] if hasattr(error, "response") else type(error).__name__
    return "no error"


def srp(username, password, **more):
    return AWSSRP(username=username, password=password, pool_id=POOL, client_id=CLIENT, client=IDP, **more)


def member(username=None):
    user = Cognito(POOL, CLIENT, username=username or GIVEN["username"])
    user.pool_domain_url = os.environ["COGNITO_URL"]  # the issuer is not AWS's
    return user


@check("SRP sign-in")
def _():
    for _ in range(10):
        tokens = srp(GIVEN["username"], GIVEN["password"]).authenticate_user()["AuthenticationResult"]
    want(tokens["TokenType"], "Bearer")


@check("wrong password")
def _():
    want(code_of(lambda: srp(GIVEN["username"], "Wrong-7-password").authenticate_user()), "NotAuthorizedException")


@check("unknown user looks like a wrong password")
def _():
    want(code_of(lambda: srp("nobody", GIVEN["password"]).authenticate_user()), "NotAuthorizedException")


@check("new password required")
def _():
    want(code_of(lambda: srp(GIVEN["newcomer"], GIVEN["temporary"]).authenticate_user()), ForceChangePasswordException.__name__)
    srp(GIVEN["newcomer"], GIVEN["temporary"]).set_new_password_challenge(GIVEN["replacement"])
    srp(GIVEN["newcomer"], GIVEN["replacement"]).authenticate_user()


@check("tokens verified with the pool's keys, refresh and sign-out")
def _():
    user = member()
    tokens = srp(GIVEN["username"], GIVEN["password"]).authenticate_user()["AuthenticationResult"]
    user.access_token, user.refresh_token, user.id_token = tokens["AccessToken"], tokens["RefreshToken"], tokens["IdToken"]
    user.renew_access_token()
    assert user.access_token != tokens["AccessToken"]
    user.logout()
    user.access_token, user.refresh_token = tokens["AccessToken"], tokens["RefreshToken"]  # which it has forgotten
    want(code_of(user.renew_access_token), "NotAuthorizedException")


@check("administration by boto3, signed with SigV4")
def _():
    IDP.admin_create_user(UserPoolId=POOL, Username="made", TemporaryPassword=GIVEN["temporary"], MessageAction="SUPPRESS")
    want(IDP.admin_get_user(UserPoolId=POOL, Username="made")["UserStatus"], "FORCE_CHANGE_PASSWORD")
    IDP.admin_set_user_password(UserPoolId=POOL, Username="made", Password=GIVEN["replacement"], Permanent=True)
    srp("made", GIVEN["replacement"]).authenticate_user()
    IDP.admin_delete_user(UserPoolId=POOL, Username="made")
    want(code_of(lambda: srp("made", GIVEN["replacement"]).authenticate_user()), "NotAuthorizedException")


@check("administration with another key is refused")
def _():
    stranger = boto3.client("cognito-idp", aws_access_key_id="AKIALOCALROOT0000000", aws_secret_access_key="x" * 40)
    code = code_of(lambda: stranger.admin_get_user(UserPoolId=POOL, Username=GIVEN["username"]))
    assert code in ("InvalidSignatureException", "IncompleteSignatureException", "UnrecognizedClientException"), code
