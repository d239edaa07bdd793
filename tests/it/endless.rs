//! An endpoint whose answers have no end.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use trailwatch::{
    config::{Credentials, Settings},
    model::{Region, SourceKind, SourceState},
    source::{
        Clock, Deliver,
        aws::{self, Clients},
    },
};

/// Answers one request with a body that goes on for as long as somebody takes it.
async fn pour(mut stream: TcpStream) {
    let mut request = [0; 16 << 10];
    if stream.read(&mut request).await.is_err() {
        return;
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close\r\n\r\n{\"Events\":[";
    let mut rest: &[u8] = head.as_bytes();
    let blanks = vec![b' '; 1 << 20];
    while stream.write_all(rest).await.is_ok() {
        rest = &blanks;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_end_is_given_up_and_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        regions: vec![Region::new("us-east-1")],
        endpoint_url: Some(format!("http://{}", listener.local_addr().unwrap())),
        credentials: Some(Credentials { access_key_id: "AKIDEXAMPLE".into(), secret_access_key: "secret".into() }),
        ..Settings::default()
    };
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pour(stream));
        }
    });
    let clients = Clients::load(&settings, Utc::now()).await.unwrap();
    let mut sources = aws::sources(&settings, &clients, Utc::now());
    let events = sources.iter_mut().find(|source| source.health().id.kind == SourceKind::Events).unwrap();
    let (clock, deliver): (Clock, Deliver) = (Arc::new(Utc::now), Arc::new(|_| {}));
    tokio::time::timeout(Duration::from_secs(60), events.batch(&clock, &deliver)).await.unwrap();
    server.abort();
    let SourceState::Failed(error) = events.health().state else { panic!("{:?}", events.health()) };
    assert_eq!(error.code, "Response");
    assert!(error.message.contains("longer than 64 MiB"), "{}", error.message);
}
