-- The ledger, first edition. The twin for SQLite stands in ../sqlite under the same name;
-- tables, columns and the names of constraints agree, so that one statement runs on both.
--
-- Conventions: digests, commitments, nonces and site keys are 32 raw bytes; instants are
-- milliseconds since 1970-01-01T00:00:00Z; JSON is kept verbatim as text, because documents are
-- hashed and replayed. SQLite reports a broken unique constraint by its columns, which read as
-- `<table>_<columns>_key`, the names PostgreSQL gives; checks are named in both.

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows are neither changed nor deleted', tg_table_name;
end $$;

create table setting (
    name text not null,
    value text not null,
    constraint setting_name_key primary key (name)
);

-- A partner is never deleted: its recipients' copies outlive the partnership. Leaving is a status.
create table partner (
    slug text not null,
    name text not null,
    country text not null,
    tier text not null,
    status text not null,
    added bigint not null,
    constraint partner_slug_key primary key (slug),
    -- Policy keys on it; `de` and `DE` as two jurisdictions would split the rules.
    constraint partner_country_code check (length(country) = 2 and country = upper(country)),
    constraint partner_status_known check (status in ('applicant', 'active', 'on-notice', 'suspended', 'removed'))
);

create table contact (
    partner text not null references partner (slug),
    slug text not null,
    name text not null,
    mail text,
    added bigint not null,
    constraint contact_partner_slug_key primary key (partner, slug)
);

-- Keys belong to a person. Two persons may hold one key (a team key): that is their custom, not an
-- error, so the fingerprint is unique per person only. A key is never deleted, since a bundle that
-- was sealed to it may have to be explained.
create table contact_key (
    partner text not null,
    contact text not null,
    fingerprint text not null,
    kind text not null,
    public_text text not null,
    status text not null,
    added bigint not null,
    constraint contact_key_partner_contact_fingerprint_key primary key (partner, contact, fingerprint),
    foreign key (partner, contact) references contact (partner, slug),
    constraint contact_key_kind_known check (kind in ('age', 'ssh-ed25519', 'ssh-rsa', 'openpgp')),
    constraint contact_key_status_known check (status in ('added', 'verified', 'expired', 'rotated', 'revoked'))
);

-- Whoever a copy is made for. The symbols of a copy derive from the id: an id that changed, or came
-- back for somebody else, would make a trace name the wrong one. Hence the triggers below.
create table recipient (
    id text not null,
    kind text not null,
    partner text references partner (slug),
    contact text,
    added bigint not null,
    constraint recipient_id_key primary key (id),
    foreign key (partner, contact) references contact (partner, slug),
    -- The id says what the row says, so that a reader of the id alone is not misled.
    constraint recipient_id_says_kind check (
        (kind = 'partner' and partner is not null and contact is null and id = partner)
        or (kind = 'contact' and partner is not null and contact is not null and id = partner || '/' || contact)
        or (kind = 'owner' and partner is null and contact is null and id like '@owner/%'))
);

create trigger recipient_is_never_deleted before delete on recipient
for each row execute function refuse_change();
create trigger recipient_never_changes before update on recipient
for each row execute function refuse_change();

-- The asset's id goes into the derivation of its tracing keys and never changes; the name is for people.
create table asset (
    name text not null,
    id text not null,
    created bigint not null,
    constraint asset_name_key primary key (name),
    constraint asset_id_key unique (id)
);

-- A code is written once, with the commitment to its biases, before anything is dealt from it.
-- `positions` counts the rows of `position`; updating it is the lock under which they are appended.
create table code (
    id bigint generated always as identity primary key,
    asset text not null references asset (name),
    epoch bigint not null,
    bias_set text not null,
    bias_commitment bytea not null,
    bias_nonce bytea not null,
    positions bigint not null,
    created bigint not null,
    constraint code_asset_epoch_key unique (asset, epoch),
    constraint code_epoch_range check (epoch between 0 and 4294967295),
    constraint code_commitment_length check (length(bias_commitment) = 32 and length(bias_nonce) = 32),
    constraint code_positions_range check (positions between 0 and 4294967296)
);

-- Append-only: a position that changed its number or its key would change the codeword of every
-- copy already issued. One key has one position, in every file and every revision of the epoch.
create table position (
    code bigint not null references code (id),
    number bigint not null,
    site_key bytea not null,
    k bigint not null,
    constraint position_code_number_key primary key (code, number),
    constraint position_code_site_key_key unique (code, site_key),
    constraint position_site_key_length check (length(site_key) = 32),
    constraint position_k_range check (k between 2 and 8)
);

create trigger position_is_never_deleted before delete on position
for each row execute function refuse_change();
create trigger position_never_changes before update on position
for each row execute function refuse_change();

-- Content has one name wherever it is found (a match says only the digest), so one content cannot be
-- a revision of two assets. The epoch is the plan's: after a re-key the same content gets a new plan.
create table revision (
    digest bytea not null,
    asset text not null references asset (name),
    succeeds bytea references revision (digest),
    manifest bytea not null,
    index_blob bytea,
    files bigint not null,
    bytes bigint not null,
    lines bigint not null,
    upstream text not null,
    created bigint not null,
    constraint revision_digest_key primary key (digest),
    constraint revision_digest_length check (length(digest) = 32 and length(manifest) = 32),
    constraint revision_succeeds_another check (succeeds is null or succeeds <> digest),
    constraint revision_upstream_json check (upstream::jsonb is not null)
);

create index revision_asset_created on revision (asset, created);

-- Somebody known to have an unmarked or foreign version. With neither asset nor revision it is said
-- of everything. The same statement twice is one statement.
create table holder (
    id bigint generated always as identity primary key,
    who text not null,
    note text not null,
    asset text references asset (name),
    revision bytea references revision (digest),
    since bigint not null,
    added bigint not null
);

-- The log's gapless sequence. The index of a row is the later index of its leaf, so rows are neither
-- changed nor deleted, and numbers come from `tail`, which a rolled-back transaction rolls back too
-- (a database sequence would leave a gap). Commitments hide what they bind: nothing here is personal.
create table entry (
    log_index bigint not null,
    kind text not null,
    commitment bytea not null,
    added bigint not null,
    constraint entry_log_index_key primary key (log_index),
    -- Nonces are random: an equal commitment is a fact recorded twice, or a broken generator.
    constraint entry_commitment_key unique (commitment),
    constraint entry_commitment_length check (length(commitment) = 32),
    constraint entry_kind_known check (kind in ('plan', 'copy', 'padding'))
);

create trigger entry_is_never_deleted before delete on entry
for each row execute function refuse_change();
create trigger entry_never_changes before update on entry
for each row execute function refuse_change();

-- One row: how many entries there are. Taking a number locks it until the transaction ends.
create table tail (
    one bigint not null,
    length bigint not null,
    constraint tail_one_key primary key (one),
    constraint tail_has_one_row check (one = 1),
    constraint tail_never_shrinks_below_zero check (length >= 0)
);
insert into tail (one, length) values (1, 0);

-- What is frozen and committed before the first copy. `id` is the digest of the frozen document.
create table plan (
    id bytea not null,
    revision bytea not null references revision (digest),
    asset text not null,
    epoch bigint not null,
    site_table bytea not null,
    catalog text not null,
    reader text not null,
    rule text not null,
    report text not null,
    commitment bytea not null,
    nonce bytea not null,
    log_index bigint not null references entry (log_index),
    created bigint not null,
    constraint plan_id_key primary key (id),
    foreign key (asset, epoch) references code (asset, epoch),
    -- One entry binds one fact.
    constraint plan_log_index_key unique (log_index),
    constraint plan_lengths check (length(id) = 32 and length(site_table) = 32 and length(commitment) = 32 and length(nonce) = 32),
    constraint plan_rule_json check (rule::jsonb is not null),
    constraint plan_report_json check (report::jsonb is not null)
);

create index plan_revision_created on plan (revision, created);

-- A copy is a function of plan and recipient; issuing it again returns the record that is there.
create table copy (
    plan bytea not null references plan (id),
    recipient text not null references recipient (id),
    copy_sha256 bytea not null,
    bundle_sha256 bytea,
    sites bigint not null,
    commitment bytea not null,
    nonce bytea not null,
    log_index bigint not null references entry (log_index),
    issued bigint not null,
    constraint copy_plan_recipient_key primary key (plan, recipient),
    constraint copy_log_index_key unique (log_index),
    constraint copy_lengths check (length(copy_sha256) = 32 and length(commitment) = 32 and length(nonce) = 32
        and (bundle_sha256 is null or length(bundle_sha256) = 32))
);

create index copy_recipient on copy (recipient);
create index copy_copy_sha256 on copy (copy_sha256);

-- Every sealed file made of a copy: sealing draws fresh randomness, so one copy has many bundles, and
-- an untouched bundle found outside is recognized by its digest.
create table bundle (
    sha256 bytea not null,
    plan bytea not null,
    recipient text not null,
    sealed bigint not null,
    constraint bundle_sha256_key primary key (sha256),
    foreign key (plan, recipient) references copy (plan, recipient),
    constraint bundle_sha256_length check (length(sha256) = 32)
);

-- A matter is one suspected leak. `looks` counts its looks; updating it is the lock under which the
-- next number is taken, because the number decides what the look may spend.
create table matter (
    id text not null,
    looks bigint not null,
    opened bigint not null,
    constraint matter_id_key primary key (id)
);

-- A look is written before anything is read (alpha and samples), and decided once.
create table look (
    matter text not null references matter (id),
    number bigint not null,
    alpha double precision not null,
    samples text not null,
    created bigint not null,
    reading bytea,
    verdict text,
    decided bigint,
    constraint look_matter_number_key primary key (matter, number),
    constraint look_number_starts_at_one check (number >= 1),
    constraint look_alpha_range check (alpha > 0 and alpha <= 1),
    constraint look_samples_json check (samples::jsonb is not null),
    constraint look_decided_whole check ((reading is null and verdict is null and decided is null)
        or (verdict is not null and verdict::jsonb is not null and decided is not null))
);

-- The samples of looks, for finding the looks that already read a sample (a replay spends nothing).
create table look_sample (
    matter text not null,
    number bigint not null,
    digest bytea not null,
    constraint look_sample_matter_number_digest_key primary key (matter, number, digest),
    foreign key (matter, number) references look (matter, number)
);

create index look_sample_digest on look_sample (digest);

-- Where a sample was seen, and when. Noting the same thing twice is noting it once.
create table sighting (
    id bigint generated always as identity primary key,
    sample text not null,
    digest bytea not null,
    seen bigint not null,
    constraint sighting_sample_digest_seen_key unique (sample, digest, seen),
    constraint sighting_digest_length check (length(digest) = 32)
);

create index sighting_digest on sighting (digest);

-- Blobs that no other row names but that must stay (evidence, reports): `check` collects the rest.
create table kept_blob (
    digest bytea not null,
    why text not null,
    added bigint not null,
    constraint kept_blob_digest_key primary key (digest),
    constraint kept_blob_digest_length check (length(digest) = 32)
);
