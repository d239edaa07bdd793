//! The endpoint itself: signatures, protocols, failures on demand.

use trailwatch::emulator::{ACCOUNT, Failure};

use super::{Account, GLOBAL, HOME, code};

#[tokio::test]
async fn sts_says_who_is_signed_in() {
    let account = Account::new().await;
    let client = aws_sdk_sts::Client::new(&account.config(HOME));
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some(ACCOUNT));
    assert!(identity.arn().unwrap().contains(":assumed-role/"));
}

#[tokio::test]
async fn failures_on_demand_hold_until_they_are_cleared() {
    let account = Account::new().await;
    let faults = account.running.faults();
    let lookup = || {
        account.pass();
        account.trail(HOME).lookup_events().send()
    };
    let denied =
        Failure::error(400, "AccessDeniedException", "User is not authorized to perform: cloudtrail:LookupEvents");
    faults.set("cloudtrail", "LookupEvents", HOME, denied);
    let error = lookup().await.unwrap_err();
    assert_eq!(code(&error), "AccessDeniedException");
    account.trail(GLOBAL).lookup_events().send().await.unwrap();
    faults.set("cloudtrail", "LookupEvents", HOME, Failure::Dropped);
    assert!(lookup().await.unwrap_err().as_service_error().is_none());
    faults.set("cloudtrail", "LookupEvents", HOME, Failure::Hang);
    let patience = std::time::Duration::from_millis(100);
    assert!(tokio::time::timeout(patience, lookup()).await.is_err());
    faults.clear("cloudtrail", "LookupEvents", HOME);
    lookup().await.unwrap();
    faults.set("*", "*", "*", Failure::Throttled);
    let error = account.watch(HOME).describe_alarms().send().await.unwrap_err();
    assert_eq!(code(&error), "Throttling");
    let error = account.store(HOME).list_buckets().send().await.unwrap_err();
    assert_eq!(code(&error), "SlowDown");
    faults.clear_all();
    lookup().await.unwrap();
}

/// What comes back for a request written by hand.
async fn ask(account: &Account, head: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(account.running.address()).await.unwrap();
    let length = body.len();
    let request = format!("{head}\r\nhost: localhost\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

fn signed_for(service: &str) -> String {
    format!("authorization: AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/{service}/aws4_request, Signature=x")
}

#[tokio::test]
async fn an_unsigned_request_and_an_unknown_operation_are_refused() {
    let account = Account::new().await;
    let unsigned = ask(&account, "GET /northgate-archive?list-type=2 HTTP/1.1", "").await;
    assert!(unsigned.starts_with("HTTP/1.1 403") && unsigned.contains("<Code>AccessDenied</Code>"), "{unsigned}");
    let unsigned = ask(&account, "POST / HTTP/1.1\r\nx-amz-target: CloudTrail_20131101.LookupEvents", "{}").await;
    assert!(unsigned.contains("MissingAuthenticationTokenException"), "{unsigned}");
    let scope = signed_for("cloudtrail");
    let unknown = ask(&account, &format!("POST / HTTP/1.1\r\nx-amz-target: X.EatCake\r\n{scope}"), "{}").await;
    assert!(unknown.contains("UnknownOperationException"), "{unknown}");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_refused_in_the_protocol_of_the_request() {
    let account = Account::new().await;
    for (service, head, body, wanted) in [
        ("nimbus", "GET /clouds HTTP/1.1", "", r#"{"__type":"NotImplemented","message":"the pretended account"#),
        ("nimbus", "POST / HTTP/1.1\r\nx-amz-target: N.ListClouds", "{}", "x-amzn-errortype: NotImplemented"),
        ("iam", "POST / HTTP/1.1", "Action=ListUsers", "<Type>Receiver</Type><Code>NotImplemented</Code><Message>"),
        ("ec2", "POST / HTTP/1.1", "Action=DescribeVpcs", "<Response><Errors><Error><Code>NotImplemented</Code>"),
        ("route53", "GET /2013-04-01/hostedzone HTTP/1.1", "", "<Code>NotImplemented</Code>"),
    ] {
        let answer = ask(&account, &format!("{head}\r\n{}", signed_for(service)), body).await;
        assert!(answer.starts_with("HTTP/1.1 501") && answer.contains(wanted), "{answer}");
        assert!(answer.contains(&format!("has no {service}; it has sts, cloudtrail")), "{answer}");
    }
}

#[tokio::test]
async fn cloudwatch_speaks_its_older_protocols_too() {
    let account = Account::new().await;
    let scope = signed_for("monitoring");
    let head = format!("POST / HTTP/1.1\r\n{scope}\r\ncontent-type: application/x-www-form-urlencoded");
    let form = "Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=orders-db-cpu";
    let query = ask(&account, &head, form).await;
    assert!(query.contains("<DescribeAlarmsResult><MetricAlarms><member><AlarmName>orders-db-cpu<"), "{query}");
    let query = ask(&account, &head, "Action=DescribeAlarms&MaxRecords=101").await;
    assert!(query.contains("<Type>Sender</Type><Code>ValidationError</Code>"), "{query}");
    let head = format!("POST / HTTP/1.1\r\n{scope}\r\nx-amz-target: GraniteServiceVersion20100801.DescribeAlarms");
    let json = ask(&account, &head, r#"{"AlarmNames":["orders-db-cpu"]}"#).await;
    assert!(json.contains(r#"{"MetricAlarms":[{"AlarmName":"orders-db-cpu","#), "{json}");
}
