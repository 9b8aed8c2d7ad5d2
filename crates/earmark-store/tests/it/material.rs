//! Rows to write, and ledgers to write them to.

use earmark_model::{Commitment, Digest, UnixMillis};
use earmark_store::{
    Asset, Contact, EntryKind, Ledger, NewCode, NewCopy, NewPlan, NewStatement, Partner, PartnerStatus,
    Recipient, Revision, StoreError,
};

pub(crate) const NOW: UnixMillis = UnixMillis(1_772_384_400_000);

pub(crate) fn commitment(of: &str) -> Commitment {
    Commitment { digest: Digest::of(of.as_bytes()), nonce: Digest::of(format!("nonce {of}").as_bytes()).0 }
}

pub(crate) fn partner(slug: &str) -> Partner {
    Partner {
        slug: slug.parse().unwrap(),
        name: format!("{slug} Ltd"),
        country: "DE".to_owned(),
        tier: "one".parse().unwrap(),
        status: PartnerStatus::Active,
        added: NOW,
    }
}

pub(crate) fn contact(partner: &str, slug: &str) -> Contact {
    Contact {
        partner: partner.parse().unwrap(),
        slug: slug.parse().unwrap(),
        name: "Ann".to_owned(),
        mail: Some("ann@example.org".to_owned()),
        added: NOW,
    }
}

pub(crate) fn asset(name: &str) -> Asset {
    Asset { name: name.parse().unwrap(), id: format!("{name}-1"), created: NOW }
}

pub(crate) fn code(asset: &str, epoch: u32) -> NewCode {
    NewCode {
        asset: asset.parse().unwrap(),
        epoch,
        bias_set: "GL2".to_owned(),
        bias: commitment(&format!("bias {asset} {epoch}")),
        created: NOW,
    }
}

pub(crate) fn revision(asset: &str, content: &str, manifest: Digest) -> Revision {
    Revision {
        digest: Digest::of(content.as_bytes()),
        asset: asset.parse().unwrap(),
        succeeds: None,
        manifest,
        index_blob: None,
        files: 1,
        bytes: content.len() as u64,
        lines: 1,
        upstream: r#"["vendor/"]"#.to_owned(),
        created: NOW,
    }
}

pub(crate) fn plan(asset: &str, content: &str, site_table: Digest) -> NewPlan {
    NewPlan {
        id: Digest::of(format!("plan {content}").as_bytes()),
        revision: Digest::of(content.as_bytes()),
        asset: asset.parse().unwrap(),
        epoch: 0,
        site_table,
        catalog: "1".to_owned(),
        reader: "1".to_owned(),
        rule: r#"{ "alpha": "1e-6" }"#.to_owned(),
        report: "{}".to_owned(),
        commitment: commitment(&format!("plan {asset} {content}")),
        created: NOW,
    }
}

pub(crate) fn copy(plan: &NewPlan, recipient: &str) -> NewCopy {
    NewCopy {
        plan: plan.id,
        recipient: recipient.parse().unwrap(),
        copy_sha256: Digest::of(format!("copy {recipient}").as_bytes()),
        bundle_sha256: None,
        sites: 120,
        commitment: commitment(&format!("copy {} {recipient}", plan.id)),
        issued: NOW,
    }
}

/// One partner `harbor`, one asset `proof` with its first code, one revision and its plan.
pub(crate) async fn furnish(ledger: &Ledger) -> NewPlan {
    ledger.add_partner(&partner("harbor")).await.unwrap();
    let harbor = Recipient::of("harbor".parse().unwrap(), NOW);
    ledger.ensure_recipient(&harbor).await.unwrap();
    ledger.add_asset(&asset("proof")).await.unwrap();
    ledger.add_code(&code("proof", 0)).await.unwrap();
    ledger.add_revision(&revision("proof", "one", Digest::of(b"manifest"))).await.unwrap();
    let plan = plan("proof", "one", Digest::of(b"table"));
    ledger.record_plan(&plan).await.unwrap();
    plan
}

/// Runs a statement that the ledger itself would never run.
pub(crate) async fn raw(url: &str, statement: &str) -> Result<(), sqlx::Error> {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await?;
        connection.execute(AssertSqlSafe(statement)).await?;
        connection.close().await
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await?;
        connection.execute(AssertSqlSafe(statement)).await?;
        connection.close().await
    }
}

/// Runs a statement on the ledger of the vault in `root`.
pub(crate) async fn raw_in(root: &std::path::Path, statement: &str) {
    raw(&format!("sqlite:{}", root.join("ledger.sqlite").display()), statement).await.unwrap();
}

pub(crate) fn statement(kind: EntryKind, of: &str) -> NewStatement {
    let document = format!(r#"{{"of":"{of}"}}"#);
    NewStatement { kind, document, commitment: commitment(of), added: NOW }
}

/// Adds a padding entry with this commitment; gives its index.
pub(crate) async fn pad(ledger: &Ledger, digest: Digest) -> Result<u64, StoreError> {
    let commitment = Commitment { digest, nonce: [1; 32] };
    ledger.add_statements(&[NewStatement { commitment, ..statement(EntryKind::Padding, "padding") }]).await
}
