-- Two more kinds of entries: that a copy was made again, and that other keys sign from here on. Conventions as in the
-- first edition.

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
        ('plan', 'copy', 'again', 'key', 'bell', 'receipt', 'erasure', 'handover', 'batch', 'padding'))
) strict;
insert into entry (log_index, kind, commitment, added)
    select log_index, kind, commitment, added from entry_before order by log_index;
drop table entry_before;

create trigger entry_is_never_deleted before delete on entry
begin select raise(abort, 'entry is never deleted'); end;
create trigger entry_never_changes before update on entry
begin select raise(abort, 'entry never changes'); end;
