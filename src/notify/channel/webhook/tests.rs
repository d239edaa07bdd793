//! A webhook against servers on this machine, kind and unkind.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Instant,
};

use http_body_util::{BodyExt, combinators::BoxBody};
use hyper::{HeaderMap, Response, body::Frame, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::*;
use crate::{
    config::notify::{Format, Secret, SecretPlace},
    model::duration::Span,
    notify::channel::{Said, samples},
};

/// What a server was sent: headers and body.
type Got = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// How a server answers.
#[derive(Clone, Copy)]
enum How {
    Status(u16, &'static [(&'static str, &'static str)], &'static str),
    Hang,
    Endless(u16),
}

/// A body without end.
struct Endless;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 1024])))))
    }
}

fn answer(how: How) -> Response<BoxBody<Bytes, Infallible>> {
    match how {
        How::Status(status, headers, body) => {
            let response = headers.iter().fold(Response::builder().status(status), |made, (n, v)| made.header(*n, *v));
            response.body(Full::from(body).boxed()).unwrap()
        }
        How::Endless(status) => Response::builder().status(status).body(Endless.boxed()).unwrap(),
        How::Hang => unreachable!("it does not answer"),
    }
}

/// A server that answers everybody alike; gives its port.
async fn server(how: How) -> (u16, Got) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, got) = (listener.local_addr().unwrap().port(), Got::default());
    let heard = Arc::clone(&got);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let heard = Arc::clone(&heard);
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let heard = Arc::clone(&heard);
                async move {
                    let headers = request.headers().clone();
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    heard.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
                    if matches!(how, How::Hang) {
                        std::future::pending::<()>().await;
                    }
                    Ok::<_, Infallible>(answer(how))
                }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (port, got)
}

fn webhook(url: &str) -> Webhook {
    let to = notify::Webhook {
        url: Secret::new(url),
        format: Format::Json,
        body: None,
        secret: None,
        headers: vec![("authorization".to_owned(), Secret::new("Bearer SESAME-OPEN"))],
    };
    let clock: Clock = Arc::new(|| "2026-11-21T18:00:00Z".parse().unwrap());
    Webhook { name: "oncall".to_owned(), to, clock, poster: OnceLock::new(), patience: Duration::from_secs(2) }
}

async fn post(how: How) -> (Result<Said, Refused>, Got) {
    let (port, got) = server(how).await;
    (webhook(&format!("http://127.0.0.1:{port}/services/SESAME/T0KEN?key=K3YS")).send(&samples::hostile()).await, got)
}

#[tokio::test]
async fn a_message_is_posted_with_its_key_and_signature() {
    let (port, got) = server(How::Status(200, &[], "ok")).await;
    let mut hook = webhook(&format!("http://127.0.0.1:{port}/x"));
    hook.to.secret = Some(SecretPlace::Here(Secret::new("hunter2")));
    let message = samples::hostile();
    for _ in 0..2 {
        assert_eq!(hook.send(&message).await, Ok(Said::new("200 OK")));
    }
    let got = got.lock().unwrap();
    let (headers, body) = &got[0];
    assert_eq!(headers["idempotency-key"], words::idempotency(&message.notice.key));
    assert_eq!(headers["idempotency-key"], got[1].0["idempotency-key"]);
    assert_eq!(
        (&headers["content-type"], &headers["authorization"]),
        (&"application/json".parse().unwrap(), &"Bearer SESAME-OPEN".parse().unwrap())
    );
    assert!(!headers.contains_key("x-injected"));
    let timestamp = headers["x-trailwatch-timestamp"].to_str().unwrap();
    assert_eq!(timestamp, "1795284000");
    assert_eq!(headers["x-trailwatch-signature"], signature("hunter2", timestamp, body));
    let read: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(read["idempotency_key"], words::idempotency(&message.notice.key));
}

#[test]
fn the_signature_is_the_hmac_of_timestamp_and_body() {
    // As `printf '1795284000.{}' | openssl dgst -sha256 -hmac hunter2` prints it.
    let made = signature("hunter2", "1795284000", "{}");
    assert_eq!(made, "sha256=e47e91e22e8bda443ee678b8e84108f8b5fa2ee958eaabd2d53e6b0fec0d3d9d");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_will_not_is_not_for_long() {
    for (status, passes) in
        [(500, true), (503, true), (408, true), (425, true), (400, false), (403, false), (404, false)]
    {
        let (port, _) = server(How::Status(status, &[], "no")).await;
        let hook = webhook(&format!("http://127.0.0.1:{port}/x"));
        let mut message = samples::hostile();
        let first = hook.send(&message).await.unwrap_err();
        assert!(
            first.retry && first.words.starts_with(&status.to_string()) && first.words.ends_with(": no"),
            "{first:?}"
        );
        message.tries = 2;
        assert_eq!(hook.send(&message).await.unwrap_err().retry, passes, "{status}");
    }
    assert!(!post(How::Status(410, &[], "")).await.0.unwrap_err().retry);
}

#[tokio::test]
async fn a_receiver_that_is_busy_says_for_how_long() {
    let (said, _) = post(How::Status(429, &[("retry-after", "30")], "slow down")).await;
    let refused = said.unwrap_err();
    assert_eq!((refused.retry, refused.after), (true, Some(Span::seconds(30))));
    assert_eq!(refused.words, "429 Too Many Requests: slow down");
}

#[tokio::test]
async fn a_receiver_that_hangs_or_never_ends_holds_nobody_up() {
    let begun = Instant::now();
    let (said, _) = post(How::Hang).await;
    assert_eq!(said, Err(Refused::passing("no answer within 2 s")));
    let (said, _) = post(How::Endless(200)).await;
    assert_eq!(said, Ok(Said::new("200 OK")));
    let (said, _) = post(How::Endless(500)).await;
    let refused = said.unwrap_err();
    assert!(refused.words.starts_with("500 Internal Server Error: xxx") && refused.words.len() < 400, "{refused:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (port, elsewhere) = server(How::Status(200, &[], "")).await;
    let leads: &'static str = Box::leak(format!("http://127.0.0.1:{port}/other").into_boxed_str());
    let headers: &'static [_] = Box::leak(vec![("location", leads)].into_boxed_slice());
    let (said, _) = post(How::Status(307, headers, "")).await;
    let refused = said.unwrap_err();
    assert!(refused.words.starts_with("307 Temporary Redirect: it leads elsewhere"), "{refused:?}");
    assert!(elsewhere.lock().unwrap().is_empty());
}

#[tokio::test]
async fn no_token_of_the_address_or_a_header_is_ever_said() {
    let echo = "Cannot POST /services/SESAME/T0KEN?key=K3YS with SESAME-OPEN \u{1b}]0;x\u{7}";
    let (said, _) = post(How::Status(404, &[], echo)).await;
    let refused = said.unwrap_err();
    assert_eq!(refused.words, "404 Not Found: Cannot POST … with … \\u{1b}]0;x\\u{7}");
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let hook = webhook(&format!("http://127.0.0.1:{free}/SESAME"));
    let refused = hook.send(&samples::hostile()).await.unwrap_err();
    assert!(refused.retry && refused.words.contains("refused") && !refused.words.contains("SESAME"), "{refused:?}");
    let hook = webhook("http://example.com/SESAME");
    let refused = hook.send(&samples::hostile()).await.unwrap_err();
    assert!(refused.words.contains("only for this machine") && !refused.words.contains("SESAME"), "{refused:?}");
    assert!(!format!("{:?}", hook.to).contains("SESAME"));
}

#[tokio::test]
async fn a_certificate_that_nobody_knows_is_refused() {
    // What answers in plain text is no TLS at all: nothing is sent to it.
    let (port, got) = server(How::Status(200, &[], "")).await;
    let refused = webhook(&format!("https://127.0.0.1:{port}/SESAME")).send(&samples::hostile()).await.unwrap_err();
    assert!(refused.retry && !refused.words.contains("SESAME"), "{refused:?}");
    assert!(got.lock().unwrap().is_empty());
}
