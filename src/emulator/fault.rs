//! What a service says when it refuses: a code, a sentence, a status.

use std::borrow::Cow;

/// An error of a service, before a protocol writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The HTTP status.
    pub status: u16,
    /// The code that clients branch on.
    pub code: Cow<'static, str>,
    /// The Smithy shape, where its name is not the code (CloudWatch's `InvalidFormatFault` has the code
    /// `InvalidFormat`).
    pub shape: Option<&'static str>,
    /// The sentence for a person.
    pub message: String,
    /// Further elements of an S3 error, such as `BucketName`.
    pub details: Vec<(&'static str, String)>,
}

impl Fault {
    /// An error with any status.
    pub fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), shape: None, message: message.into(), details: Vec::new() }
    }

    /// An error that the caller made: HTTP 400.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// A member whose type does not fit.
    pub fn wrong_type(name: &str, wanted: &str) -> Self {
        Self::bad("SerializationException", format!("{name} is not {wanted}"))
    }

    /// Names the shape where it differs from the code.
    pub fn shaped(mut self, shape: &'static str) -> Self {
        self.shape = Some(shape);
        self
    }

    /// Adds an element to an S3 error.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }
}
