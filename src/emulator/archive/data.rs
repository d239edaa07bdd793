//! The buckets of the account as data.

use super::{Bucket, Class, Object, Plan, Until};
use crate::emulator::REGIONS;
use crate::emulator::random::mix;

/// Buckets and prefixes whose restores are worth watching.
pub const PLACES: &[&str] =
    &["s3://northgate-archive/contracts/", "s3://northgate-archive/cases/", "s3://northgate-media-vault/masters/"];

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const HOUR: i64 = 3_600;

/// An object that the story names.
struct Named(&'static str, u64, Class, Option<Plan>);

/// Under way until that second after the start, then kept for that many days.
const fn ready_in(ready: i64, days: u64) -> Option<Plan> {
    Some(Plan { ready, until: Until::Days(days) })
}

/// Ready since some time, until exactly that second after the start.
const fn ready_until(second: i64) -> Option<Plan> {
    Some(Plan { ready: -20 * HOUR, until: Until::Second(second) })
}

use Class::{DeepArchive, Glacier, GlacierIr, IntelligentTiering, Standard};

const ARCHIVE: &[Named] = &[
    Named("cases/2019/harbour-v-lindqvist/depositions.tar", 6 * GIB + 211 * MIB, DeepArchive, ready_in(9 * HOUR, 5)),
    Named("cases/2019/harbour-v-lindqvist/exhibits.tar", 2 * GIB + 87 * MIB, DeepArchive, ready_in(-3 * HOUR, 2)),
    Named("cases/2021/tax-audit/ledgers.parquet", 740 * MIB, Glacier, ready_until(40 * 60)),
    Named("cases/2021/tax-audit/mailbox.mbox", 5 * GIB, Glacier, None),
    Named("contracts/2017/framework-agreement.pdf", 4 * MIB + 19 * KIB, Glacier, ready_until(180)),
    Named("contracts/2018/lease-quay-7.pdf", 2 * MIB, Glacier, ready_in(90, 3)),
    Named("contracts/2018/supplier-terms.pdf", 900 * KIB, DeepArchive, None),
    Named("contracts/2020/insurance (signed).pdf", 3 * MIB, Glacier, ready_in(2 * HOUR + 600, 7)),
    Named("contracts/2024/index.json", 12 * KIB, Standard, None),
    Named("contracts/2024/nda-batch.zip", 55 * MIB, GlacierIr, None),
    Named("readme.txt", KIB, Standard, None),
];

const MEDIA: &[Named] = &[
    Named("masters/2016/anniversary-film/reel-01.mxf", 48 * GIB, DeepArchive, ready_in(-30 * HOUR, 4)),
    Named("masters/2016/anniversary-film/reel-02.mxf", 51 * GIB, DeepArchive, ready_in(-30 * HOUR, 4)),
    Named("masters/2016/anniversary-film/reel-03.mxf", 47 * GIB, DeepArchive, ready_in(6 * HOUR, 4)),
    Named("masters/2022/interviews/nadia.wav", 310 * MIB, Glacier, ready_until(6 * HOUR)),
    Named("masters/2022/interviews/\u{dc}bersicht.wav", 295 * MIB, Glacier, ready_in(3 * HOUR, 1)),
    Named("masters/2025/launch/cut-final.mov", 22 * GIB, IntelligentTiering, None),
    Named("proxies/launch.mp4", 240 * MIB, IntelligentTiering, None),
];

/// The buckets, by name.
pub fn buckets() -> Vec<Bucket> {
    let mut buckets = vec![
        bucket("northgate-archive", REGIONS[0], named(ARCHIVE)),
        bucket("northgate-media-vault", REGIONS[0], [named(MEDIA), stills()].concat()),
        bucket("northgate-cloudtrail", REGIONS[0], Vec::new()),
        bucket("northgate-orders", REGIONS[0], Vec::new()),
        bucket("northgate-web-assets", REGIONS[1], named(&[Named("index.html", 8 * KIB, Standard, None)])),
        bucket("northgate-logs-cold", REGIONS[2], logs()),
    ];
    buckets.sort_by_key(|bucket| bucket.name);
    buckets
}

fn bucket(name: &'static str, region: &'static str, mut objects: Vec<Object>) -> Bucket {
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    Bucket { name, region, objects }
}

fn named(items: &[Named]) -> Vec<Object> {
    let object = |Named(key, size, class, restore): &Named| Object {
        key: (*key).to_owned(),
        size: *size,
        class: *class,
        restore: *restore,
    };
    items.iter().map(object).collect()
}

/// More keys than one page holds, none of them restored but a few.
fn stills() -> Vec<Object> {
    let still = |number: u64| Object {
        key: format!("masters/2020/stills/frame-{number:05}.tif"),
        size: 20 * MIB + mix(3, number) % (30 * MIB),
        class: Glacier,
        restore: (number % 400 == 7).then_some(Plan { ready: -2 * HOUR, until: Until::Days(1 + number / 400) }),
    };
    (0..1_600).map(still).collect()
}

/// Daily logs of six years: Deep Archive, the newest in other classes.
fn logs() -> Vec<Object> {
    let log = |day: u64| Object {
        key: format!("{}/{:03}/access.log.gz", 2020 + day / 365, day % 365 + 1),
        size: 90 * MIB + mix(5, day) % (60 * MIB),
        class: match day {
            0..=1_800 => DeepArchive,
            1_801..=2_100 => GlacierIr,
            _ => Standard,
        },
        restore: (day % 700 == 12).then_some(Plan { ready: -5 * HOUR, until: Until::Days(2) }),
    };
    (0..2_190).map(log).collect()
}
