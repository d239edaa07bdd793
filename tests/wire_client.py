"""What the checks of wire_check.py share: clients of the pretended account, and the list of checks."""

import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HOME, GLOBAL, THIRD = "eu-west-1", "us-east-1", "eu-central-1"
ACCOUNT = "111122223333"
CHECKS = []


def check(function):
    """Registers a check; its docstring is the line that is printed."""
    CHECKS.append(function)
    return function


def client(service, region=HOME, url=None, **options):
    config = Config(retries={"total_max_attempts": 1}).merge(options.pop("config", Config()))
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=url or sys.argv[1],
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        config=config,
        **options,
    )


def refused(call, code, status=None, **arguments):
    """The error that a call gets, which must have this code."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        answer = error.response["ResponseMetadata"]
        assert status in (None, answer["HTTPStatusCode"]), answer
        return error.response
    raise AssertionError(f"was not refused with {code}")
