//! What is posted: our own JSON, the bodies that Slack, Teams and Discord take, or the operator's template.
//!
//! Whatever an attacker wrote is text there: it mentions nobody, formats nothing and links nowhere.

use serde_json::{Value, json};

use super::template;
use crate::{
    config::notify::{Format, Webhook},
    model::Message,
    notify::channel::{shape, words},
};

const JSON: &str = "application/json";

/// How a text is written so that it stands for itself where it goes.
pub type Escape = fn(&str) -> String;

/// The body, and what kind of content it is.
pub fn of(to: &Webhook, host: &str, message: &Message) -> (String, &'static str) {
    if let Some(template) = &to.body {
        return template::filled(template.reveal(), message, escape_for(host));
    }
    let body = match to.format {
        Format::Json => return (shape::text(message), JSON),
        Format::Slack => slack(message),
        Format::Teams => teams(message),
        Format::Discord => discord(message),
    };
    (body.to_string(), JSON)
}

/// A template may be for a chat as well: by its host, what means something there is known.
fn escape_for(host: &str) -> Escape {
    let host = host.to_ascii_lowercase();
    let is_at = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    match () {
        () if ["slack.com", "slack-gov.com"].into_iter().any(is_at) => slack_escaped,
        () if ["discord.com", "discordapp.com"].into_iter().any(is_at) => discord_escaped,
        () => str::to_owned,
    }
}

/// Slack takes 3,000 characters in a text object (Slack API, "Text object").
const SLACK_MOST: usize = 3_000;

/// Source: Slack API, "Sending messages using incoming webhooks" and "Formatting text".
fn slack(message: &Message) -> Value {
    let notice = &message.notice;
    let plain = |kind: &str, text: String| json!({"type": kind, "text": text, "emoji": false});
    let headline = words::headline(notice, 500);
    let section =
        |text: &str| json!({"type": "section", "text": plain("plain_text", written(text, SLACK_MOST, slack_escaped))});
    let mut blocks = vec![section(&headline)];
    if !notice.text.trim().is_empty() {
        blocks.push(section(&words::lines(&notice.text, SLACK_MOST)));
    }
    let facts = words::facts(notice).into_iter();
    let elements: Vec<Value> =
        facts.map(|(name, value)| plain("plain_text", slack_escaped(&format!("{name}: {value}")))).collect();
    blocks.push(json!({"type": "context", "elements": elements}));
    json!({
        "text": slack_escaped(&headline),
        "mrkdwn": false,
        "parse": "none",
        "link_names": 0,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

/// The three signs that begin what Slack reads as more than text: `<!channel>`, links, `&lt;`.
fn slack_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Lines of a text on a card: each is a block, and a card has an end.
const TEAMS_LINES: usize = 40;
const TEAMS_MOST: usize = 4_000;

/// An Adaptive Card, as the workflow "Post to a channel when a webhook request is received" takes it.
///
/// Each text is a run of a rich text block: those know no Markdown, where a text block does, and escapes of it are not
/// read alike by Teams on every system (Adaptive Cards schema, `TextRun` and `TextBlock`).
fn teams(message: &Message) -> Value {
    let notice = &message.notice;
    let line = |text: &str, weight: &str, size: &str| {
        let run = json!({"type": "TextRun", "text": text, "weight": weight, "size": size});
        json!({"type": "RichTextBlock", "inlines": [run]})
    };
    let mut body = vec![line(&words::headline(notice, 500), "Bolder", "Medium")];
    let text = words::lines(&notice.text, TEAMS_MOST);
    let text = text.lines().filter(|line| !line.trim().is_empty()).take(TEAMS_LINES);
    body.extend(text.map(|text| line(text, "Default", "Default")));
    let facts = words::facts(notice);
    body.extend(facts.iter().map(|(name, value)| line(&format!("{name}: {value}"), "Lighter", "Small")));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": {"width": "Full"},
                "body": body,
            },
        }],
    })
}

/// The most characters of a message (Discord API, "Execute Webhook").
const DISCORD_MOST: usize = 2_000;
/// Without embeds: no address in a text is fetched for a preview.
const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// Source: Discord API, "Execute Webhook" and "Allowed Mentions Object".
fn discord(message: &Message) -> Value {
    let notice = &message.notice;
    let facts: Vec<String> = words::facts(notice).iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let parts = [words::headline(notice, 500), words::lines(&notice.text, DISCORD_MOST), facts.join("\n")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    json!({
        "content": written(&parts.join("\n"), DISCORD_MOST, discord_escaped),
        "allowed_mentions": {"parse": []},
        "flags": SUPPRESS_EMBEDS,
    })
}

/// Every sign that Markdown, a mention, an emoji or an address could begin with, taken for itself.
fn discord_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if "\\*_~`|>#-+[]()<:@!.".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// As much of a text as has at most so many characters when it is escaped, the last of them a sign that there was more.
fn written(text: &str, most: usize, escape: Escape) -> String {
    let whole = escape(text);
    if whole.chars().count() <= most {
        return whole;
    }
    let (mut out, mut length) = (String::new(), 0);
    for c in text.chars() {
        let next = escape(c.encode_utf8(&mut [0; 4]));
        length += next.chars().count();
        if length >= most {
            break;
        }
        out += &next;
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::text::is_unsafe, notify::channel::samples};

    /// Every text in a body.
    fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().flat_map(texts).collect(),
            Value::Object(members) => members.values().flat_map(texts).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn on_slack_hostile_text_mentions_nobody_and_formats_nothing() {
        let body = slack(&samples::hostile());
        let texts = texts(&body);
        assert!(!texts.iter().any(|text| text.contains(['<', '>', '\u{1b}', '\r'])), "{texts:#?}");
        assert!(!texts.contains(&"mrkdwn"));
        assert_eq!((body["mrkdwn"].as_bool(), body["link_names"].as_i64()), (Some(false), Some(0)));
        let title = "[critical] Root signed in from &lt;!channel&gt; *bold* [x](http://evil) @everyone \\u{1b}]0;x";
        assert!(body["text"].as_str().unwrap().starts_with(title), "{}", body["text"]);
        assert_eq!(body["blocks"][1]["text"]["type"], "plain_text");
    }

    #[test]
    fn on_teams_hostile_text_stands_where_no_markdown_is_read() {
        let body = teams(&samples::hostile());
        let blocks = body["attachments"][0]["content"]["body"].as_array().unwrap();
        assert!(
            blocks.iter().all(|block| block["type"] == "RichTextBlock" && block["inlines"][0]["type"] == "TextRun")
        );
        assert!(blocks[2]["inlines"][0]["text"].as_str().unwrap().starts_with("agent <!channel> *bold*"));
        assert!(!texts(&body).iter().any(|text| text.contains(is_unsafe)));
    }

    #[test]
    fn on_discord_hostile_text_mentions_nobody_and_formats_nothing() {
        let body = discord(&samples::hostile());
        let content = body["content"].as_str().unwrap();
        assert!(content.contains("\\<\\!channel\\> \\*bold\\* \\[x\\]\\(http\\://evil\\) \\@everyone"), "{content}");
        assert_eq!(body["allowed_mentions"], json!({"parse": []}));
    }

    #[test]
    fn a_body_is_not_longer_than_the_chat_takes_and_no_escape_is_cut() {
        let mut message = samples::hostile();
        message.notice.text = "<*&>\n".repeat(10_000);
        let body = discord(&message);
        let content = body["content"].as_str().unwrap();
        assert!((1_990..=DISCORD_MOST).contains(&content.chars().count()), "{}", content.chars().count());
        assert!(!content.trim_end_matches('…').ends_with('\\'), "{content}");
        let body = slack(&message);
        let text = body["blocks"][1]["text"]["text"].as_str().unwrap();
        assert!((2_990..=SLACK_MOST).contains(&text.chars().count()), "{}", text.chars().count());
        assert!(teams(&message).to_string().len() < 28_000);
    }

    #[test]
    fn a_template_for_a_chat_is_escaped_as_the_chat_wants() {
        let escaped = |host: &str| escape_for(host)("<!channel> *b*");
        assert_eq!(escaped("hooks.slack.com"), "&lt;!channel&gt; *b*");
        assert_eq!(escaped("Discord.com"), "\\<\\!channel\\> \\*b\\*");
        for other in ["example.com", "notslack.com", "slack.com.example.com", ""] {
            assert_eq!(escaped(other), "<!channel> *b*", "{other}");
        }
    }
}
