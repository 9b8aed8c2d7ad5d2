-- Two more kinds of entries: that a copy was made again, and that other keys sign from here on. Conventions as in the
-- first edition.

alter table entry drop constraint entry_kind_known;
alter table entry add constraint entry_kind_known check (kind in
    ('plan', 'copy', 'again', 'key', 'bell', 'receipt', 'erasure', 'handover', 'batch', 'padding'));
