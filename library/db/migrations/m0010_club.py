"""The paper club: members, absences, proposals with votes, sessions with their papers, what minutes decided."""

import sqlite3

from sqlite_utils import Database

# Everything here is the group's. AUTOINCREMENT: a number that people have spoken of never names another record.
_TABLES = """
CREATE TABLE club_member (          -- names: nobody needs an account
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,    -- the name without capitals and widths: one person, one line
  joined_on TEXT NOT NULL,
  left_on TEXT,                     -- the first day on which they are no longer there
  note TEXT,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE club_absence (         -- both days included
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  member_id INTEGER NOT NULL REFERENCES club_member ON DELETE CASCADE,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL CHECK (last_day >= first_day),
  reason TEXT,
  person TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX club_absence_by_member ON club_absence (member_id);

CREATE TABLE club_proposal (        -- open, scheduled or discussed: that follows from the sessions
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  why TEXT,
  again INTEGER NOT NULL DEFAULT 0, -- proposed although it had been discussed
  withdrawn_at TEXT,
  proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL
) STRICT;
CREATE INDEX club_proposal_by_paper ON club_proposal (paper_id);
CREATE TABLE club_vote (
  proposal_id INTEGER NOT NULL REFERENCES club_proposal ON DELETE CASCADE,
  voter_key TEXT NOT NULL,
  voter TEXT NOT NULL,
  entered_by TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (proposal_id, voter_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE club_session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,         -- of the event in calendars, for ever
  topic TEXT,
  day TEXT NOT NULL, time TEXT NOT NULL, zone TEXT NOT NULL,  -- as the clock on the wall there shows
  length INTEGER NOT NULL CHECK (length > 0),                 -- minutes
  place TEXT, link TEXT,
  state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'held', 'cancelled')),
  reason TEXT,                      -- why it was cancelled
  presenter_id INTEGER REFERENCES club_member,
  due_id INTEGER REFERENCES club_member,     -- whose turn it was when it was given away
  backup_id INTEGER REFERENCES club_member,
  swapped_with INTEGER REFERENCES club_session,
  agenda TEXT, minutes TEXT,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX club_session_by_day ON club_session (day, time);
CREATE TABLE club_slot (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id INTEGER NOT NULL REFERENCES club_session ON DELETE CASCADE,
  position INTEGER NOT NULL,
  paper_id INTEGER NOT NULL REFERENCES paper ON DELETE CASCADE,
  proposal_id INTEGER REFERENCES club_proposal ON DELETE CASCADE,
  discussed INTEGER,                -- null until the session was held; 0: there was no time for it
  UNIQUE (session_id, paper_id)
) STRICT;
CREATE INDEX club_slot_by_paper ON club_slot (paper_id);
CREATE INDEX club_slot_by_proposal ON club_slot (proposal_id);
CREATE TABLE club_decision (        -- what the minutes decided, and what became of it
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id INTEGER NOT NULL REFERENCES club_session ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('action', 'experiment', 'evidence')),
  text TEXT NOT NULL,
  owner TEXT,
  paper_id INTEGER REFERENCES paper ON DELETE CASCADE,
  done_at TEXT,
  taken_kind TEXT CHECK (taken_kind IN ('experiment', 'evidence')), taken_id INTEGER,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT;
CREATE INDEX club_decision_by_session ON club_decision (session_id);

CREATE TABLE club_calendar (        -- what calendars were told; no action and no undo ever counts it back
  uid TEXT PRIMARY KEY,
  session_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  changed_at TEXT NOT NULL,
  day TEXT NOT NULL, time TEXT NOT NULL, zone TEXT NOT NULL, length INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0   -- the session is no longer here (its planning was undone)
) STRICT, WITHOUT ROWID;
CREATE INDEX club_calendar_by_session ON club_calendar (session_id);
"""
_NOW = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
_SHOWN = ("topic", "day", "time", "zone", "length", "place", "link", "presenter_id", "backup_id", "agenda")
_DIFFERS = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _SHOWN)
# A calendar takes an update only with a higher number than the one it has: undoing counts on like any other change.
_TRIGGERS = (
    f"""CREATE TRIGGER club_calendar_new AFTER INSERT ON club_session
    BEGIN INSERT INTO club_calendar (uid, session_id, sequence, changed_at, day, time, zone, length)
      VALUES (new.uid, new.id, 0, {_NOW}, new.day, new.time, new.zone, new.length)
      ON CONFLICT (uid) DO UPDATE SET session_id = new.id, sequence = sequence + 1, changed_at = {_NOW}, gone = 0,
      day = new.day, time = new.time, zone = new.zone, length = new.length; END""",
    f"""CREATE TRIGGER club_calendar_changed AFTER UPDATE ON club_session
    WHEN {_DIFFERS} OR (old.state = 'cancelled') != (new.state = 'cancelled')
    BEGIN UPDATE club_calendar SET sequence = sequence + 1, changed_at = {_NOW}, day = new.day, time = new.time,
      zone = new.zone, length = new.length WHERE uid = new.uid; END""",
    f"""CREATE TRIGGER club_calendar_gone AFTER DELETE ON club_session
    BEGIN UPDATE club_calendar SET sequence = sequence + 1, changed_at = {_NOW}, gone = 1 WHERE uid = old.uid; END""",
    f"""CREATE TRIGGER club_calendar_paper AFTER INSERT ON club_slot
    BEGIN UPDATE club_calendar SET sequence = sequence + 1, changed_at = {_NOW}
      WHERE session_id = new.session_id AND NOT gone; END""",
    f"""CREATE TRIGGER club_calendar_paper_gone AFTER DELETE ON club_slot
    BEGIN UPDATE club_calendar SET sequence = sequence + 1, changed_at = {_NOW}
      WHERE session_id = old.session_id AND NOT gone; END""",
)


def apply(db: Database) -> None:
    """Create the tables and the triggers."""
    statement = ""
    for line in _TABLES.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    for trigger in _TRIGGERS:
        db.execute(trigger)
