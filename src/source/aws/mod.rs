//! The sources that ask AWS. The only place that names a type of the SDK; one file per service.

mod bounded;
mod clients;
mod cloudtrail;
mod cloudwatch;
mod condition;
mod errors;
mod eventbridge;
mod logs;
mod pages;
mod profile;
mod s3;
mod settings;
mod sns;
mod sts;
mod writes;

pub use clients::Clients;
pub use sns::{Publication, Topic};
pub use writes::Gate;

use super::{FeedSource, Rounds, Source, feed};
use crate::{
    config::Settings,
    model::{Region, SourceId, SourceKind, Time, duration::Span},
};

/// Who we are is asked anew when credentials fail, and else now and then: each time is an event in the account.
const IDENTITY_EVERY: Span = Span::seconds(3_600);

/// All sources that the settings ask for.
pub fn sources(settings: &Settings, clients: &Clients, now: Time) -> Vec<Box<dyn Source>> {
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    let polling = settings.polling;
    let home = clients.home();
    let id = SourceId::new(SourceKind::Identity, home.clone());
    sources.push(Box::new(Rounds::new(id, IDENTITY_EVERY, sts::Caller::new(clients))));
    let regions = Watched::new(clients.asked());
    for region in &regions.whole {
        let id = SourceId::new(SourceKind::Events, region.clone());
        let pace = feed::Pace { poll: polling.events, sweep: polling.sweep };
        sources.push(Box::new(trail(clients, id, settings.since, pace, now)));
        let id = SourceId::new(SourceKind::Alarms, region.clone());
        sources.push(Box::new(Rounds::new(id, polling.alarms, cloudwatch::Alarms::new(clients, region))));
        let id = SourceId::new(SourceKind::Rules, region.clone());
        sources.push(Box::new(Rounds::new(id, polling.rules, eventbridge::Rules::new(clients, region))));
        let id = SourceId::new(SourceKind::MetricFilters, region.clone());
        sources.push(Box::new(Rounds::new(id, polling.rules, logs::MetricFilters::new(clients, region))));
    }
    for region in &regions.sign_ins {
        let id = SourceId::new(SourceKind::SignIns, region.clone());
        let pace = feed::Pace { poll: polling.sign_ins, sweep: polling.sign_ins };
        sources.push(Box::new(trail(clients, id, settings.since, pace, now)));
    }
    for place in &settings.restores {
        let id = SourceId { place: Some(place.clone()), ..SourceId::new(SourceKind::Restores, home.clone()) };
        sources.push(Box::new(Rounds::new(id, polling.restores, s3::Restores::new(clients, place))));
    }
    sources
}

fn trail(clients: &Clients, id: SourceId, since: Span, pace: feed::Pace, now: Time) -> FeedSource<cloudtrail::Trail> {
    let trail = cloudtrail::Trail::new(clients, &id.region, id.kind);
    FeedSource::new(feed::Feed::new(id, pace, since, now), trail)
}

/// The newest history of an alarm; see `cloudwatch`.
pub use cloudwatch::alarm_history;

/// Where an EventBridge rule leads; see `eventbridge`.
pub use eventbridge::rule_targets;

/// Which Regions are watched, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// For all there is: those asked for, and the one in which IAM and sign-in events land.
    pub whole: Vec<Region>,
    /// Only for sign-ins.
    pub sign_ins: Vec<Region>,
}

impl Watched {
    /// From the Regions asked for, the home Region first; the rest follows from their partition.
    pub fn new(asked: &[Region]) -> Self {
        let mut whole: Vec<Region> = Vec::new();
        let mut add = |region: Region| {
            if !whole.contains(&region) {
                whole.push(region);
            }
        };
        asked.iter().cloned().for_each(&mut add);
        asked.iter().map(|region| Region::new(region.partition().global_region)).for_each(&mut add);
        let Some(home) = asked.first() else { return Self { whole, sign_ins: Vec::new() } };
        let sign_ins = home.partition().sign_in_regions.iter().map(Region::new);
        let sign_ins = sign_ins.filter(|region| !whole.contains(region)).collect();
        Self { whole, sign_ins }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(asked: &[&str]) -> (Vec<String>, Vec<String>) {
        let asked: Vec<Region> = asked.iter().map(Region::new).collect();
        let Watched { whole, sign_ins } = Watched::new(&asked);
        let names = |regions: Vec<Region>| regions.iter().map(Region::to_string).collect();
        (names(whole), names(sign_ins))
    }

    #[test]
    fn the_region_of_iam_and_the_sign_in_regions_of_the_partition_are_watched_too() {
        for (asked, whole, sign_ins) in [
            (&["eu-west-1"][..], &["eu-west-1", "us-east-1"][..], &["us-east-2", "eu-north-1", "ap-southeast-2"][..]),
            (&["us-east-1", "eu-north-1"], &["us-east-1", "eu-north-1"], &["us-east-2", "ap-southeast-2"]),
            (&["us-gov-east-1"], &["us-gov-east-1", "us-gov-west-1"], &[]),
            (&["cn-north-1"], &["cn-north-1"], &[]),
        ] {
            let (found, signs) = watched(asked);
            assert_eq!(found, whole);
            assert_eq!(signs, sign_ins);
        }
    }
}
