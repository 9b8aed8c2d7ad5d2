-- Around a disclosure: who takes part in a drill, what is asked and answered, what partners report, and mail that
-- is tried again. Conventions as in the first edition.

-- Who takes part in a drill. Nobody else hears of it.
create table participant (
    disclosure text not null references disclosure (id),
    recipient text not null references recipient (id),
    added integer not null,
    constraint participant_disclosure_recipient_key primary key (disclosure, recipient)
) strict;

-- The promise of a drill, kept where no code can forget it: it reaches no one outside.
create trigger message_of_a_drill_stays_inside before insert on message
when new.recipient not like 'staff:%'
    and exists (select 1 from disclosure where id = new.disclosure and exercise = 1)
    and not exists (select 1 from participant
        where participant.disclosure = new.disclosure and participant.recipient = new.recipient)
begin select raise(abort, 'a drill reaches no one outside'); end;
create trigger delivery_of_a_drill_stays_inside before insert on delivery
when exists (select 1 from disclosure where id = new.disclosure and exercise = 1)
    and not exists (select 1 from participant
        where participant.disclosure = new.disclosure and participant.recipient = new.recipient)
begin select raise(abort, 'a drill reaches no one outside'); end;
create trigger disclosure_stays_a_drill before update on disclosure when old.exercise <> new.exercise
begin select raise(abort, 'a drill never becomes real'); end;

-- A partner's question. Its answer goes to everybody who has the stage, at one instant; whoever has the stage
-- later gets it with the stage. `wording` is the question as all may read it: nobody learns who asked.
create table question (
    id integer not null primary key autoincrement,
    disclosure text not null references disclosure (id),
    stage text not null,
    asker text not null references recipient (id),
    body text not null,
    asked integer not null,
    wording text,
    answer text,
    answer_at integer,
    published integer,
    constraint question_answer_whole check ((answer is null) = (answer_at is null)),
    constraint question_never_early check (published is null or (answer_at is not null and published >= answer_at))
) strict;

create index question_disclosure on question (disclosure, id);

create trigger question_is_never_deleted before delete on question
begin select raise(abort, 'question is never deleted'); end;
create trigger question_is_published_once before update on question when old.published is not null
begin select raise(abort, 'what was published never changes'); end;

-- What a recipient says of itself: whether it is affected, how far its protection is. Append-only: of each the
-- latest word counts, and shares at an instant are reckoned from what had been said by then.
create table report (
    id integer not null primary key autoincrement,
    disclosure text not null references disclosure (id),
    recipient text not null references recipient (id),
    affected text,
    protection text,
    live_at integer,
    signatures text not null,
    note text,
    at integer not null,
    constraint report_affected_known check (affected is null or affected in ('affected', 'not-affected', 'not-looked')),
    constraint report_protection_known check (protection is null
        or protection in ('none', 'building', 'ready', 'live', 'cannot')),
    constraint report_live_since check (protection is null or (protection = 'live') = (live_at is not null)),
    constraint report_signatures_json check (json_valid(signatures))
) strict;

create index report_disclosure on report (disclosure, id);

create trigger report_is_never_deleted before delete on report
begin select raise(abort, 'report is never deleted'); end;
create trigger report_never_changes before update on report
begin select raise(abort, 'report never changes'); end;

-- A mail server may be away, or say no for good. `lease` holds a message for one worker while it speaks to the server.
alter table message add column lease integer;
alter table message add column tries integer not null default 0;
alter table message add column next_try integer;
alter table message add column failed integer;
alter table message add column reply text;
