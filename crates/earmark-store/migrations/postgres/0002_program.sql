-- The program: who acts, what is disclosed to whom and when. Conventions as in the first edition;
-- a yes or no is a boolean here and an integer in SQLite, and no statement asks it bare.

-- Who may act for the owner. Never deleted: acts name them. Leaving is an instant.
create table staff (
    name text not null,
    mail text,
    roles text not null,
    added bigint not null,
    left_at bigint,
    constraint staff_name_key primary key (name),
    constraint staff_roles_json check (roles::jsonb is not null)
);

-- What was done by whom: the history of partners, disclosures, policies. Append-only.
create table act (
    id bigint generated always as identity primary key,
    noun text not null,
    subject text not null,
    act text not null,
    actor text not null,
    at bigint not null,
    document text not null,
    constraint act_document_json check (document::jsonb is not null)
);

create index act_noun_subject on act (noun, subject, id);

create trigger act_is_never_deleted before delete on act
for each row execute function refuse_change();
create trigger act_never_changes before update on act
for each row execute function refuse_change();

-- An act that takes more than one person. `document` says what exactly was assented to: another
-- request for other values is another row. `not_before` is set where the staff is too small for two.
create table grave (
    id bigint generated always as identity primary key,
    noun text not null,
    subject text not null,
    act text not null,
    document text not null,
    asked bigint not null,
    not_before bigint,
    closed bigint,
    constraint grave_document_json check (document::jsonb is not null)
);

-- One open request for one thing.
create unique index grave_open_key on grave (noun, subject, act, document) where closed is null;

-- A person's yes counts once.
create table assent (
    grave bigint not null references grave (id),
    who text not null,
    at bigint not null,
    constraint assent_grave_who_key primary key (grave, who)
);

-- Due work. `unique_key` makes asking for the same work twice asking once. A job belongs to whoever
-- holds its lease; `attempts` is the number of the lease, so that one who lost it cannot finish it.
create table job (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    unique_key text not null,
    run_at bigint not null,
    lease bigint,
    attempts bigint not null,
    done bigint,
    outcome text,
    added bigint not null,
    constraint job_unique_key_key unique (unique_key),
    constraint job_outcome_when_done check ((done is null) = (outcome is null))
);

create index job_due on job (run_at, id) where done is null;

-- One embargoed matter. `edition` counts its changes: a change that was thought out on an older
-- edition is refused. `sequence` counts its schedules, and is what calendars call SEQUENCE.
create table disclosure (
    id text not null,
    title text not null,
    embargo text not null,
    severity bigint,
    cvss text,
    exploitation text not null,
    wormable boolean not null,
    tlp text not null,
    cves text not null,
    deploy_early boolean not null,
    exercise boolean not null,
    public_at bigint,
    zone text not null,
    held bigint,
    held_by text,
    held_why text,
    broken bigint,
    sequence bigint not null,
    edition bigint not null,
    added bigint not null,
    constraint disclosure_id_key primary key (id),
    constraint disclosure_embargo_known check (embargo in ('none', 'proposed', 'active', 'revised', 'exited')),
    constraint disclosure_exploitation_known check (exploitation in ('unproven', 'likely', 'exploited')),
    constraint disclosure_tlp_known check (tlp in ('TLP:RED', 'TLP:AMBER+STRICT', 'TLP:AMBER', 'TLP:GREEN', 'TLP:CLEAR')),
    constraint disclosure_severity_range check (severity is null or severity between 0 and 100),
    constraint disclosure_held_whole check ((held is null) = (held_by is null) and (held is null) = (held_why is null)),
    constraint disclosure_cves_json check (cves::jsonb is not null)
);

-- What is handed out at a stage. A corrected revision is a row of its own; the old one says when it
-- was superseded, since somebody still holds it.
create table material (
    disclosure text not null references disclosure (id),
    stage text not null,
    asset text not null references asset (name),
    revision bytea not null references revision (digest),
    confidential_until text not null,
    export_class text,
    screened bigint,
    added bigint not null,
    superseded bigint,
    constraint material_disclosure_stage_revision_key primary key (disclosure, stage, revision)
);

-- The instants of a disclosure's stages per tier. A new schedule supersedes rows by new ones under a
-- higher sequence; what was released stays as it was, for ever.
create table stage_instant (
    disclosure text not null references disclosure (id),
    stage text not null,
    tier text not null,
    sequence bigint not null,
    at bigint not null,
    state text not null,
    fired bigint,
    added bigint not null,
    constraint stage_instant_disclosure_stage_tier_sequence_key primary key (disclosure, stage, tier, sequence),
    constraint stage_instant_stage_known check (stage in
        ('heads-up', 'advisory', 'detection-guidance', 'proof-of-concept', 'source', 'public')),
    constraint stage_instant_state_known check (state in
        ('draft', 'waiting', 'released', 'held', 'superseded')),
    constraint stage_instant_fired_when_released check ((state = 'released') = (fired is not null)),
    -- The promise of the whole table, kept where no code can forget it.
    constraint stage_instant_never_early check (fired is null or fired >= at)
);

create unique index stage_instant_open_key on stage_instant (disclosure, stage, tier)
    where state in ('draft', 'waiting', 'held');

create trigger stage_instant_is_never_deleted before delete on stage_instant
for each row execute function refuse_change();
create trigger stage_instant_fires_once before update on stage_instant
for each row
when (old.fired is not null or old.state = 'superseded') execute function refuse_change();

-- What a recipient got, or was denied and by which policy. `what` is `ASSET@DIGEST`, or `notice` for
-- a stage without material.
create table delivery (
    disclosure text not null references disclosure (id),
    stage text not null,
    recipient text not null references recipient (id),
    what text not null,
    state text not null,
    policies text not null,
    at bigint not null,
    attest_by bigint,
    attested bigint,
    constraint delivery_disclosure_stage_recipient_what_key primary key (disclosure, stage, recipient, what),
    constraint delivery_state_known check (state in ('released', 'denied', 'recalled')),
    constraint delivery_policies_json check (policies::jsonb is not null)
);

-- What somebody is told. `recipient` is a recipient's id, or `staff:NAME`.
create table message (
    id bigint generated always as identity primary key,
    unique_key text not null,
    disclosure text references disclosure (id),
    recipient text not null,
    mail text,
    subject text not null,
    body text not null,
    calendar text,
    queued bigint not null,
    sent bigint,
    constraint message_unique_key_key unique (unique_key)
);

create index message_unsent on message (id) where sent is null;

-- Texts that partners accept, and what their clauses are called. A version never changes: what was
-- accepted must stay readable.
create table agreement (
    name text not null,
    version bigint not null,
    clauses text not null,
    body text not null,
    added bigint not null,
    constraint agreement_name_version_key primary key (name, version),
    constraint agreement_clauses_json check (clauses::jsonb is not null)
);

create table acceptance (
    partner text not null references partner (slug),
    agreement text not null,
    version bigint not null,
    signed_by text not null,
    at bigint not null,
    constraint acceptance_partner_agreement_version_key primary key (partner, agreement, version),
    foreign key (agreement, version) references agreement (name, version)
);

-- The need-to-know roster: a partner with an open row here receives per person, and not as a whole.
create table roster (
    partner text not null,
    contact text not null,
    added bigint not null,
    left_at bigint,
    constraint roster_partner_contact_key primary key (partner, contact),
    foreign key (partner, contact) references contact (partner, slug)
);

-- What is known of a key beyond the key: from when bundles are sealed to it, until when, and whether
-- its holder has shown that they can open what is sealed to it. The proof's secret is kept as a digest.
create table key_life (
    partner text not null,
    contact text not null,
    fingerprint text not null,
    effective bigint,
    expires bigint,
    proof bytea,
    asked bigint,
    answered bigint,
    constraint key_life_partner_contact_fingerprint_key primary key (partner, contact, fingerprint),
    foreign key (partner, contact, fingerprint) references contact_key (partner, contact, fingerprint),
    constraint key_life_proof_length check (proof is null or length(proof) = 32)
);

-- Policies as they were in force, one row a change. `files` maps file names to texts.
create table policy_set (
    id bigint generated always as identity primary key,
    files text not null,
    since bigint not null,
    actor text not null,
    constraint policy_set_files_json check (files::jsonb is not null)
);
