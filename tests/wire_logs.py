"""CloudWatch Logs through boto3; part of wire_check.py."""

from botocore import UNSIGNED
from botocore.config import Config

from wire_client import GLOBAL, HOME, THIRD, check, client, refused

TRAIL = "/northgate/cloudtrail"


def names(answer):
    return [found["filterName"] for found in answer["metricFilters"]]


@check
def metric_filters():
    """logs DescribeMetricFilters: by name, of a log group, prefix, metric, pages, in each Region its own"""
    describe = client("logs").describe_metric_filters
    every = describe()
    assert names(every) == sorted(names(every)) and len(names(every)) == 5
    assert {found["logGroupName"] for found in every["metricFilters"]} == {TRAIL}
    assert names(describe(logGroupName=TRAIL, filterNamePrefix="kms")) == ["kms-key-deletion"]
    assert names(describe(filterNamePrefix="kms")) == names(every), "without a log group, no prefix"
    trail = describe(metricNamespace="CloudTrailMetrics", metricName="TrailChanges")
    assert names(trail) == ["cloudtrail-changes"] and trail["metricFilters"][0]["creationTime"] > 1_000_000_000_000
    assert describe(logGroupName="/aws/ecs/checkout")["metricFilters"] == []
    page = describe(limit=3)
    rest = describe(limit=3, nextToken=page["nextToken"])
    assert page["metricFilters"] + rest["metricFilters"] == every["metricFilters"] and "nextToken" not in rest
    refused(describe, "InvalidParameterException", 400, nextToken=page["nextToken"], logGroupName=TRAIL)
    assert names(client("logs", THIRD).describe_metric_filters()) == []


@check
def metric_filters_and_alarms():
    """logs DescribeMetricFilters: each alarm on the trail has its filter, one without a default value"""
    for region in [HOME, GLOBAL]:
        pages = client("cloudwatch", region).get_paginator("describe_alarms").paginate()
        alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
        watched = {alarm["MetricName"] for alarm in alarms if alarm["Namespace"] == "CloudTrailMetrics"}
        filters = client("logs", region).describe_metric_filters()["metricFilters"]
        metrics = [metric for found in filters for metric in found["metricTransformations"]]
        assert watched == {metric["metricName"] for metric in metrics}
        assert all(metric["metricNamespace"] == "CloudTrailMetrics" for metric in metrics)
        without = [metric["metricName"] for metric in metrics if "defaultValue" not in metric]
        assert without == (["KmsKeyDeletion"] if region == HOME else []), without


@check
def metric_filters_refused():
    """logs: a log group that is not there, wrong limits and names, half a metric, no signature, an action that is not there"""
    logs = client("logs")
    describe = logs.describe_metric_filters
    refused(describe, "ResourceNotFoundException", 400, logGroupName="/nobody")
    refused(client("logs", THIRD).describe_metric_filters, "ResourceNotFoundException", 400, logGroupName=TRAIL)
    for wrong in [
        {"limit": 51},
        {"nextToken": "nonsense"},
        {"logGroupName": "two words"},
        {"logGroupName": TRAIL, "filterNamePrefix": "a*"},
        {"metricName": "TrailChanges"},
    ]:
        refused(describe, "InvalidParameterException", 400, **wrong)
    refused(logs.describe_log_groups, "UnknownOperationException", 400)
    without = client("logs", config=Config(signature_version=UNSIGNED))
    refused(without.describe_metric_filters, "MissingAuthenticationTokenException", 400)
