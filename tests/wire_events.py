"""EventBridge through boto3; part of wire_check.py."""

from wire_client import ACCOUNT, GLOBAL, HOME, THIRD, check, client, refused

MANAGED = "AutoScalingManagedRule"
PATTERN = '{"source":["aws.ec2"]}'
READS_TOO = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def names(rules):
    return [rule["Name"] for rule in rules]


@check
def event_buses():
    """events ListEventBuses: the default bus everywhere, prefix, pages"""
    bridge = client("events")
    default, orders = bridge.list_event_buses()["EventBuses"]
    assert default["Name"] == "default" and orders["Arn"] == f"arn:aws:events:{HOME}:{ACCOUNT}:event-bus/orders"
    assert default["CreationTime"].tzinfo
    assert bridge.list_event_buses(NamePrefix="ord")["EventBuses"] == [orders]
    page = bridge.list_event_buses(Limit=1)
    assert page["EventBuses"] == [default]
    rest = bridge.list_event_buses(Limit=1, NextToken=page["NextToken"])
    assert rest["EventBuses"] == [orders] and "NextToken" not in rest
    assert [bus["Name"] for bus in client("events", THIRD).list_event_buses()["EventBuses"]] == ["default"]


@check
def event_rules():
    """events ListRules: by name, on a bus by name or ARN, prefix, pages, in each Region its own"""
    bridge = client("events")
    rules = bridge.list_rules()["Rules"]
    assert names(rules) == sorted(names(rules)) and len(rules) > 4
    assert {rule["State"] for rule in rules} == {"ENABLED", "DISABLED"}
    assert all(("EventPattern" in rule) != ("ScheduleExpression" in rule) for rule in rules)
    assert all(rule["EventBusName"] == "default" for rule in rules)
    assert names(bridge.list_rules(NamePrefix="guard")["Rules"]) == ["guardduty-findings"]
    [order] = bridge.list_rules(EventBusName="orders")["Rules"]
    assert order["Arn"] == f"arn:aws:events:{HOME}:{ACCOUNT}:rule/orders/order-refunded"
    assert bridge.list_rules(EventBusName=f"arn:aws:events:{HOME}:{ACCOUNT}:event-bus/orders")["Rules"] == [order]
    pages, token = [], {}
    while True:
        page = bridge.list_rules(Limit=2, **token)
        pages += page["Rules"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == rules
    assert names(client("events", GLOBAL).list_rules()["Rules"]) == [
        "guardduty-findings",
        "iam-reconnaissance",
        "root-sign-in",
    ]
    refused(bridge.list_rules, "ResourceNotFoundException", 400, EventBusName="nobody")
    refused(bridge.list_rules, "ValidationException", 400, NextToken="nonsense")
    refused(bridge.list_rules, "ValidationException", 400, **token, NamePrefix="x")


@check
def event_rule():
    """events DescribeRule, ListTargetsByRule: all states, a managed rule, topics, queues and tasks"""
    bridge, world = client("events"), client("events", GLOBAL)
    managed = bridge.describe_rule(Name=MANAGED)
    assert managed["ManagedBy"] == "autoscaling.amazonaws.com" and managed["CreatedBy"] == ACCOUNT
    assert bridge.describe_rule(Name="nightly-report")["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert bridge.describe_rule(Name="checkout-canary")["State"] == "DISABLED"
    assert world.describe_rule(Name="iam-reconnaissance")["State"] == READS_TOO
    [topic] = world.list_targets_by_rule(Rule="root-sign-in")["Targets"]
    assert topic == {"Id": "topic", "Arn": f"arn:aws:sns:{GLOBAL}:{ACCOUNT}:security-alerts"}
    [task] = bridge.list_targets_by_rule(Rule="nightly-report")["Targets"]
    assert ":role/" in task["RoleArn"] and task["Input"] and task["EcsParameters"]["TaskCount"] == 1
    on_orders = {"Rule": "order-refunded", "EventBusName": "orders"}
    page = bridge.list_targets_by_rule(Limit=1, **on_orders)
    rest = bridge.list_targets_by_rule(NextToken=page["NextToken"], **on_orders)
    assert [target["Id"] for target in page["Targets"] + rest["Targets"]] == ["queue", "function"]
    error = refused(bridge.describe_rule, "ResourceNotFoundException", 400, Name="order-refunded")
    assert error["Error"]["Message"] == "Rule order-refunded does not exist on EventBus default."
    refused(bridge.list_targets_by_rule, "ResourceNotFoundException", 400, Rule="nobody")
    refused(bridge.describe_rule, "ValidationException", 400, Name="two words")


@check
def event_switch():
    """events DisableRule, EnableRule: the state follows, a managed rule refuses"""
    bridge, name = client("events"), "trail-tampering"
    state = lambda: bridge.describe_rule(Name=name)["State"]
    bridge.disable_rule(Name=name)
    assert state() == "DISABLED"
    bridge.enable_rule(Name=name)
    assert state() == "ENABLED"
    refused(bridge.disable_rule, "ManagedRuleException", 400, Name=MANAGED)
    refused(bridge.enable_rule, "ResourceNotFoundException", 400, Name="nobody")
    refused(bridge.enable_rule, "ResourceNotFoundException", 400, Name=name, EventBusName="orders")


@check
def event_put():
    """events PutRule: makes and replaces, keeps the targets, and refuses what the service refuses"""
    bridge = client("events", GLOBAL)
    put = bridge.put_rule
    made = put(Name="wire-check", EventPattern=PATTERN, State=READS_TOO, Description="x")
    assert made["RuleArn"] == f"arn:aws:events:{GLOBAL}:{ACCOUNT}:rule/wire-check"
    assert bridge.describe_rule(Name="wire-check")["State"] == READS_TOO
    assert bridge.list_targets_by_rule(Rule="wire-check")["Targets"] == []
    put(Name="wire-check", ScheduleExpression="rate(5 minutes)")
    changed = bridge.describe_rule(Name="wire-check")
    assert changed["State"] == "ENABLED" and "Description" not in changed and "EventPattern" not in changed
    sign_in = bridge.describe_rule(Name="root-sign-in")
    put(Name="root-sign-in", EventPattern=sign_in["EventPattern"], State="DISABLED")
    assert len(bridge.list_targets_by_rule(Rule="root-sign-in")["Targets"]) == 1
    put(Name="root-sign-in", EventPattern=sign_in["EventPattern"], Description=sign_in["Description"])
    for pattern in ["{", "[]", '"text"', "{}", '{"source":"aws.ec2"}']:
        refused(put, "InvalidEventPatternException", 400, Name="x", EventPattern=pattern)
    for wrong in [
        {},
        {"ScheduleExpression": "every day"},
        {"EventPattern": PATTERN, "State": "ON"},
        {"EventPattern": json_of_length(4097)},
    ]:
        refused(put, "ValidationException", 400, Name="x", **wrong)
    refused(put, "ValidationException", 400, Name="no spaces", EventPattern=PATTERN)
    refused(put, "ResourceNotFoundException", 400, Name="x", EventPattern=PATTERN, EventBusName="nobody")
    home = client("events")
    refused(home.put_rule, "ManagedRuleException", 400, Name=MANAGED, EventPattern=PATTERN)
    on_orders = {"EventBusName": "orders", "ScheduleExpression": "rate(1 day)"}
    refused(home.put_rule, "ValidationException", 400, Name="x", **on_orders)
    refused(home.describe_event_source, "UnknownOperationException", 400, Name="x")


def json_of_length(length):
    return '{"source":["%s"]}' % ("x" * (length - 15))
