-- The log: more kinds of entries, what they open to, and the heads that were signed. Conventions as
-- in the first edition.

-- SQLite cannot change a check, so the table is made anew; rows that name entries look again at the
-- end of the transaction.
pragma defer_foreign_keys = on;
create table entry_before as select * from entry;
drop trigger entry_is_never_deleted;
drop trigger entry_never_changes;
drop table entry;
create table entry (
    log_index integer not null,
    kind text not null,
    commitment blob not null,
    added integer not null,
    constraint entry_log_index_key primary key (log_index),
    -- Nonces are random: an equal commitment is a fact recorded twice, or a broken generator.
    constraint entry_commitment_key unique (commitment),
    constraint entry_commitment_length check (length(commitment) = 32),
    constraint entry_kind_known check (kind in
        ('plan', 'copy', 'key', 'bell', 'receipt', 'erasure', 'batch', 'padding'))
) strict;
insert into entry (log_index, kind, commitment, added)
    select log_index, kind, commitment, added from entry_before order by log_index;
drop table entry_before;

create trigger entry_is_never_deleted before delete on entry
begin select raise(abort, 'entry is never deleted'); end;
create trigger entry_never_changes before update on entry
begin select raise(abort, 'entry never changes'); end;

-- What the commitment of an entry opens to, for every kind but plans and copies, whose rows say it.
-- It may be erased, and then the nonce goes with it.
create table statement (
    log_index integer not null references entry (log_index),
    document text not null,
    nonce blob not null,
    constraint statement_log_index_key primary key (log_index),
    constraint statement_nonce_length check (length(nonce) = 32),
    constraint statement_document_json check (json_valid(document))
) strict;

create trigger statement_never_changes before update on statement
begin select raise(abort, 'statement never changes'); end;

-- Every head that the log ever signed, with the log's own signatures. One size has one head: two
-- would be a fork.
create table checkpoint (
    size integer not null,
    note text not null,
    signed integer not null,
    constraint checkpoint_size_key primary key (size),
    constraint checkpoint_size_starts_at_one check (size >= 1)
) strict;

create trigger checkpoint_is_never_deleted before delete on checkpoint
begin select raise(abort, 'checkpoint is never deleted'); end;
create trigger checkpoint_never_changes before update on checkpoint
begin select raise(abort, 'checkpoint never changes'); end;

-- Who may cosign, by the key's whole text, which holds its name.
create table witness (
    key text not null,
    constraint witness_key_key primary key (key)
) strict;

-- A signature line of a witness under a head.
create table cosignature (
    size integer not null references checkpoint (size),
    line text not null,
    constraint cosignature_size_line_key primary key (size, line)
) strict;
