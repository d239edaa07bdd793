"""Asks the pretended account through boto3, AWS's own client, and judges its answers.

usage: wire_check.py URL

Prints one line a check and, at the end, `N passed, M failed`; exits 1 when any failed.
"""

import datetime
import json
import sys
import time

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from wire_client import ACCOUNT, CHECKS, GLOBAL, HOME, THIRD, check, client, refused

import wire_events  # noqa: F401, its checks register themselves
import wire_logs  # noqa: F401, as those of wire_events
import wire_topics  # noqa: F401, likewise

UTC = datetime.timezone.utc
ARCHIVE = "northgate-archive"


def lookup(region=HOME, **arguments):
    time.sleep(0.55)  # Two requests a second, or else.
    return client("cloudtrail", region).lookup_events(**arguments)


@check
def caller_identity():
    """sts GetCallerIdentity: account, ARN, request id"""
    answer = client("sts").get_caller_identity()
    assert answer["Account"] == ACCOUNT and ":assumed-role/" in answer["Arn"]
    assert answer["ResponseMetadata"]["RequestId"]


@check
def unknown_action():
    """sts: an action that is not there is InvalidAction"""
    refused(client("sts").get_session_token, "InvalidAction", 400)


@check
def unknown_services():
    """a service that is not there says so in its own protocol: query, ec2, REST, JSON"""
    for service, operation in [
        ("iam", "list_users"),
        ("ec2", "describe_instances"),
        ("lambda", "list_functions"),
        ("route53", "list_hosted_zones"),
        ("cloudfront", "list_distributions"),
        ("dynamodb", "list_tables"),
    ]:
        error = refused(getattr(client(service), operation), "NotImplemented", 501)
        assert "pretended account" in error["Error"]["Message"], error


@check
def unsigned():
    """every service refuses an unsigned request with its own error"""
    without = Config(signature_version=UNSIGNED)
    refused(client("sts", config=without).get_caller_identity, "MissingAuthenticationToken", 403)
    refused(client("cloudtrail", config=without).describe_trails, "MissingAuthenticationTokenException", 400)
    refused(client("cloudwatch", config=without).describe_alarms, "MissingAuthenticationToken", 403)
    refused(client("s3", config=without).list_buckets, "AccessDenied", 403)


@check
def lookup_page():
    """cloudtrail LookupEvents: 50 a page, newest first, members and records agree"""
    events = lookup()["Events"]
    assert len(events) == 50
    times = [event["EventTime"] for event in events]
    assert times == sorted(times, reverse=True)
    for event in events:
        record = json.loads(event["CloudTrailEvent"])
        assert record["eventID"] == event["EventId"] and record["awsRegion"] == HOME
        assert event["ReadOnly"] == json.dumps(record["readOnly"])
        assert record["eventTime"] == event["EventTime"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@check
def lookup_pages():
    """cloudtrail LookupEvents: NextToken goes on without gap or repeat, and a paginator ends"""
    end = datetime.datetime.now(UTC)
    window = {"StartTime": end - datetime.timedelta(minutes=12), "EndTime": end}
    events, token = [], {}
    while True:
        page = lookup(GLOBAL, **window, **token)
        events += page["Events"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert len(events) > 50 and len({event["EventId"] for event in events}) == len(events)
    assert all(window["StartTime"] - datetime.timedelta(seconds=1) <= event["EventTime"] for event in events)


@check
def lookup_attributes():
    """cloudtrail LookupEvents: one attribute, exact and case-sensitive"""
    by = lambda key, value: lookup(GLOBAL, LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}])["Events"]
    logins = by("EventName", "ConsoleLogin")
    assert logins and all(event["EventName"] == "ConsoleLogin" for event in logins)
    assert by("EventName", "consolelogin") == []
    [one] = by("EventId", logins[0]["EventId"])
    assert one["EventTime"] == logins[0]["EventTime"]
    for key, member in [("Username", "Username"), ("EventSource", "EventSource")]:
        assert all(event[member] == logins[0][member] for event in by(key, logins[0][member]))
    assert all(event["ReadOnly"] == "false" for event in by("ReadOnly", "false"))
    assert by("ResourceType", "AWS::IAM::Role") and by("ResourceName", "nightly-report")
    roles = [event for event in lookup(GLOBAL)["Events"] if "AccessKeyId" in event]
    assert by("AccessKeyId", roles[0]["AccessKeyId"])


@check
def lookup_refusals():
    """cloudtrail LookupEvents: MaxResults, time range, attribute and token are refused as AWS does"""
    now = datetime.datetime.now(UTC)
    refused(lookup, "InvalidMaxResultsException", 400, MaxResults=51)
    refused(lookup, "InvalidTimeRangeException", 400, StartTime=now, EndTime=now - datetime.timedelta(hours=1))
    wrong = [{"AttributeKey": "Colour", "AttributeValue": "red"}]
    refused(lookup, "InvalidLookupAttributesException", 400, LookupAttributes=wrong)
    token = lookup(MaxResults=5)["NextToken"]
    refused(lookup, "InvalidNextTokenException", 400, NextToken="nonsense")
    refused(lookup, "InvalidNextTokenException", 400, NextToken=token, StartTime=now - datetime.timedelta(hours=1))


@check
def lookup_throttled():
    """cloudtrail LookupEvents: more than two a second in a Region is ThrottlingException with HTTP 400"""
    time.sleep(1.1)
    trail = client("cloudtrail", THIRD)
    codes = []
    for _ in range(6):
        try:
            trail.lookup_events(MaxResults=1)
            codes.append("ok")
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            codes.append(error.response["Error"]["Code"])
    assert codes[:2] == ["ok", "ok"] and "ThrottlingException" in codes, codes


@check
def lookup_ninety_days():
    """cloudtrail LookupEvents: nothing is older than 90 days"""
    end = datetime.datetime.now(UTC) - datetime.timedelta(days=91)
    assert lookup(EndTime=end)["Events"] == []


@check
def trails():
    """cloudtrail DescribeTrails, GetTrailStatus, GetEventSelectors"""
    trail = client("cloudtrail")
    [described] = trail.describe_trails()["trailList"]
    assert described["IsMultiRegionTrail"] and described["HomeRegion"] == HOME
    status = trail.get_trail_status(Name=described["Name"])
    assert isinstance(status["IsLogging"], bool) and status["LatestDeliveryTime"].tzinfo
    selectors = trail.get_event_selectors(TrailName=described["TrailARN"])
    assert selectors["EventSelectors"][0]["IncludeManagementEvents"] is True
    assert client("cloudtrail", THIRD).describe_trails(includeShadowTrails=False)["trailList"] == []
    refused(trail.get_trail_status, "TrailNotFoundException", 400, Name="nobody")
    refused(trail.list_channels, "UnknownOperationException", 400)


@check
def alarm_types():
    """cloudwatch DescribeAlarms (CBOR): metric alarms alone unless other types are asked for"""
    watch = client("cloudwatch")
    plain = watch.describe_alarms()
    assert len(plain["MetricAlarms"]) > 10 and not plain["CompositeAlarms"] and not plain.get("LogAlarms")
    alarm = plain["MetricAlarms"][0]
    assert alarm["StateValue"] in ("OK", "ALARM", "INSUFFICIENT_DATA") and alarm["StateUpdatedTimestamp"].tzinfo
    assert isinstance(alarm["Threshold"], float) and isinstance(alarm["Period"], int)
    both = watch.describe_alarms(AlarmTypes=["CompositeAlarm", "LogAlarm"])
    assert both["MetricAlarms"] == [] and len(both["CompositeAlarms"]) == 2 and len(both["LogAlarms"]) == 1
    assert both["LogAlarms"][0]["ScheduledQueryConfiguration"]["QueryString"]


@check
def alarm_filters():
    """cloudwatch DescribeAlarms: names, prefix, state, action prefix"""
    watch = client("cloudwatch", GLOBAL)
    names = ["signin-console-failure-iam", "signin-console-success-root"]
    found = watch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] == names
    assert len(watch.describe_alarms(AlarmNamePrefix="signin-console-")["MetricAlarms"]) == 4
    [grey] = client("cloudwatch").describe_alarms(StateValue="INSUFFICIENT_DATA")["MetricAlarms"]
    assert grey["AlarmName"] == "kms-key-deletion"
    topic = f"arn:aws:sns:{GLOBAL}:{ACCOUNT}:security-oncall"
    [paging] = watch.describe_alarms(ActionPrefix=topic)["MetricAlarms"]
    assert paging["AlarmName"] == "signin-console-success-root"


@check
def alarm_pages():
    """cloudwatch DescribeAlarms: 100 a page, MaxRecords 1 to 100, tokens bound to their parameters"""
    watch = client("cloudwatch", THIRD)
    first = watch.describe_alarms()
    assert len(first["MetricAlarms"]) == 100
    rest = watch.describe_alarms(NextToken=first["NextToken"])
    assert len(rest["MetricAlarms"]) == 21 and "NextToken" not in rest
    pages = watch.get_paginator("describe_alarms").paginate(MaxRecords=50)
    assert sum(len(page["MetricAlarms"]) for page in pages) == 121
    time.sleep(1)
    refused(watch.describe_alarms, "InvalidNextToken", 400, NextToken="nonsense")
    refused(watch.describe_alarms, "ValidationError", 400, StateValue="BLUE")


@check
def alarm_history():
    """cloudwatch DescribeAlarmHistory: by name, type and date, both directions, paged"""
    watch = client("cloudwatch")
    history = watch.describe_alarm_history(AlarmName="checkout-alb-5xx")["AlarmHistoryItems"]
    times = [item["Timestamp"] for item in history]
    assert len(history) > 3 and times == sorted(times, reverse=True)
    change = next(item for item in history if item["HistoryItemType"] == "StateUpdate")
    assert json.loads(change["HistoryData"])["newState"]["stateValue"] in ("OK", "ALARM")
    forward = watch.describe_alarm_history(AlarmName="checkout-alb-5xx", ScanBy="TimestampAscending")
    assert [item["Timestamp"] for item in forward["AlarmHistoryItems"]] == sorted(times)
    since = times[1]
    newer = watch.describe_alarm_history(AlarmName="checkout-alb-5xx", StartDate=since)["AlarmHistoryItems"]
    assert newer and all(item["Timestamp"] >= since for item in newer)
    page = watch.describe_alarm_history(HistoryItemType="Action", MaxRecords=1)
    assert len(page["AlarmHistoryItems"]) == 1
    assert watch.describe_alarm_history(HistoryItemType="Action", NextToken=page["NextToken"])["AlarmHistoryItems"]


@check
def alarm_actions():
    """cloudwatch DisableAlarmActions, EnableAlarmActions"""
    watch, name = client("cloudwatch", GLOBAL), "iam-policy-changes"
    enabled = lambda: watch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["ActionsEnabled"]
    watch.disable_alarm_actions(AlarmNames=[name])
    assert enabled() is False
    watch.enable_alarm_actions(AlarmNames=[name])
    assert enabled() is True


@check
def alarm_state():
    """cloudwatch SetAlarmState: sets it; ResourceNotFound and InvalidFormat as AWS has them"""
    time.sleep(1)
    watch, name = client("cloudwatch", GLOBAL), "billing-estimated-charges"
    watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    alarm = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "drill")
    drill = {"StateValue": "OK", "StateReason": "drill"}
    refused(watch.set_alarm_state, "ResourceNotFound", 404, AlarmName="nobody", **drill)
    refused(watch.set_alarm_state, "InvalidFormat", 400, AlarmName=name, StateReasonData="{", **drill)


@check
def buckets():
    """s3 ListBuckets: names, Regions when asked with a parameter, pages"""
    store = client("s3")
    assert ARCHIVE in [bucket["Name"] for bucket in store.list_buckets()["Buckets"]]
    page = store.list_buckets(MaxBuckets=4)
    assert len(page["Buckets"]) == 4 and page["Buckets"][0]["BucketRegion"]
    rest = store.list_buckets(MaxBuckets=4, ContinuationToken=page["ContinuationToken"])
    assert len(rest["Buckets"]) == 2 and "ContinuationToken" not in rest
    regional = store.list_buckets(BucketRegion=THIRD)["Buckets"]
    assert [bucket["BucketRegion"] for bucket in regional] == [THIRD]
    assert store.get_bucket_location(Bucket="northgate-logs-cold")["LocationConstraint"] == THIRD
    assert store.head_bucket(Bucket=ARCHIVE)["BucketRegion"] == HOME
    refused(store.head_bucket, "404", 404, Bucket="nowhere-at-all")


@check
def listing():
    """s3 ListObjectsV2: prefix, delimiter, start-after, restore status only when asked"""
    store = client("s3")
    plain = store.list_objects_v2(Bucket=ARCHIVE, Prefix="contracts/")
    assert plain["KeyCount"] == 6 and not any("RestoreStatus" in item for item in plain["Contents"])
    asked = store.list_objects_v2(Bucket=ARCHIVE, OptionalObjectAttributes=["RestoreStatus"])["Contents"]
    told = [item["RestoreStatus"] for item in asked if "RestoreStatus" in item]
    assert any(status["IsRestoreInProgress"] for status in told)
    assert any("RestoreExpiryDate" in status for status in told)
    folders = store.list_objects_v2(Bucket=ARCHIVE, Delimiter="/")
    assert [item["Prefix"] for item in folders["CommonPrefixes"]] == ["cases/", "contracts/"]
    assert [item["Key"] for item in folders["Contents"]] == ["readme.txt"]
    after = store.list_objects_v2(Bucket=ARCHIVE, StartAfter="contracts/2024/index.json")["Contents"]
    assert after[0]["Key"] == "contracts/2024/nda-batch.zip"
    signed = store.list_objects_v2(Bucket=ARCHIVE, Prefix="contracts/2020/")["Contents"][0]["Key"]
    assert signed == "contracts/2020/insurance (signed).pdf"
    assert store.head_object(Bucket=ARCHIVE, Key=signed)["ContentLength"] == 3 << 20
    refused(store.list_objects_v2, "NoSuchBucket", 404, Bucket="nowhere-at-all")


@check
def listing_pages():
    """s3 ListObjectsV2: 1000 keys a page, every key once"""
    store = client("s3")
    pages = list(store.get_paginator("list_objects_v2").paginate(Bucket="northgate-media-vault", Prefix="masters/"))
    keys = [item["Key"] for page in pages for item in page["Contents"]]
    assert len(pages) == 2 and len(keys) == 1606 and keys == sorted(keys)
    assert any("\u00dcbersicht" in key for key in keys)
    few = store.list_objects_v2(Bucket="northgate-media-vault", MaxKeys=3)
    assert few["IsTruncated"] and len(few["Contents"]) == 3
    wrong = {"Bucket": ARCHIVE, "ContinuationToken": "nonsense"}
    refused(store.list_objects_v2, "InvalidArgument", 400, **wrong)


@check
def other_region():
    """s3: a bucket of another Region redirects, and boto3 follows"""
    listed = client("s3").list_objects_v2(Bucket="northgate-logs-cold", MaxKeys=1)
    assert listed["KeyCount"] == 1


@check
def virtual_host():
    """s3: a bucket in front of the host name is understood"""
    address = sys.argv[1].split("//")[1]
    local = f"localhost:{address.split(':')[1]}"
    store = client("s3", url=f"http://{local}", config=Config(s3={"addressing_style": "virtual"}))
    hosts = []

    def to_loopback(request, **_):
        hosts.append(f"{ARCHIVE}.{local}")
        assert hosts[-1] in request.url, request.url
        request.url = request.url.replace(hosts[-1], address)
        request.headers["Host"] = hosts[-1]

    store.meta.events.register("before-send.s3", to_loopback)
    assert store.list_objects_v2(Bucket=ARCHIVE, MaxKeys=1)["Name"] == ARCHIVE
    assert store.head_object(Bucket=ARCHIVE, Key="contracts/2024/index.json")["ContentLength"] == 12 << 10
    assert hosts


@check
def objects():
    """s3 HeadObject, GetObject: restored ones are read, archived ones are InvalidObjectState"""
    store = client("s3")
    plain = store.get_object(Bucket=ARCHIVE, Key="readme.txt")
    assert len(plain["Body"].read()) == plain["ContentLength"] == 1024
    head = store.head_object(Bucket=ARCHIVE, Key="contracts/2018/supplier-terms.pdf")
    assert head["StorageClass"] == "DEEP_ARCHIVE" and "Restore" not in head
    ready = store.head_object(Bucket=ARCHIVE, Key="cases/2021/tax-audit/ledgers.parquet")
    assert ready["Restore"].startswith('ongoing-request="false", expiry-date="')
    sealed = {"Bucket": ARCHIVE, "Key": "cases/2021/tax-audit/mailbox.mbox"}
    error = refused(store.get_object, "InvalidObjectState", 403, **sealed)
    assert error["Error"]["StorageClass"] == "GLACIER"
    refused(store.get_object, "NoSuchKey", 404, Bucket=ARCHIVE, Key="none")
    refused(store.head_object, "404", 404, Bucket=ARCHIVE, Key="none")


@check
def restores():
    """s3 RestoreObject: 202, then 409; a copy is extended with 200; the tiers keep their rules"""
    store = client("s3")
    request = lambda days, tier: {"Days": days, "GlacierJobParameters": {"Tier": tier}}
    deep = {"Bucket": ARCHIVE, "Key": "contracts/2018/supplier-terms.pdf"}
    refused(store.restore_object, "InvalidArgument", 400, RestoreRequest=request(1, "Expedited"), **deep)
    begun = store.restore_object(RestoreRequest=request(1, "Bulk"), **deep)
    assert begun["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert store.head_object(**deep)["Restore"] == 'ongoing-request="true"'
    refused(store.restore_object, "RestoreAlreadyInProgress", 409, RestoreRequest=request(1, "Bulk"), **deep)
    ready = {"Bucket": ARCHIVE, "Key": "cases/2019/harbour-v-lindqvist/exhibits.tar"}
    before = store.head_object(**ready)["Restore"]
    extended = store.restore_object(RestoreRequest=request(9, "Standard"), **ready)
    assert extended["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert store.head_object(**ready)["Restore"] != before
    plain = {"Bucket": ARCHIVE, "Key": "contracts/2024/index.json"}
    refused(store.restore_object, "InvalidObjectState", 403, RestoreRequest=request(1, "Bulk"), **plain)
    refused(store.restore_object, "InvalidArgument", 400, RestoreRequest=request(0, "Bulk"), **ready)
    refused(store.put_object_tagging, "NotImplemented", 501, Tagging={"TagSet": []}, **plain)


def main():
    failed = 0
    for function in CHECKS:
        try:
            function()
            print(f"ok    {function.__doc__}", flush=True)
        except Exception as error:  # A check that breaks has failed, whatever the reason.
            failed += 1
            print(f"FAIL  {function.__doc__}: {type(error).__name__}: {error}", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
