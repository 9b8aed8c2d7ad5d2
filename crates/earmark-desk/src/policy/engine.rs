//! Deciding: policies, checked against the schema, answer one question at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, Policy, PolicyId, PolicySet, Request, Schema,
    ValidationMode, Validator,
};
use serde::Serialize;
use serde_json::json;

use super::facts::{Material, Member, Moment};
use crate::error::{DeskError, Kind};

pub(super) const SCHEMA: &str = include_str!("schema.cedarschema");

/// What decides where nothing permits.
pub const NOTHING_PERMITS: &str = "no-policy-permits";

/// Policies ready to decide.
pub struct Engine {
    schema: Schema,
    policies: PolicySet,
    receive: EntityUid,
    whys: BTreeMap<String, String>,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it may be received.
    pub allowed: bool,
    /// The policies that decided, by name.
    pub policies: Vec<String>,
    /// What those policies say of themselves.
    pub why: Vec<String>,
}

/// A policy, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// `permit` or `forbid`.
    pub effect: &'static str,
    /// Its `@why`.
    pub why: String,
}

impl Engine {
    /// Reads policies, texts by file name.
    ///
    /// # Errors
    /// Malformed, with the file and what is wrong: no Cedar, no `@id`, an `@id` twice, or a question about
    /// something that the schema does not know.
    pub fn load(files: &BTreeMap<String, String>) -> Result<Self, DeskError> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
            .map_err(|source| DeskError::because(Kind::Bug, "the policy schema cannot be read", source))?;
        let (mut named, mut whys) = (Vec::new(), BTreeMap::new());
        for (file, text) in files {
            let parsed = PolicySet::from_str(text)
                .map_err(|source| wrong(file, &source.to_string().replace('\n', " ")))?;
            if parsed.templates().next().is_some() {
                return Err(wrong(file, "templates with slots cannot be used"));
            }
            for policy in parsed.policies() {
                let name =
                    policy.annotation("id").filter(|name| !name.trim().is_empty()).ok_or_else(|| {
                        wrong(file, "a policy has no `@id(\"...\")`: a denial could not name it")
                    })?;
                let why = policy.annotation("why").unwrap_or_default().to_owned();
                if whys.insert(name.to_owned(), why).is_some() {
                    return Err(wrong(file, &format!("two policies are called `{name}`")));
                }
                named.push(policy.new_id(PolicyId::new(name)));
            }
        }
        let policies = PolicySet::from_policies(named).map_err(|source| {
            DeskError::because(Kind::Malformed, "the policies do not go together", source)
        })?;
        let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let faults: BTreeSet<String> = result.validation_errors().map(ToString::to_string).collect();
        if let Some(first) = faults.first() {
            let more =
                if faults.len() > 1 { format!(" (and {} more)", faults.len() - 1) } else { String::new() };
            return Err(DeskError::new(
                Kind::Malformed,
                format!("the policies do not fit the schema: {}{more}", first.replace('\n', " ")),
            ));
        }
        let receive = EntityUid::from_str("Action::\"receive\"")
            .map_err(|source| DeskError::because(Kind::Bug, "the policy schema cannot be read", source))?;
        Ok(Self { schema, policies, receive, whys })
    }

    /// The policies, by name.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        let effect = |policy: &Policy| match policy.effect() {
            cedar_policy::Effect::Permit => "permit",
            cedar_policy::Effect::Forbid => "forbid",
        };
        let mut rules: Vec<Rule> = self
            .policies
            .policies()
            .map(|policy| {
                let name = policy.id().to_string();
                let why = self.whys.get(&name).cloned().unwrap_or_default();
                Rule { name, effect: effect(policy), why }
            })
            .collect();
        rules.sort_by(|a, b| a.name.cmp(&b.name));
        rules
    }

    /// Decides whether `member` may receive `material` at `moment`. A policy that fails while it is asked denies.
    ///
    /// # Errors
    /// A bug of ours, when a question cannot be put.
    pub fn decide(
        &self,
        member: &Member,
        material: &Material,
        moment: &Moment,
    ) -> Result<Verdict, DeskError> {
        let unasked = |why: String| DeskError::new(Kind::Bug, format!("a policy cannot be asked: {why}"));
        let entities = json!([
            { "uid": { "type": "Partner", "id": member.id }, "attrs": member.attributes(), "parents": [] },
            { "uid": { "type": "Material", "id": material.id }, "attrs": material.attributes(), "parents": [] },
        ]);
        let entities = Entities::from_json_value(entities, Some(&self.schema))
            .map_err(|source| unasked(source.to_string()))?;
        let uid = |kind: &str, id: &str| {
            EntityUid::from_json(json!({ "type": kind, "id": id }))
                .map_err(|source| unasked(source.to_string()))
        };
        let context = Context::from_json_value(moment.attributes(), Some((&self.schema, &self.receive)))
            .map_err(|source| unasked(source.to_string()))?;
        let request = Request::new(
            uid("Partner", &member.id)?,
            self.receive.clone(),
            uid("Material", &material.id)?,
            context,
            Some(&self.schema),
        )
        .map_err(|source| unasked(source.to_string()))?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        let mut policies: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        let failed: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
        let allowed = response.decision() == Decision::Allow && failed.is_empty();
        if !failed.is_empty() {
            policies = failed;
        } else if policies.is_empty() {
            policies.push(NOTHING_PERMITS.to_owned());
        }
        policies.sort();
        let why = policies.iter().filter_map(|name| self.whys.get(name)).cloned().collect();
        Ok(Verdict { allowed, policies, why })
    }
}

fn wrong(file: &str, why: &str) -> DeskError {
    DeskError::new(Kind::Malformed, format!("policy file `{file}`: {why}"))
        .hint("`earmark policy show --out DIR` writes the policies in force as a pattern")
}

#[cfg(test)]
mod tests {
    use super::super::rules::built_in;
    use super::*;

    fn member(tier: &str, status: &str, jurisdiction: &str) -> Member {
        Member {
            id: "harbor".to_owned(),
            tier: tier.to_owned(),
            jurisdiction: jurisdiction.to_owned(),
            status: status.to_owned(),
            owner: false,
            clauses: BTreeSet::new(),
            terms_current: true,
            contributions: Default::default(),
        }
    }

    fn material(kind: &str) -> Material {
        Material {
            id: "m".to_owned(),
            kind: kind.to_owned(),
            positions: 500,
            export_class: String::new(),
            screened_days: -1,
        }
    }

    fn moment(lead_hours: i64) -> Moment {
        Moment {
            disclosed: true,
            lead_hours,
            severity: 98,
            exploitation: "unproven".to_owned(),
            wormable: false,
            exercise: false,
            tlp: "TLP:AMBER".to_owned(),
        }
    }

    /// Who, what, when, and which policy decides: the default policies as a table.
    #[test]
    fn default_policies_decide_as_their_names_say() {
        let engine = Engine::load(&built_in()).unwrap();
        let decide = |member: &Member, material: &Material, moment: &Moment| {
            let verdict = engine.decide(member, material, moment).unwrap();
            (verdict.allowed, verdict.policies.join(","))
        };
        let yes = (true, "members-receive".to_owned());
        let no = |name: &str| (false, name.to_owned());
        let poc = material("proof-of-concept");
        let active = member("two", "active", "DE");
        assert_eq!(decide(&active, &poc, &moment(24)), yes);
        for status in ["applicant", "suspended", "removed"] {
            assert_eq!(decide(&member("one", status, "DE"), &poc, &moment(24)), no(NOTHING_PERMITS));
        }
        let cautioned = member("one", "on-notice", "DE");
        assert_eq!(decide(&cautioned, &poc, &moment(1)), no("on-notice-gets-no-code-early"));
        assert_eq!(decide(&cautioned, &poc, &moment(0)), yes);
        assert_eq!(decide(&cautioned, &material("advisory"), &moment(24)), yes);
        let thin = Material { positions: 39, ..poc.clone() };
        assert_eq!(decide(&active, &thin, &moment(24)), no("untraceable-proof-beyond-tier-one"));
        assert_eq!(decide(&member("one", "active", "DE"), &thin, &moment(24)), yes);
        assert_eq!(decide(&active, &Material { positions: 40, ..poc.clone() }, &moment(24)), yes);
        let worm = |lead| Moment { wormable: true, ..moment(lead) };
        assert_eq!(decide(&active, &poc, &worm(25)), no("worm-code-at-most-a-day-early"));
        assert_eq!(decide(&active, &poc, &worm(24)), yes);
        let used = Moment { exploitation: "exploited".to_owned(), ..moment(25) };
        assert_eq!(decide(&active, &poc, &used), no("worm-code-at-most-a-day-early"));
        let bound = member("one", "active", "CN");
        let rule = "reporting-duty-gets-prose-at-release";
        assert_eq!(decide(&bound, &material("advisory"), &moment(1)), no(rule));
        assert_eq!(decide(&bound, &material("advisory"), &moment(0)), yes);
        assert_eq!(decide(&bound, &material("source"), &moment(0)), no(rule));
        let classed =
            |days| Material { export_class: "5E002".to_owned(), screened_days: days, ..poc.clone() };
        assert_eq!(decide(&active, &classed(-1), &moment(24)), no("export-not-screened"));
        assert_eq!(decide(&active, &classed(366), &moment(24)), no("export-not-screened"));
        assert_eq!(decide(&active, &classed(365), &moment(24)), yes);
        let unsigned = Member { terms_current: false, ..active.clone() };
        assert_eq!(decide(&unsigned, &poc, &moment(24)), no("terms-not-current"));
        let staff = Member { owner: true, status: "owner".to_owned(), terms_current: false, ..active };
        assert_eq!(decide(&staff, &thin, &worm(99)), (true, "owners-staff-receive".to_owned()));
    }

    #[test]
    fn every_built_in_policy_says_why() {
        for rule in Engine::load(&built_in()).unwrap().rules() {
            assert!(!rule.why.is_empty(), "{}", rule.name);
        }
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_said_with_its_file() {
        for (text, said) in [
            ("permit (", "policy file `x.cedar`"),
            ("permit (principal, action, resource);", "has no `@id"),
            (
                "@id(\"a\") permit (principal, action, resource); @id(\"a\") forbid (principal, action, resource);",
                "two policies",
            ),
            (
                "@id(\"a\") forbid (principal, action, resource) when { principal.shoe == 43 };",
                "do not fit the schema",
            ),
            ("@id(\"a\") permit (principal == ?principal, action, resource);", "templates"),
        ] {
            let files = BTreeMap::from([("x.cedar".to_owned(), text.to_owned())]);
            let error = Engine::load(&files).err().unwrap();
            assert!(error.to_string().contains(said), "{error}");
            assert_eq!(error.kind, Kind::Malformed);
        }
    }

    #[test]
    fn a_policy_that_fails_while_it_is_asked_denies() {
        let text = "@id(\"all\") permit (principal, action, resource);\n\
            @id(\"overflow\") forbid (principal, action, resource) when { context.leadHours * 9223372036854775807 > 5 };";
        let engine = Engine::load(&BTreeMap::from([("x.cedar".to_owned(), text.to_owned())])).unwrap();
        let verdict =
            engine.decide(&member("one", "active", "DE"), &material("source"), &moment(24)).unwrap();
        assert!(!verdict.allowed, "{verdict:?}");
        assert!(verdict.policies[0].contains("overflow"), "{verdict:?}");
    }
}
