//! Who acts in the account: people with names, roles, services, and somebody who should not be there.

use crate::emulator::random::{hash, letters};

/// What kind of identity CloudTrail writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// An IAM user.
    User,
    /// A session of this role; the actor's name is the session's.
    Session { role: &'static str },
    /// Somebody whom an OpenID Connect provider vouches for; the actor's name is the provider's subject.
    Web { provider: &'static str },
    /// The account's root user.
    Root,
    /// An AWS service on its own behalf; the actor's name is its principal.
    Service,
}

/// Somebody who calls AWS.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    pub name: &'static str,
    pub identity: Identity,
    /// Where the calls come from; documentation addresses only.
    pub addresses: &'static [&'static str],
    pub agent: &'static str,
    /// `mfaAuthenticated` of the session, where there is one.
    pub mfa: Option<bool>,
}

const OFFICE: &[&str] = &["198.51.100.17", "198.51.100.18", "198.51.100.23"];
const HOME: &[&str] = &["203.0.113.24"];
const PIPELINE: &[&str] = &["192.0.2.101", "192.0.2.102", "192.0.2.117", "192.0.2.140"];
const CLOUD: &[&str] = &["192.0.2.11", "192.0.2.12", "192.0.2.38", "192.0.2.61"];
const STRANGER: &[&str] = &["203.0.113.77"];

const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const CLI: &str = "aws-cli/2.31.35 md/awscrt#0.28.4 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.9 md/pyimpl#CPython cfg/retry-mode#standard md/command#";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.13.5 (+https://www.terraform.io) terraform-provider-aws/6.20.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25.4";
const BOTO: &str = "Boto3/1.40.74 md/Botocore#1.40.74 ua/2.1 os/linux#5.10.245 md/arch#arm64 lang/python#3.13.9 md/pyimpl#CPython exec-env/AWS_Lambda_python3.13 cfg/retry-mode#legacy Botocore/1.40.74";
const JAVA: &str = "aws-sdk-java/2.38.2 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.156 lang/java#21.0.9 md/OpenJDK_64-Bit_Server_VM";

const fn actor(
    name: &'static str,
    identity: Identity,
    addresses: &'static [&'static str],
    agent: &'static str,
) -> Actor {
    Actor { name, identity, addresses, agent, mfa: None }
}

const fn session(
    role: &'static str,
    name: &'static str,
    addresses: &'static [&'static str],
    agent: &'static str,
) -> Actor {
    Actor { mfa: Some(false), ..actor(name, Identity::Session { role }, addresses, agent) }
}

/// Platform engineer, signs in through SSO.
pub const ANNA: Actor =
    session("AWSReservedSSO_PowerUser_5c1d9e3a7b2f4068", "anna.lind@northgate.example", OFFICE, BROWSER);
/// Platform engineer on the command line.
pub const RAVI: Actor =
    session("AWSReservedSSO_PowerUser_5c1d9e3a7b2f4068", "ravi.menon@northgate.example", OFFICE, CLI);
/// Reads bills and little else.
pub const MAREK: Actor = Actor { mfa: Some(true), ..actor("marek.nowak", Identity::User, OFFICE, FIREFOX) };
/// A developer with an IAM user of old, no second factor, and a password that leaked.
pub const TOM: Actor = Actor { mfa: Some(false), ..actor("tom.becker", Identity::User, OFFICE, BROWSER) };
/// A data analyst in the console.
pub const LUCIA: Actor = Actor { mfa: Some(true), ..actor("lucia.ferrari", Identity::User, HOME, FIREFOX) };
/// The security lead, who answers in the story.
pub const NADIA: Actor = Actor { mfa: Some(true), ..actor("nadia.okafor", Identity::User, OFFICE, BROWSER) };
/// The continuous integration as its own identity provider knows it, before it has any role.
pub const WORKFLOW: Actor = actor(
    "repo:northgate/shop:ref:refs/heads/main",
    Identity::Web { provider: "token.actions.githubusercontent.com" },
    PIPELINE,
    JAVA,
);
/// The continuous integration, before it takes a deployment role.
pub const PIPELINE_ROLE: Actor = session("ci-deploy", "GitHubActions", PIPELINE, JAVA);
/// The role that the continuous integration takes on from `ci-deploy`.
pub const DEPLOYER: Actor = session("deploy-production", "ci-release", PIPELINE, JAVA);
pub const TERRAFORMER: Actor = session("terraform", "tf-plan-main", PIPELINE, TERRAFORM);
pub const ORDERS: Actor = session("orders-worker-role", "orders-worker", CLOUD, BOTO);
pub const THUMBNAILS: Actor = session("thumbnailer-role", "thumbnailer", CLOUD, BOTO);
pub const REPORTING: Actor = session("reporting-role", "nightly-report", CLOUD, BOTO);
pub const WEB: Actor = session("web-fleet-role", "i-0a1b5c3d2e4f60718", CLOUD, JAVA);
/// An IAM user for a backup job, with a long-lived key.
pub const BACKUP: Actor = actor("svc-backup", Identity::User, &["192.0.2.200"], BOTO);
pub const AUTOSCALING: Actor = actor("autoscaling.amazonaws.com", Identity::Service, &[], "");
pub const LAMBDA: Actor = actor("lambda.amazonaws.com", Identity::Service, &[], "");
pub const CONFIG: Actor = actor("config.amazonaws.com", Identity::Service, &[], "");
pub const EVENTS: Actor = actor("events.amazonaws.com", Identity::Service, &[], "");
pub const KMS: Actor = actor("secretsmanager.amazonaws.com", Identity::Service, &[], "");
pub const ROOT: Actor = actor("root", Identity::Root, STRANGER, FIREFOX);
/// Tom's password in a stranger's hands.
pub const NOT_TOM: Actor = Actor { addresses: STRANGER, agent: FIREFOX, ..TOM };
/// The backup job's key in a stranger's hands.
pub const NOT_BACKUP: Actor = Actor {
    addresses: STRANGER,
    agent: "aws-cli/1.22.34 Python/3.10.6 Linux/5.15.0-kali3-amd64 botocore/1.23.34",
    ..BACKUP
};
/// The user that the stranger makes.
pub const SUPPORT: Actor = actor("support-sync", Identity::User, STRANGER, NOT_BACKUP.agent);
/// The chain that the stranger climbs: user to role to role.
pub const SUPPORT_ADMIN: Actor = session("OrganizationAccountAccessRole", "support-sync", STRANGER, NOT_BACKUP.agent);
pub const SUPPORT_DEPLOY: Actor = session("deploy-production", "maintenance", STRANGER, NOT_BACKUP.agent);

impl Actor {
    /// The access key: long-lived for a user at work with keys, temporary in a console or a role. None for root in the
    /// console and for services.
    pub fn access_key(&self) -> Option<String> {
        let prefix = match self.identity {
            Identity::Root | Identity::Service | Identity::Web { .. } => return None,
            Identity::User if self.mfa.is_none() => "AKIA",
            Identity::User | Identity::Session { .. } => "ASIA",
        };
        Some(format!("{prefix}{}EXAMPLE", letters(hash(self.name), 9)))
    }

    /// `AIDA…` for a user, `AROA…:session` for a role.
    pub fn principal(&self) -> String {
        match self.identity {
            Identity::User => format!("AIDA{}EXAMPLE", letters(hash(self.name) ^ 1, 10)),
            Identity::Session { role } => format!("{}:{}", role_id(role), self.name),
            Identity::Web { provider } => format!("{}:sts.amazonaws.com:{}", provider_arn(provider), self.name),
            Identity::Root => crate::emulator::ACCOUNT.to_owned(),
            Identity::Service => self.name.to_owned(),
        }
    }

    /// What LookupEvents calls the user; services have none.
    pub fn username(&self) -> Option<&'static str> {
        (self.identity != Identity::Service).then_some(self.name)
    }
}

/// The ARN of an identity provider.
pub fn provider_arn(provider: &str) -> String {
    format!("arn:aws:iam::{}:oidc-provider/{provider}", crate::emulator::ACCOUNT)
}

/// The id of a role.
pub fn role_id(role: &str) -> String {
    format!("AROA{}EXAMPLE", letters(hash(role), 10))
}
