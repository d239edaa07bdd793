//! S3: listings, restores and their deadlines.

use aws_sdk_s3::types::{GlacierJobParameters, OptionalObjectAttributes, RestoreRequest, Tier};
use trailwatch::emulator::PLACES;

use super::{Account, HOME, code};

#[tokio::test]
async fn restores_go_from_in_progress_to_ready_to_expired() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let restore = async |key: &str| {
        let object = client.head_object().bucket("northgate-archive").key(key).send().await.unwrap();
        object.restore
    };
    let (soon, ending) = ("contracts/2018/lease-quay-7.pdf", "contracts/2017/framework-agreement.pdf");
    assert_eq!(restore(soon).await.as_deref(), Some("ongoing-request=\"true\""));
    assert!(restore(ending).await.is_some());
    account.at(91);
    let ready = restore(soon).await.unwrap();
    assert_eq!(ready, "ongoing-request=\"false\", expiry-date=\"Wed, 25 Nov 2026 00:00:00 GMT\"");
    account.at(181);
    assert_eq!(restore(ending).await, None);
    let refused = client.get_object().bucket("northgate-archive").key(ending).send().await.unwrap_err();
    assert_eq!(code(&refused), "InvalidObjectState");
    let got = client.get_object().bucket("northgate-archive").key(soon).send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes().len(), 2 << 20);
}

#[tokio::test]
async fn a_listing_tells_restores_only_when_asked() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let list = || client.list_objects_v2().bucket("northgate-archive").prefix("contracts/");
    assert!(list().send().await.unwrap().contents().iter().all(|object| object.restore_status().is_none()));
    let asked = list().optional_object_attributes(OptionalObjectAttributes::RestoreStatus).send().await.unwrap();
    let told = asked.contents().iter().filter(|object| object.restore_status().is_some()).count();
    assert_eq!(told, 3);
    let folders = client.list_objects_v2().bucket("northgate-archive").delimiter("/").send().await.unwrap();
    let folders: Vec<_> = folders.common_prefixes().iter().filter_map(|prefix| prefix.prefix()).collect();
    assert_eq!(folders, ["cases/", "contracts/"]);
    let missing = client.list_objects_v2().bucket("nowhere").send().await.unwrap_err();
    assert_eq!(code(&missing), "NoSuchBucket");
    let elsewhere = client.list_objects_v2().bucket("northgate-logs-cold").send().await.unwrap_err();
    assert_eq!(code(&elsewhere), "PermanentRedirect");
}

#[tokio::test]
async fn every_key_comes_once_over_the_pages() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let mut pages = client.list_objects_v2().bucket("northgate-media-vault").prefix("masters/").into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(page.unwrap().contents().iter().map(|object| object.key().unwrap().to_owned()));
    }
    assert_eq!(keys.len(), 1_606);
    assert!(keys.is_sorted_by(|a, b| a < b));
    let buckets = client.list_buckets().max_buckets(4).send().await.unwrap();
    assert_eq!((buckets.buckets().len(), buckets.buckets()[0].bucket_region()), (4, Some(HOME)));
    let rest = client.list_buckets().max_buckets(4).continuation_token(buckets.continuation_token().unwrap());
    assert_eq!(rest.send().await.unwrap().buckets().len(), 2);
}

#[tokio::test]
async fn a_restore_keeps_s3s_rules() {
    let account = Account::new().await;
    let client = account.store(HOME);
    let restore = |key: &str, days, tier: Tier| {
        let job = GlacierJobParameters::builder().tier(tier).build().unwrap();
        let request = RestoreRequest::builder().days(days).glacier_job_parameters(job).build();
        client.restore_object().bucket("northgate-archive").key(key).restore_request(request)
    };
    let deep = "contracts/2018/supplier-terms.pdf";
    let refused = restore(deep, 1, Tier::Expedited).send().await.unwrap_err();
    assert_eq!(code(&refused), "InvalidArgument");
    restore(deep, 2, Tier::Bulk).send().await.unwrap();
    let again = restore(deep, 2, Tier::Bulk).send().await.unwrap_err();
    assert_eq!(code(&again), "RestoreAlreadyInProgress");
    assert_eq!(again.raw_response().unwrap().status().as_u16(), 409);
    restore(deep, 2, Tier::Standard).send().await.unwrap();
    account.at(12 * 3_600);
    let head = || client.head_object().bucket("northgate-archive").key(deep).send();
    assert!(head().await.unwrap().restore().unwrap().ends_with("expiry-date=\"Tue, 24 Nov 2026 00:00:00 GMT\""));
    restore(deep, 9, Tier::Standard).send().await.unwrap();
    assert!(head().await.unwrap().restore().unwrap().ends_with("expiry-date=\"Tue, 01 Dec 2026 00:00:00 GMT\""));
    let plain = restore("contracts/2024/index.json", 1, Tier::Standard).send().await.unwrap_err();
    assert_eq!(code(&plain), "InvalidObjectState");
    let nothing = restore("contracts/none", 1, Tier::Standard).send().await.unwrap_err();
    assert_eq!(code(&nothing), "NoSuchKey");
}

#[tokio::test]
async fn every_place_has_restores_to_watch() {
    let account = Account::new().await;
    for place in PLACES {
        let (bucket, prefix) = place.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        let listing = account.store(HOME).list_objects_v2().bucket(bucket).prefix(prefix);
        let listing = listing.optional_object_attributes(OptionalObjectAttributes::RestoreStatus).send().await.unwrap();
        assert!(listing.contents().iter().any(|object| object.restore_status().is_some()), "{place}");
    }
}
