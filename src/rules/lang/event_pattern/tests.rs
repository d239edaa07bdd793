use super::wildcard::{Wildcard, complexity};
#[test]
fn probe() {
    for p in ["*:*:*:*:*:event-bus/*", "\"*:*:*:*:*:event-bus/*\"", "/Users/*/dir/dir/dir/dir/dir/doc.txt", "*/dir/*", "\"/Users/*/dir/dir/dir/dir/dir/doc.txt\"", "*:*:*:*:*:*", "*a*b*c*d*e*", "*Access*Denied*", "*Unauthorized*", "arn:aws:iam::*:role/*/x*","*admin*admin*", "arn:aws:iam::*:user/*", "*aaaaaaaaaaaa"] {
        println!("{p} {}", complexity([&Wildcard::new(p).unwrap()], 1000));
    }
}
