-- Meetings of the network that the organisation was called to, with the agenda, its
-- own reply, and the minutes as they were sent last.
CREATE TABLE meeting_calls (
  id TEXT NOT NULL,
  start_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_calls_pk PRIMARY KEY (id)
);

-- What the organisation has proposed, and what became of it.
CREATE TABLE meeting_proposals (
  id TEXT NOT NULL,
  meeting TEXT NOT NULL,
  written_by TEXT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_proposals_pk PRIMARY KEY (id)
);

-- What the organisation has promised.
CREATE TABLE meeting_tasks (
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_tasks_pk PRIMARY KEY (id)
);
