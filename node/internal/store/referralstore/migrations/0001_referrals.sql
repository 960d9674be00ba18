-- Both ends of referrals, stage 1. Nothing here names a person: form, preview and
-- payload hold codes and generalised values only (classes C and D).

-- The sender's end. body is the exact offer as previewed and, once offered, as sent.
CREATE TABLE referral_sent (
  id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  state TEXT NOT NULL,
  target TEXT NOT NULL,
  form TEXT NOT NULL,
  activity_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  preview TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  body BYTEA,
  respond_by_at BIGINT NOT NULL,
  answer_by_at BIGINT NOT NULL,
  drafted_by TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  offered_at BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  expected TEXT NOT NULL,
  reason TEXT NOT NULL,
  suggested TEXT NOT NULL,
  confirmed TEXT NOT NULL,
  engagement TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT referral_sent_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX referral_sent_activity ON referral_sent (activity_id) WHERE activity_id <> '';
CREATE INDEX referral_sent_case ON referral_sent (case_id, changed_at);
CREATE INDEX referral_sent_due ON referral_sent (state, answer_by_at);
CREATE INDEX referral_sent_changed ON referral_sent (changed_at);

CREATE TABLE referral_sent_events (
  referral_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  CONSTRAINT referral_sent_events_pk PRIMARY KEY (referral_id, n),
  CONSTRAINT referral_sent_events_of FOREIGN KEY (referral_id) REFERENCES referral_sent (id)
);

-- The receiver's end.
CREATE TABLE referral_received (
  id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  sender TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL,
  payload TEXT NOT NULL,
  respond_by_at BIGINT NOT NULL,
  arrived_at BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  expected TEXT NOT NULL,
  reason TEXT NOT NULL,
  suggested TEXT NOT NULL,
  confirmed TEXT NOT NULL,
  engagement_id TEXT NOT NULL,
  engagement TEXT NOT NULL,
  taken_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT referral_received_pk PRIMARY KEY (id),
  CONSTRAINT referral_received_offer UNIQUE (offer_id)
);
CREATE UNIQUE INDEX referral_received_engagement ON referral_received (engagement_id) WHERE engagement_id <> '';
CREATE INDEX referral_received_state ON referral_received (state, arrived_at);

CREATE TABLE referral_received_events (
  offer_id TEXT NOT NULL,
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  what TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  CONSTRAINT referral_received_events_pk PRIMARY KEY (offer_id, n),
  CONSTRAINT referral_received_events_of FOREIGN KEY (offer_id) REFERENCES referral_received (id)
);
