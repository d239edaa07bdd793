"""SNS through boto3; part of wire_check.py."""

from wire_client import ACCOUNT, GLOBAL, HOME, THIRD, check, client, refused

PENDING = "security-oncall"


def arn(name, region=HOME):
    return f"arn:aws:sns:{region}:{ACCOUNT}:{name}"


@check
def topics():
    """sns ListTopics: in each Region its own"""
    listed = client("sns").list_topics()
    names = [topic["TopicArn"].rsplit(":")[-1] for topic in listed["Topics"]]
    assert names == ["audit-trail.fifo", "platform-alerts", "security-alerts"] and "NextToken" not in listed
    assert client("sns", "ap-south-1").list_topics()["Topics"] == []
    refused(client("sns").list_topics, "InvalidParameter", 400, NextToken="nonsense")
    refused(client("sns").list_phone_numbers_opted_out, "InvalidAction", 400)


@check
def topic_attributes():
    """sns GetTopicAttributes: how many confirmed; NotFound"""
    bell = client("sns", GLOBAL)
    attributes = bell.get_topic_attributes(TopicArn=arn(PENDING, GLOBAL))["Attributes"]
    assert (attributes["SubscriptionsConfirmed"], attributes["SubscriptionsPending"]) == ("0", "1"), attributes
    assert attributes["Owner"] == ACCOUNT and '"cloudwatch.amazonaws.com"' in attributes["Policy"]
    fifo = client("sns").get_topic_attributes(TopicArn=arn("audit-trail.fifo"))["Attributes"]
    assert (fifo["FifoTopic"], fifo["ContentBasedDeduplication"]) == ("true", "false")
    refused(bell.get_topic_attributes, "NotFound", 404, TopicArn=arn("nobody", GLOBAL))
    refused(bell.get_topic_attributes, "InvalidParameter", 400, TopicArn=arn(PENDING, HOME))


@check
def subscriptions():
    """sns ListSubscriptionsByTopic: the topic of the root sign-in has one that nobody confirmed"""
    [alarm] = client("cloudwatch", GLOBAL).describe_alarms(AlarmNames=["signin-console-success-root"])["MetricAlarms"]
    assert alarm["AlarmActions"] == [arn(PENDING, GLOBAL)]
    bell = client("sns", GLOBAL)
    [pending] = bell.list_subscriptions_by_topic(TopicArn=alarm["AlarmActions"][0])["Subscriptions"]
    assert (pending["SubscriptionArn"], pending["Protocol"]) == ("PendingConfirmation", "email")
    listed = client("sns", THIRD).list_subscriptions_by_topic(TopicArn=arn("security-alerts", THIRD))["Subscriptions"]
    assert len(listed) == 2 and all(one["SubscriptionArn"].startswith(one["TopicArn"] + ":") for one in listed)
    refused(bell.list_subscriptions_by_topic, "NotFound", 404, TopicArn=arn("nobody", GLOBAL))


@check
def publishing():
    """sns Publish: a message and its attributes; subject, size and topic have their limits"""
    bell, topic = client("sns"), arn("security-alerts")
    kind = {"kind": {"DataType": "String", "StringValue": "alert"}}
    first = bell.publish(TopicArn=topic, Message="M\u00fcll & <so> weiter", Subject="Root", MessageAttributes=kind)
    assert len(first["MessageId"]) == 36 and "SequenceNumber" not in first
    assert bell.publish(TopicArn=topic, Message="again")["MessageId"] != first["MessageId"]
    assert bell.publish(TopicArn=topic, Message="x" * (256 << 10), Subject="s" * 100)["MessageId"]
    say = lambda code, status, **arguments: refused(bell.publish, code, status, **{"TopicArn": topic, **arguments})
    for subject in ["", "s" * 101, "two\nlines", "M\u00fcll", " x", "bell\x07"]:
        error = say("InvalidParameter", 400, Message="x", Subject=subject)
        assert error["Error"]["Message"] == "Invalid parameter: Subject", error
    say("InvalidParameter", 400, Message="")
    error = say("InvalidParameter", 400, Message="x" * (256 << 10), MessageAttributes=kind)
    assert error["Error"]["Message"] == "Invalid parameter: Message too long", error
    say("InvalidParameter", 400, Message="x", TopicArn="security-alerts")
    say("InvalidParameter", 400, Message="x", TopicArn=arn("security-alerts", GLOBAL))
    say("NotFound", 404, Message="x", TopicArn=arn("nobody"))
    say("AuthorizationError", 403, Message="x", TopicArn=f"arn:aws:sns:{HOME}:999988887777:t")
    empty = {"kind": {"DataType": "String", "StringValue": ""}}
    say("ParameterValueInvalid", 400, Message="x", MessageAttributes=empty)


@check
def publishing_in_order():
    """sns Publish to a FIFO topic: needs a group and an id, answers a repeat as the first; others refuse the id"""
    bell = client("sns")
    fifo = {"TopicArn": arn("audit-trail.fifo"), "Message": "x"}
    first = bell.publish(MessageGroupId="g", MessageDeduplicationId="1", **fifo)
    assert len(first["SequenceNumber"]) == 20
    again = bell.publish(MessageGroupId="g", MessageDeduplicationId="1", **fifo)
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    other = bell.publish(MessageGroupId="g", MessageDeduplicationId="2", **fifo)
    assert other["SequenceNumber"] > first["SequenceNumber"]
    refused(bell.publish, "InvalidParameter", 400, **fifo)
    refused(bell.publish, "InvalidParameter", 400, MessageGroupId="g", **fifo)
    refused(bell.publish, "InvalidParameter", 400, MessageGroupId="g", MessageDeduplicationId="a b", **fifo)
    plain = {"TopicArn": arn("security-alerts"), "Message": "x"}
    refused(bell.publish, "InvalidParameter", 400, MessageDeduplicationId="1", **plain)
