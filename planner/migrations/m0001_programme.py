"""Hypotheses, evidence, experiments, results and verdicts, the roadmap, decisions."""

import sqlite3

from sqlite_utils import Database

# Columns that every record has: who made it, when, when it was last changed. AUTOINCREMENT: a number that people have
# spoken of, such as H-4, never names another record, not even after an undo.
_TABLES = """
CREATE TABLE hypothesis (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  statement TEXT NOT NULL,
  mechanism TEXT, problem TEXT, product_metric TEXT,
  metric TEXT,                      -- what an experiment would measure
  direction TEXT NOT NULL DEFAULT 'increase' CHECK (direction IN ('increase', 'decrease')),
  delta REAL CHECK (delta > 0),     -- smallest effect worth having, in the metric's unit
  unit TEXT,
  prior REAL CHECK (prior > 0 AND prior < 1),
  prior_reason TEXT,
  payoff TEXT, loss TEXT,           -- spreads: what adopting is worth if true, what it costs if false
  owner TEXT, horizon TEXT,         -- a quarter, such as 2027Q1
  tags TEXT,                        -- JSON list
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
    ('draft', 'active', 'testing', 'supported', 'refuted', 'inconclusive', 'promoted', 'retired')),
  origin TEXT NOT NULL DEFAULT 'person',  -- person | rule:… | model:…: who worded it
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE hypothesis_move (      -- each change of state, with its reason
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hypothesis_id INTEGER NOT NULL REFERENCES hypothesis,
  before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL,
  person TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX hypothesis_move_by_hypothesis ON hypothesis_move (hypothesis_id);
CREATE TABLE belief (               -- how probable it is held to be, and what moved it
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hypothesis_id INTEGER NOT NULL REFERENCES hypothesis,
  value REAL NOT NULL CHECK (value > 0 AND value < 1),
  reason TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('prior', 'person', 'verdict')),
  verdict_id INTEGER REFERENCES verdict,
  person TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX belief_by_hypothesis ON belief (hypothesis_id);

CREATE TABLE evidence (             -- a stored sentence, a verdict or a run that speaks for or against
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hypothesis_id INTEGER NOT NULL REFERENCES hypothesis,
  stance TEXT NOT NULL CHECK (stance IN ('for', 'against', 'context')),
  scale INTEGER CHECK (scale BETWEEN -5 AND 5),
  directness TEXT CHECK (directness IN ('direct', 'indirect')),
  note TEXT,
  paper_id INTEGER REFERENCES paper ON DELETE CASCADE,
  source TEXT CHECK (source IN ('abstract', 'body', 'note', 'title')),
  note_id INTEGER,                  -- which note, which may be gone by now
  version INTEGER, start INTEGER, "end" INTEGER,
  text_hash TEXT,                   -- sha256 of the text that the span is of
  quote TEXT, quote_hash TEXT,      -- the sentence itself: it stays when the paper gets another version
  verdict_id INTEGER REFERENCES verdict,
  run TEXT,                         -- a run's id
  person TEXT NOT NULL, at TEXT NOT NULL,
  CHECK ((paper_id IS NOT NULL) + (verdict_id IS NOT NULL) + (run IS NOT NULL) = 1),
  CHECK (paper_id IS NULL OR (quote IS NOT NULL AND start IS NOT NULL AND "end" > start))
) STRICT;
CREATE INDEX evidence_by_hypothesis ON evidence (hypothesis_id);
CREATE INDEX evidence_by_paper ON evidence (paper_id);
CREATE UNIQUE INDEX evidence_once ON evidence (hypothesis_id, paper_id, source, quote_hash) WHERE paper_id IS NOT NULL;
CREATE UNIQUE INDEX evidence_once_a_verdict ON evidence (hypothesis_id, verdict_id) WHERE verdict_id IS NOT NULL;
CREATE UNIQUE INDEX evidence_once_a_run ON evidence (hypothesis_id, run) WHERE run IS NOT NULL;

CREATE TABLE dataset (              -- the register: what experiments run on
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('dataset', 'benchmark', 'labels')),
  name TEXT NOT NULL, version TEXT NOT NULL DEFAULT '',
  about TEXT, content_hash TEXT, licence TEXT,
  sensitivity TEXT NOT NULL DEFAULT 'unknown' CHECK (sensitivity IN
    ('public', 'internal', 'confidential', 'personal', 'unknown')),
  retention_until TEXT,
  approval TEXT NOT NULL DEFAULT 'pending' CHECK (approval IN ('approved', 'pending', 'refused', 'not needed')),
  approved_by TEXT, approved_at TEXT, approved_until TEXT, approval_reason TEXT,  -- who approved or refused it
  biases TEXT, contamination TEXT, owner TEXT,
  wanted INTEGER, delivered INTEGER, due TEXT,   -- label requests
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (name, version)
) STRICT;

CREATE TABLE experiment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  hypothesis_id INTEGER REFERENCES hypothesis,
  kind TEXT NOT NULL DEFAULT 'exploration' CHECK (kind IN ('exploration', 'transfer-ready')),
  state TEXT NOT NULL DEFAULT 'idea' CHECK (state IN
    ('idea', 'ready', 'planned', 'running', 'analysing', 'done', 'dropped')),
  question TEXT,
  arms TEXT,                        -- JSON: [{name, role: baseline|treatment|ablation, set, measured_on}]
  datasets TEXT,                    -- JSON list of dataset ids
  metric TEXT,
  direction TEXT CHECK (direction IN ('increase', 'decrease')),
  delta REAL CHECK (delta > 0), unit TEXT,
  guardrails TEXT,                  -- JSON: [{metric, direction, tolerance}]
  slices TEXT,                      -- JSON: [{name, purpose: fairness|robustness, metric, direction, tolerance}]
  rating TEXT,                      -- JSON: [{rubric, raters, blinding, agreement}] where the metric is human-rated
  success TEXT,
  seeds INTEGER CHECK (seeds > 0),  -- planned for each arm
  alpha REAL NOT NULL DEFAULT 0.05 CHECK (alpha > 0 AND alpha <= 0.5),
  pairing TEXT NOT NULL DEFAULT 'seed' CHECK (pairing IN ('seed', 'none')),
  looks TEXT NOT NULL DEFAULT 'end',  -- end | anytime | numbers of seeds at which one looks
  family TEXT,                      -- experiments that are judged together
  family_rule TEXT CHECK (family_rule IN ('holm', 'bh')),
  exclusions TEXT,
  sigma REAL CHECK (sigma > 0),     -- expected standard deviation of the paired difference
  start TEXT, days REAL CHECK (days > 0),
  gpu_hours TEXT, gpu_hours_per_seed TEXT, people_days TEXT,   -- spreads
  payoff TEXT, loss TEXT,           -- spreads; empty: the hypothesis's
  reach REAL, impact REAL, confidence REAL, effort REAL,       -- for RICE beside the default score
  urgency REAL,                     -- for WSJF
  command TEXT, grid TEXT,
  checks TEXT,                      -- JSON: {item: yes|no|n/a}
  prerequisites TEXT,               -- JSON list of experiment ids
  exclusive_group TEXT,             -- at most one of a group is planned
  owner TEXT, tags TEXT,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX experiment_by_hypothesis ON experiment (hypothesis_id);
CREATE TABLE experiment_move (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL,
  person TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX experiment_move_by_experiment ON experiment_move (experiment_id);

CREATE TABLE preregistration (      -- the plan as it was frozen; a later edit makes the next version
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  version INTEGER NOT NULL,
  hash TEXT NOT NULL,               -- sha256 of `plan`
  plan TEXT NOT NULL,               -- canonical JSON
  cause TEXT NOT NULL CHECK (cause IN ('first run', 'first result', 'asked', 'edited')),
  exploratory INTEGER NOT NULL CHECK (exploratory IN (0, 1)),
  person TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (experiment_id, version)
) STRICT;
CREATE TRIGGER preregistration_stays BEFORE UPDATE ON preregistration
  BEGIN SELECT RAISE(ABORT, 'a frozen plan is never changed'); END;
CREATE TRIGGER preregistration_is_new BEFORE INSERT ON preregistration   -- REPLACE would take the old one out silently
  WHEN EXISTS (SELECT 1 FROM preregistration p
    WHERE p.id = NEW.id OR (p.experiment_id = NEW.experiment_id AND p.version = NEW.version))
  BEGIN SELECT RAISE(ABORT, 'a frozen plan is never changed'); END;
CREATE TRIGGER preregistration_remains BEFORE DELETE ON preregistration  -- undo takes what rests on it out first
  WHEN EXISTS (SELECT 1 FROM result_batch WHERE preregistration_id = OLD.id)
    OR EXISTS (SELECT 1 FROM verdict WHERE preregistration_id = OLD.id)
  BEGIN SELECT RAISE(ABORT, 'results and verdicts rest on this frozen plan'); END;

CREATE TABLE obstacle (             -- blockers and risks
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('blocker', 'risk')),
  experiment_id INTEGER REFERENCES experiment,
  hypothesis_id INTEGER REFERENCES hypothesis,
  what TEXT NOT NULL, on_whom TEXT, since TEXT NOT NULL, next_step TEXT,
  likelihood TEXT CHECK (likelihood IN ('low', 'medium', 'high')),
  impact TEXT CHECK (impact IN ('low', 'medium', 'high')),
  contingency TEXT,
  resolved_at TEXT, resolution TEXT,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX obstacle_by_experiment ON obstacle (experiment_id);

CREATE TABLE result_batch (         -- where results came from: one file, one run, one form
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  source TEXT NOT NULL, file_hash TEXT,
  preregistration_id INTEGER REFERENCES preregistration,
  person TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE result (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id INTEGER NOT NULL REFERENCES result_batch ON DELETE CASCADE,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  arm TEXT NOT NULL, metric TEXT NOT NULL, slice TEXT NOT NULL DEFAULT '', seed TEXT NOT NULL,
  phase TEXT NOT NULL DEFAULT 'offline' CHECK (phase IN ('offline', 'online')),
  value REAL,                       -- null where `status` is not ok
  status TEXT NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'nan', 'crashed', 'excluded')),
  reason TEXT, gpu_hours REAL, run TEXT,
  exclusion TEXT,                   -- the frozen plan's rule that an excluded run falls under; null: none foresaw it
  CHECK ((value IS NOT NULL) OR status != 'ok')
) STRICT;
CREATE UNIQUE INDEX result_once ON result (experiment_id, arm, metric, slice, seed, phase);
CREATE INDEX result_by_batch ON result (batch_id);
CREATE TABLE rating (               -- one score by one person; the mean over raters is a result, with the item as seed
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id INTEGER NOT NULL REFERENCES result_batch ON DELETE CASCADE,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  metric TEXT NOT NULL, arm TEXT NOT NULL, item TEXT NOT NULL, rater TEXT NOT NULL,
  score REAL NOT NULL,
  UNIQUE (experiment_id, metric, arm, item, rater)
) STRICT;
CREATE INDEX rating_by_batch ON rating (batch_id);

CREATE TABLE verdict (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  hypothesis_id INTEGER REFERENCES hypothesis,
  preregistration_id INTEGER NOT NULL REFERENCES preregistration,
  state TEXT NOT NULL CHECK (state IN ('supported', 'refuted', 'inconclusive')),
  label TEXT,                       -- harmful, equivalent, insufficient seeds …
  blocked_by TEXT,                  -- JSON list: breached guardrails and slices
  exploratory INTEGER NOT NULL CHECK (exploratory IN (0, 1)),
  treatment TEXT NOT NULL, baseline TEXT NOT NULL,
  effect REAL, low REAL, high REAL, level REAL, n INTEGER NOT NULL,
  p REAL, p_adjusted REAL,
  method TEXT NOT NULL,
  summary TEXT NOT NULL,
  details TEXT NOT NULL,            -- JSON: everything else that was computed, and the rule
  results_hash TEXT NOT NULL,       -- sha256 over the result rows it was drawn from
  person TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_by_experiment ON verdict (experiment_id);
CREATE INDEX verdict_by_hypothesis ON verdict (hypothesis_id);
CREATE TRIGGER verdict_stays BEFORE UPDATE ON verdict
  BEGIN SELECT RAISE(ABORT, 'a verdict is never changed'); END;
CREATE TRIGGER verdict_is_new BEFORE INSERT ON verdict WHEN EXISTS (SELECT 1 FROM verdict v WHERE v.id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'a verdict is never changed'); END;

CREATE TABLE score (                -- every score keeps its inputs and the formula's version
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment_id INTEGER NOT NULL REFERENCES experiment ON DELETE CASCADE,
  formula TEXT NOT NULL, inputs TEXT NOT NULL, outputs TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX score_by_experiment ON score (experiment_id);

CREATE TABLE roadmap (              -- one plan of one quarter; the closed, else the adopted, else the draft counts
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  quarter TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'adopted', 'superseded', 'closed')),
  gpu_hours REAL NOT NULL, people_days REAL, exploration_floor REAL NOT NULL DEFAULT 0,
  value REAL, optimal INTEGER NOT NULL CHECK (optimal IN (0, 1)),
  details TEXT NOT NULL,            -- JSON: bound, ±20 %, robustness with draws, formula version
  person TEXT NOT NULL, at TEXT NOT NULL,
  closed_by TEXT, closed_at TEXT, learned TEXT
) STRICT;
CREATE INDEX roadmap_by_quarter ON roadmap (quarter);
CREATE TABLE roadmap_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  roadmap_id INTEGER NOT NULL REFERENCES roadmap ON DELETE CASCADE,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  rank INTEGER, chosen INTEGER NOT NULL CHECK (chosen IN (0, 1)),
  why TEXT NOT NULL,
  value REAL, gpu_hours REAL, people_days REAL,
  stays REAL,                       -- share of resampled inputs in which it stays in
  score TEXT,                       -- JSON: the score it was planned with
  outcome TEXT,                     -- JSON, frozen at close: state, verdict, GPU-hours spent
  review TEXT CHECK (review IN ('carry', 'drop', 're-score', 'done')),
  UNIQUE (roadmap_id, experiment_id)
) STRICT;
CREATE TRIGGER roadmap_entry_stays BEFORE UPDATE ON roadmap_entry
  WHEN (SELECT state FROM roadmap WHERE id = old.roadmap_id) = 'closed'
  BEGIN SELECT RAISE(ABORT, 'a closed quarter is never changed'); END;
CREATE TRIGGER roadmap_entry_remains BEFORE DELETE ON roadmap_entry
  WHEN (SELECT state FROM roadmap WHERE id = old.roadmap_id) = 'closed'
  BEGIN SELECT RAISE(ABORT, 'a closed quarter is never changed'); END;
CREATE TRIGGER roadmap_stays BEFORE UPDATE ON roadmap WHEN old.state = 'closed' AND new.state = 'closed'
  BEGIN SELECT RAISE(ABORT, 'a closed quarter is never changed'); END;
CREATE TRIGGER roadmap_remains BEFORE DELETE ON roadmap WHEN old.state = 'closed'
  BEGIN SELECT RAISE(ABORT, 'a closed quarter is never changed'); END;
CREATE TABLE roadmap_lock (         -- locked in, or vetoed, for one quarter
  quarter TEXT NOT NULL,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  lock TEXT NOT NULL CHECK (lock IN ('in', 'out')),
  reason TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (quarter, experiment_id)
) STRICT;
CREATE TABLE week (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  week TEXT NOT NULL,               -- ISO: 2026-W48
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  gpu_hours REAL, people_days REAL,
  carried_from TEXT,
  person TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (week, experiment_id)
) STRICT;

CREATE TABLE transfer (             -- a gate of a stage on the way to production
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  experiment_id INTEGER NOT NULL REFERENCES experiment,
  stage TEXT NOT NULL CHECK (stage IN ('offline', 'shadow', 'ab', 'launch')),
  gate TEXT NOT NULL,               -- '' is the stage itself
  state TEXT NOT NULL CHECK (state IN ('open', 'met', 'failed', 'waived')),
  note TEXT,
  details TEXT,                     -- JSON: value, target, unit, owner, thresholds, review_on, authority
  person TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (experiment_id, stage, gate)
) STRICT;

CREATE TABLE decision_memo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('proceed', 'pivot', 'stop')),
  state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'proposed', 'accepted', 'rejected', 'superseded')),
  hypothesis_id INTEGER REFERENCES hypothesis,
  experiments TEXT,                 -- JSON list of ids
  decision TEXT, question TEXT, change_mind TEXT, options TEXT, consequences TEXT, dissent TEXT,
  justification TEXT,               -- needed where it goes against the verdict
  deciders TEXT, review_on TEXT,
  supersedes INTEGER REFERENCES decision_memo,
  editors TEXT,                     -- JSON list: who wrote into it beside its author
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX decision_memo_by_hypothesis ON decision_memo (hypothesis_id);
CREATE TABLE memo_version (         -- the text as it was proposed, with the rows behind each number
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  memo_id INTEGER NOT NULL REFERENCES decision_memo,
  version INTEGER NOT NULL,
  markdown TEXT NOT NULL, facts TEXT NOT NULL, hash TEXT NOT NULL,
  person TEXT NOT NULL, at TEXT NOT NULL,
  UNIQUE (memo_id, version)
) STRICT;
CREATE TRIGGER memo_version_stays BEFORE UPDATE OF version, hash, person, at ON memo_version
  BEGIN SELECT RAISE(ABORT, 'a proposed memo is never changed: an edit makes the next version'); END;

CREATE TABLE approval (             -- what needs an authority's yes; nobody approves their own
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  what TEXT NOT NULL CHECK (what IN ('promotion', 'data', 'budget', 'publication', 'launch', 'stage', 'decision')),
  experiment_id INTEGER REFERENCES experiment,
  dataset_id INTEGER REFERENCES dataset,
  memo_id INTEGER REFERENCES decision_memo,
  hypothesis_id INTEGER REFERENCES hypothesis,
  version INTEGER,                  -- of the memo
  stage TEXT CHECK (stage IN ('shadow', 'ab', 'launch')),
  until TEXT,                       -- the last day for which it holds
  subject TEXT NOT NULL,            -- one line: what is asked
  authority TEXT NOT NULL,          -- who may say yes
  owners TEXT,                      -- JSON {name: why}: whose it was when it was asked for
  requested_by TEXT NOT NULL, requested_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn')),
  decided_by TEXT, decided_at TEXT, reason TEXT,
  CHECK (state NOT IN ('approved', 'refused') OR (decided_by IS NOT NULL AND decided_by != requested_by))
) STRICT;
CREATE INDEX approval_by_state ON approval (state);
CREATE TRIGGER approval_of_a_memo_not_by_its_author BEFORE UPDATE ON approval
  WHEN NEW.state IN ('approved', 'refused') AND NEW.decided_by IN (
    SELECT created_by FROM decision_memo WHERE id = NEW.memo_id
    UNION SELECT person FROM memo_version WHERE memo_id = NEW.memo_id
    UNION SELECT j.value FROM decision_memo m, json_each(m.editors) j WHERE m.id = NEW.memo_id)
  BEGIN SELECT RAISE(ABORT, 'nobody decides on their own memo'); END;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  happened_on TEXT NOT NULL, trigger TEXT,
  timeline TEXT,                    -- JSON: [{at, what}]
  verdicts TEXT, experiments TEXT, runs TEXT,   -- JSON lists: what is affected
  cause TEXT, learnings TEXT, follow_ups TEXT,
  owner TEXT, closed_by TEXT, closed_at TEXT,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
"""


def apply(db: Database) -> None:
    """Create the tables. Statement by statement: `executescript` would commit the caller's transaction."""
    pending = ""
    for line in _TABLES.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            db.execute(pending)
            pending = ""
