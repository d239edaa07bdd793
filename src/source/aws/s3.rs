//! S3 ListObjectsV2 with RestoreStatus: what is being restored, and until when the copies live.

use std::collections::HashMap;

use aws_sdk_s3::{
    Client,
    config::http::HttpResponse,
    error::SdkError,
    operation::list_objects_v2::{ListObjectsV2Error, ListObjectsV2Output},
    types::{Object, OptionalObjectAttributes},
};
use chrono::TimeDelta;

use super::{
    Clients,
    errors::{self, Asked},
};
use crate::{
    model::{Place, Region, Restore, RestoreState, StorageClass, Time, Update},
    source::{Clock, Failure, Fetched, Snapshot},
};

/// How long a copy that is gone stays on the list.
const EXPIRED_FOR: TimeDelta = TimeDelta::minutes(15);

/// The restores of one place.
#[derive(Debug)]
pub struct Restores {
    clients: Clients,
    client: Client,
    /// The bucket's, once S3 has told it.
    region: Region,
    place: Place,
    asked: Asked,
    seen: Memory,
}

impl Restores {
    pub fn new(clients: &Clients, place: &Place) -> Self {
        Self {
            clients: clients.clone(),
            client: clients.s3(clients.home()),
            region: clients.home().clone(),
            place: place.clone(),
            asked: Asked::new("s3:ListBucket", clients, clients.home()),
            seen: Memory::default(),
        }
    }

    async fn page(&self, token: Option<String>) -> Result<ListObjectsV2Output, SdkError<ListObjectsV2Error>> {
        let prefix = Some(self.place.prefix.clone()).filter(|prefix| !prefix.is_empty());
        let request = self.client.list_objects_v2().bucket(&self.place.bucket).set_prefix(prefix);
        let request = request.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
        request.set_continuation_token(token).send().await
    }

    /// S3 answers a request in the wrong Region with an error and the right one in a header.
    fn move_to_region_of(&mut self, error: &SdkError<ListObjectsV2Error, HttpResponse>) -> bool {
        let told = error.raw_response().and_then(|response| response.headers().get("x-amz-bucket-region"));
        let Some(region) = told.map(Region::new).filter(|region| *region != self.region) else { return false };
        self.client = self.clients.s3(&region);
        self.region = region;
        true
    }
}

impl Snapshot for Restores {
    async fn fetch(&mut self, clock: &Clock) -> Result<Fetched, Failure> {
        let (mut listed, mut token, mut requests) = (Vec::new(), None, 0);
        loop {
            requests += 1;
            let page = match self.page(token.clone()).await {
                Ok(page) => page,
                Err(error) if requests == 1 && self.move_to_region_of(&error) => continue,
                Err(error) => return Err(self.asked.failure(error, clock())),
            };
            // S3 always says whether there is more; what does not is no whole listing, and objects missing in it are not gone.
            let Some(truncated) = page.is_truncated else {
                return Err(self.asked.unreadable("a listing that breaks off", clock()));
            };
            if token.is_some() && token == page.next_continuation_token {
                return Err(self.asked.unreadable("the same page again and again", clock()));
            }
            listed.extend(page.contents.unwrap_or_default().into_iter().filter_map(under_restore));
            // S3 says it is truncated and gives a token; one without the other would never end.
            token = page.next_continuation_token.filter(|_| truncated);
            if token.is_none() {
                break;
            }
        }
        let now = clock();
        let restores = self.seen.merge(listed, now);
        let restores = restores.into_iter().map(|(key, known)| Restore {
            place: self.place.clone(),
            region: self.region.clone(),
            key,
            storage_class: known.listed.class,
            size: known.listed.size,
            state: known.listed.state,
            first_seen: known.first_seen,
        });
        let update = Update::Restores { place: self.place.clone(), at: now, restores: restores.collect() };
        Ok(Fetched { update, newest: None, requests })
    }
}

/// One object of the listing that is under restore.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    key: String,
    class: StorageClass,
    size: u64,
    state: RestoreState,
}

/// Source: S3 API reference, RestoreStatus: no element for an object that was never restored, no date while in progress.
fn under_restore(object: Object) -> Option<Listed> {
    let class = object.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned();
    if !["GLACIER", "DEEP_ARCHIVE"].contains(&class.as_str()) {
        return None;
    }
    let status = object.restore_status()?;
    let state = match status.restore_expiry_date().and_then(errors::time) {
        Some(expires) => RestoreState::Ready { expires },
        None if status.is_restore_in_progress() == Some(true) => RestoreState::InProgress,
        None => return None,
    };
    let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
    Some(Listed { state, size, class: StorageClass(class), key: object.key? })
}

/// What the listings before have shown: S3 forgets a copy when it is gone.
#[derive(Debug, Default)]
struct Memory(HashMap<String, Known>);

#[derive(Clone, Debug)]
struct Known {
    listed: Listed,
    first_seen: Time,
    /// When it was first missed.
    gone: Option<Time>,
}

impl Memory {
    /// Takes in a whole listing and gives all there is to show, ordered by key.
    fn merge(&mut self, listed: Vec<Listed>, now: Time) -> Vec<(String, Known)> {
        let mut before = std::mem::take(&mut self.0);
        for mut listed in listed {
            let known = before.remove(&listed.key);
            let mut gone = None;
            if let RestoreState::Ready { expires } = listed.state
                && expires <= now
            {
                listed.state = RestoreState::Expired { expires };
                gone = Some(known.as_ref().and_then(|known| known.gone).unwrap_or(now));
            }
            let first_seen = known.map_or(now, |known| known.first_seen);
            self.0.insert(listed.key.clone(), Known { listed, first_seen, gone });
        }
        // An object that is listed no more before its deadline has been deleted; only a copy can expire.
        for (key, mut known) in before {
            if let Some(expires) = deadline(&known.listed.state).filter(|expires| *expires <= now) {
                known.listed.state = RestoreState::Expired { expires };
                known.gone.get_or_insert(now);
                if !is_over(&known, now) {
                    self.0.insert(key, known);
                }
            }
        }
        let mut shown: Vec<_> = self.0.clone().into_iter().filter(|(_, known)| !is_over(known, now)).collect();
        shown.sort_by(|(a, _), (b, _)| a.cmp(b));
        shown
    }
}

fn deadline(state: &RestoreState) -> Option<Time> {
    match state {
        RestoreState::Ready { expires } | RestoreState::Expired { expires } => Some(*expires),
        RestoreState::InProgress => None,
    }
}

fn is_over(known: &Known, now: Time) -> bool {
    known.gone.is_some_and(|gone| now - gone > EXPIRED_FOR)
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{ObjectStorageClass, RestoreStatus};
    use aws_smithy_types::DateTime;

    use super::*;

    fn at(minutes: i64) -> Time {
        Time::default() + TimeDelta::minutes(minutes)
    }

    fn listed(state: RestoreState) -> Vec<Listed> {
        vec![Listed { key: "tape".into(), class: StorageClass("GLACIER".into()), size: 1, state }]
    }

    fn states(memory: &mut Memory, listing: Vec<Listed>, minutes: i64) -> Vec<RestoreState> {
        memory.merge(listing, at(minutes)).into_iter().map(|(_, known)| known.listed.state).collect()
    }

    #[test]
    fn a_copy_that_is_gone_stays_expired_for_a_quarter_of_an_hour() {
        let (ready, expired) = (RestoreState::Ready { expires: at(60) }, RestoreState::Expired { expires: at(60) });
        let mut memory = Memory::default();
        assert_eq!(states(&mut memory, listed(RestoreState::InProgress), 0), [RestoreState::InProgress]);
        assert_eq!(states(&mut memory, listed(ready), 10), [ready]);
        // S3 may go on listing it for a while after its time.
        assert_eq!(states(&mut memory, listed(ready), 61), [expired]);
        assert_eq!(states(&mut memory, Vec::new(), 70), [expired]);
        assert_eq!(states(&mut memory, Vec::new(), 77), []);
    }

    #[test]
    fn a_copy_that_is_listed_long_after_its_time_does_not_come_back() {
        let ready = RestoreState::Ready { expires: at(60) };
        let mut memory = Memory::default();
        let shown: Vec<usize> = [61, 70, 80, 90].map(|m| states(&mut memory, listed(ready), m).len()).into();
        assert_eq!(shown, [1, 1, 0, 0]);
    }

    #[test]
    fn an_extended_restore_is_ready_again_and_keeps_when_it_was_first_seen() {
        let mut memory = Memory::default();
        states(&mut memory, listed(RestoreState::Ready { expires: at(60) }), 0);
        states(&mut memory, Vec::new(), 61);
        let again = RestoreState::Ready { expires: at(600) };
        let known = memory.merge(listed(again), at(62));
        assert_eq!((known[0].1.listed.state, known[0].1.first_seen), (again, at(0)));
    }

    #[test]
    fn a_deleted_object_whose_restore_ran_is_forgotten() {
        let mut memory = Memory::default();
        states(&mut memory, listed(RestoreState::InProgress), 0);
        assert_eq!(states(&mut memory, Vec::new(), 1), []);
    }

    #[test]
    fn only_archived_objects_under_restore_are_taken() {
        let running = RestoreStatus::builder().is_restore_in_progress(true).build();
        let done = RestoreStatus::builder().is_restore_in_progress(false).restore_expiry_date(DateTime::from_secs(60));
        let done = done.build();
        for (class, status, state) in [
            (ObjectStorageClass::Glacier, Some(running.clone()), Some(RestoreState::InProgress)),
            (ObjectStorageClass::DeepArchive, Some(done), Some(RestoreState::Ready { expires: at(1) })),
            (ObjectStorageClass::Glacier, None, None),
            (ObjectStorageClass::IntelligentTiering, Some(running), None),
        ] {
            let object = Object::builder().key("k").size(5).storage_class(class).set_restore_status(status).build();
            assert_eq!(under_restore(object).map(|listed| listed.state), state);
        }
    }
}
