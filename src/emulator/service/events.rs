//! EventBridge: buses, rules, their targets, and the switch of a rule.
//!
//! Source: the EventBridge API reference, for members, limits and errors.

use super::{Call, Operation, Service, page};
use crate::emulator::bridge::{
    Board, DEFAULT_BUS, Rule, State, Target, bus_arn, is_name, pattern_problem, schedule_is_sound,
};
use crate::emulator::fault::Fault;
use crate::emulator::protocol::{Answer, Protocol};
use crate::emulator::value::Value;

pub const SERVICE: Service = Service {
    signing_name: "events",
    hint: "AWSEvents",
    protocols: &[Protocol::Json],
    namespace: "com.amazonaws.eventbridge",
    xml_namespace: "",
    query_compatible: false,
    unknown: |_| Fault::bad("UnknownOperationException", ""),
    unsigned: || Fault::bad("MissingAuthenticationTokenException", "Missing Authentication Token"),
    throttled: || Fault::bad("ThrottlingException", "Rate exceeded"),
    operations: &[
        Operation::new("ListEventBuses", list_event_buses),
        Operation::new("ListRules", list_rules),
        Operation::new("DescribeRule", describe_rule),
        Operation::new("ListTargetsByRule", list_targets_by_rule),
        Operation::new("EnableRule", |call| switch(call, State::Enabled)),
        Operation::new("DisableRule", |call| switch(call, State::Disabled)),
        Operation::new("PutRule", put_rule),
    ],
};

/// The largest page, and the one without `Limit`.
const PAGE: i64 = 100;
/// The most rules on a bus, as long as nobody has asked for more.
const MOST_RULES: usize = 300;
/// The longest pattern, in characters.
const LONGEST_PATTERN: usize = 4_096;

fn list_event_buses(call: &Call<'_>) -> Result<Answer, Fault> {
    let prefix = call.input.text("NamePrefix")?.unwrap_or_default();
    let created = call.account.story.time(-500 * 86_400);
    let buses = call.account.rules.with(call.region, |board| board.buses.clone());
    let buses = buses.into_iter().filter(|bus| bus.starts_with(prefix)).map(|bus| {
        Value::map([
            ("Name", bus.into()),
            ("Arn", bus_arn(call.region, bus).into()),
            ("CreationTime", created.into()),
            ("LastModifiedTime", created.into()),
        ])
    });
    paged(call, "EventBuses", &buses.collect::<Vec<_>>(), prefix)
}

fn list_rules(call: &Call<'_>) -> Result<Answer, Fault> {
    let prefix = call.input.text("NamePrefix")?.unwrap_or_default();
    let rules: Vec<Value> = on_bus(call, |board, bus| {
        let rules = board.rules(bus).filter(|rule| rule.name.starts_with(prefix));
        Ok(rules.map(|rule| described(rule, call.region)).collect())
    })?;
    paged(call, "Rules", &rules, &format!("{prefix} {:?}", call.input.text("EventBusName")?))
}

fn describe_rule(call: &Call<'_>) -> Result<Answer, Fault> {
    let mut described = with_rule(call, "Name", |rule| Ok(described(rule, call.region)))?;
    described.set("CreatedBy", crate::emulator::ACCOUNT.into());
    Ok(described.into())
}

fn list_targets_by_rule(call: &Call<'_>) -> Result<Answer, Fault> {
    let target = |target: &Target| {
        Value::map([
            ("Id", target.id.into()),
            ("Arn", target.arn.as_str().into()),
            ("RoleArn", said(&target.role)),
            ("Input", said(target.input)),
            ("EcsParameters", task(&target.task)),
        ])
    };
    let targets: Vec<Value> = with_rule(call, "Rule", |rule| Ok(rule.targets.iter().map(target).collect()))?;
    let parameters = format!("{:?} {:?}", call.input.text("Rule")?, call.input.text("EventBusName")?);
    paged(call, "Targets", &targets, &parameters)
}

fn switch(call: &Call<'_>, state: State) -> Result<Answer, Fault> {
    with_rule(call, "Name", |rule| {
        refuse_managed(rule)?;
        rule.state = state;
        Ok(Answer::empty())
    })
}

/// Makes a rule or replaces one. What is left out is taken away, but for the targets.
fn put_rule(call: &Call<'_>) -> Result<Answer, Fault> {
    let rule = written(call)?;
    let arn = rule.arn(call.region);
    on_bus(call, |board, bus| {
        let full = board.rules(bus).count() >= MOST_RULES;
        match board.find(bus, &rule.name) {
            Some(old) => refuse_managed(old)?,
            None if full => {
                let message = format!("The bus {bus} has {MOST_RULES} rules, and takes no more.");
                return Err(Fault::bad("LimitExceededException", message));
            }
            None => {}
        }
        board.put(Rule { bus: bus.to_owned(), ..rule });
        Ok(())
    })?;
    Ok(Value::map([("RuleArn", arn.into())]).into())
}

/// The rule that an input writes.
fn written(call: &Call<'_>) -> Result<Rule, Fault> {
    let text = |member| Ok(call.input.text(member)?.unwrap_or_default().to_owned());
    let (pattern, schedule) = (text("EventPattern")?, text("ScheduleExpression")?);
    let bus = bus_name(call)?;
    if pattern.is_empty() && schedule.is_empty() {
        return Err(invalid("Parameter(s) EventPattern or ScheduleExpression must be specified."));
    }
    if pattern.chars().count() > LONGEST_PATTERN {
        return Err(constraint(
            "eventPattern",
            &pattern,
            &format!("have length less than or equal to {LONGEST_PATTERN}"),
        ));
    }
    if let Some(problem) = Some(&pattern).filter(|pattern| !pattern.is_empty()).and_then(|p| pattern_problem(p)) {
        let message = format!("Event pattern is not valid. Reason: {problem}");
        return Err(Fault::bad("InvalidEventPatternException", message));
    }
    if !schedule.is_empty() && !schedule_is_sound(&schedule) {
        return Err(invalid("Parameter ScheduleExpression is not valid."));
    }
    if !schedule.is_empty() && bus != DEFAULT_BUS {
        return Err(invalid("ScheduleExpression is supported only on the default event bus."));
    }
    Ok(Rule {
        name: name(call, "Name")?.to_owned(),
        bus,
        pattern,
        schedule,
        state: state(call)?,
        description: text("Description")?,
        role: text("RoleArn")?,
        managed_by: "",
        targets: Vec::new(),
    })
}

fn state(call: &Call<'_>) -> Result<State, Fault> {
    let Some(name) = call.input.text("State")? else { return Ok(State::Enabled) };
    let found = State::ALL.into_iter().find(|state| state.name() == name);
    found.ok_or_else(|| {
        let names = State::ALL.map(State::name).join(", ");
        constraint("state", name, &format!("satisfy enum value set: [{names}]"))
    })
}

/// A rule as it is listed.
fn described(rule: &Rule, region: &str) -> Value {
    Value::map([
        ("Name", rule.name.as_str().into()),
        ("Arn", rule.arn(region).into()),
        ("EventPattern", said(&rule.pattern)),
        ("ScheduleExpression", said(&rule.schedule)),
        ("State", rule.state.name().into()),
        ("Description", said(&rule.description)),
        ("RoleArn", said(&rule.role)),
        ("ManagedBy", said(rule.managed_by)),
        ("EventBusName", rule.bus.as_str().into()),
    ])
}

/// One task of a definition, if there is one.
fn task(definition: &str) -> Value {
    if definition.is_empty() {
        return Value::Null;
    }
    Value::map([("TaskDefinitionArn", definition.into()), ("TaskCount", 1.into())])
}

/// What is empty is not said.
fn said(text: &str) -> Value {
    Some(text).filter(|text| !text.is_empty()).into()
}

fn refuse_managed(rule: &Rule) -> Result<(), Fault> {
    if rule.managed_by.is_empty() {
        return Ok(());
    }
    let message = format!("Rule {} is managed by {}, and only this service can change it.", rule.name, rule.managed_by);
    Err(Fault::bad("ManagedRuleException", message))
}

/// The rule that a member names, on the bus that the input names.
fn with_rule<T>(call: &Call<'_>, member: &str, act: impl FnOnce(&mut Rule) -> Result<T, Fault>) -> Result<T, Fault> {
    let name = name(call, member)?;
    on_bus(call, |board, bus| match board.find(bus, name) {
        Some(rule) => act(rule),
        None => Err(missing(format!("Rule {name} does not exist on EventBus {bus}."))),
    })
}

fn on_bus<T>(call: &Call<'_>, act: impl FnOnce(&mut Board, &str) -> Result<T, Fault>) -> Result<T, Fault> {
    let bus = bus_name(call)?;
    call.account.rules.with(call.region, |board| {
        if board.buses.contains(&bus.as_str()) {
            act(board, &bus)
        } else {
            Err(missing(format!("Event bus {bus} does not exist.")))
        }
    })
}

/// The bus that is named, by its ARN too; without a name the default one.
fn bus_name(call: &Call<'_>) -> Result<String, Fault> {
    let name = call.input.text("EventBusName")?.unwrap_or(DEFAULT_BUS);
    if name.is_empty() {
        return Err(constraint("eventBusName", name, "have length greater than or equal to 1"));
    }
    Ok(name.strip_prefix(&bus_arn(call.region, "")).unwrap_or(name).to_owned())
}

fn name<'a>(call: &'a Call<'_>, member: &str) -> Result<&'a str, Fault> {
    let name = call.input.text(member)?.unwrap_or_default();
    if is_name(name) {
        return Ok(name);
    }
    let pattern = r"have 1 to 64 characters and satisfy regular expression pattern: [\.\-_A-Za-z0-9]+";
    Err(constraint(&member.to_lowercase(), name, pattern))
}

/// A page of what was found, under that name.
fn paged(call: &Call<'_>, member: &'static str, found: &[Value], parameters: &str) -> Result<Answer, Fault> {
    let limit = call.input.integer("Limit")?.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&limit) {
        return Err(constraint("limit", &limit.to_string(), &format!("have value between 1 and {PAGE}")));
    }
    let parameters = format!("{member} {} {parameters}", call.region);
    let cut = page::cut(found, limit as usize, call.input.text("NextToken")?, &parameters);
    let (page, next) = cut.ok_or_else(|| invalid("The NextToken is not valid, or was given for other parameters."))?;
    Ok(Value::map([(member, Value::List(page.to_vec())), ("NextToken", next.into())]).into())
}

fn missing(message: String) -> Fault {
    Fault::bad("ResourceNotFoundException", message)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::bad("ValidationException", message)
}

fn constraint(member: &str, value: &str, rule: &str) -> Fault {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {rule}"
    ))
}
