-- The log: more kinds of entries, what they open to, and the heads that were signed. Conventions as
-- in the first edition.

alter table entry drop constraint entry_kind_known;
alter table entry add constraint entry_kind_known check (kind in
    ('plan', 'copy', 'key', 'bell', 'receipt', 'erasure', 'batch', 'padding'));

-- What the commitment of an entry opens to, for every kind but plans and copies, whose rows say it.
-- It may be erased, and then the nonce goes with it.
create table statement (
    log_index bigint not null references entry (log_index),
    document text not null,
    nonce bytea not null,
    constraint statement_log_index_key primary key (log_index),
    constraint statement_nonce_length check (length(nonce) = 32),
    constraint statement_document_json check (document::jsonb is not null)
);

create trigger statement_never_changes before update on statement
for each row execute function refuse_change();

-- Every head that the log ever signed, with the log's own signatures. One size has one head: two
-- would be a fork.
create table checkpoint (
    size bigint not null,
    note text not null,
    signed bigint not null,
    constraint checkpoint_size_key primary key (size),
    constraint checkpoint_size_starts_at_one check (size >= 1)
);

create trigger checkpoint_is_never_deleted before delete on checkpoint
for each row execute function refuse_change();
create trigger checkpoint_never_changes before update on checkpoint
for each row execute function refuse_change();

-- Who may cosign, by the key's whole text, which holds its name.
create table witness (
    key text not null,
    constraint witness_key_key primary key (key)
);

-- A signature line of a witness under a head.
create table cosignature (
    size bigint not null references checkpoint (size),
    line text not null,
    constraint cosignature_size_line_key primary key (size, line)
);
