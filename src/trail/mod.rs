//! CloudTrail records from files, in every form in which they are kept, however large the files are.
//!
//! Read are a trail's files (`{"Records":[…]}`), arrays, single records, one record a line or one pretty record after the
//! other, the output of `aws cloudtrail lookup-events` and `aws logs filter-log-events`, what CloudWatch Logs delivers, and
//! EventBridge events; each gzipped or not. A [`Reader`] holds one record at a time. What is damaged is left out and
//! counted, and what stands around it is read.

mod batch;
mod files;
mod reader;
mod split;
mod unwrap;

pub use batch::Batch;
pub use files::{Files, Walk, files};
pub use reader::Reader;
pub use split::Damage;
