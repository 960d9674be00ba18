CREATE TABLE cases (
  id TEXT NOT NULL,
  num BIGINT NOT NULL,
  intake_key TEXT NOT NULL,
  admin_status TEXT NOT NULL,
  since_at BIGINT NOT NULL,
  openness BIGINT NOT NULL,
  compartment TEXT NOT NULL,
  team TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  opened_on TEXT NOT NULL,
  province TEXT NOT NULL,
  interpreter TEXT NOT NULL,
  guardian_present TEXT NOT NULL,
  channel TEXT NOT NULL,
  legal_basis TEXT NOT NULL,
  conflict TEXT NOT NULL,
  wake_on TEXT NOT NULL,
  close_reason TEXT NOT NULL,
  local_token BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CONSTRAINT cases_pk PRIMARY KEY (id),
  CONSTRAINT cases_num UNIQUE (num),
  CONSTRAINT cases_key UNIQUE (intake_key)
);
CREATE INDEX cases_updated ON cases (updated_at, id);
CREATE INDEX cases_status ON cases (admin_status, updated_at);
CREATE INDEX cases_local ON cases (local_token);

CREATE TABLE case_issues (
  case_id TEXT NOT NULL,
  issue TEXT NOT NULL,
  position BIGINT NOT NULL,
  CONSTRAINT case_issues_pk PRIMARY KEY (case_id, issue)
);

CREATE TABLE case_persons (
  id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  role TEXT NOT NULL,
  sex TEXT NOT NULL,
  birth_year BIGINT NOT NULL,
  status_family TEXT NOT NULL,
  identity_token BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  CONSTRAINT case_persons_pk PRIMARY KEY (id)
);
CREATE INDEX case_persons_case ON case_persons (case_id, position);
CREATE INDEX case_persons_identity ON case_persons (identity_token);

CREATE TABLE case_assignments (
  case_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  since_at BIGINT NOT NULL,
  CONSTRAINT case_assignments_pk PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_assignments_user ON case_assignments (user_id, case_id);

CREATE TABLE case_circles (
  circle TEXT NOT NULL,
  user_id TEXT NOT NULL,
  CONSTRAINT case_circles_pk PRIMARY KEY (user_id, circle)
);

CREATE TABLE case_events (
  id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  position BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  sealed BYTEA,
  CONSTRAINT case_events_pk PRIMARY KEY (id)
);
CREATE INDEX case_events_case ON case_events (case_id, position);

CREATE TABLE case_consents (
  id TEXT NOT NULL,
  case_id TEXT NOT NULL,
  subjects TEXT NOT NULL,
  purpose TEXT NOT NULL,
  recipient TEXT NOT NULL,
  scope TEXT NOT NULL,
  fields TEXT NOT NULL,
  special BOOLEAN NOT NULL,
  basis TEXT NOT NULL,
  text_version TEXT NOT NULL,
  medium TEXT NOT NULL,
  minor BOOLEAN NOT NULL,
  assent BOOLEAN NOT NULL,
  given_on TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  withdrawn_at BIGINT NOT NULL,
  withdrawn_how TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT case_consents_pk PRIMARY KEY (id)
);
CREATE INDEX case_consents_case ON case_consents (case_id, recorded_at);

CREATE TABLE case_drafts (
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  updated_at BIGINT NOT NULL,
  CONSTRAINT case_drafts_pk PRIMARY KEY (id)
);
CREATE INDEX case_drafts_user ON case_drafts (user_id, updated_at);
