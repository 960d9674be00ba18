CREATE TABLE jobs_queue (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  job_key TEXT NOT NULL,
  payload BYTEA NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  run_at BIGINT NOT NULL,
  lease_at BIGINT NOT NULL,
  owner TEXT NOT NULL,
  last_error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT jobs_queue_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX jobs_queue_ready ON jobs_queue (kind, job_key) WHERE state = 'ready';
CREATE INDEX jobs_queue_due ON jobs_queue (state, run_at);
CREATE TABLE jobs_periodic (
  name TEXT NOT NULL,
  next_at BIGINT NOT NULL,
  lease_at BIGINT NOT NULL,
  owner TEXT NOT NULL,
  CONSTRAINT jobs_periodic_pk PRIMARY KEY (name)
);
