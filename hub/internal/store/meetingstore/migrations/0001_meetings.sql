-- Rows of meetings: on which days, who is host in which order.
CREATE TABLE meeting_series (
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_series_pk PRIMARY KEY (id)
);

CREATE TABLE meeting_meetings (
  id TEXT NOT NULL,
  series TEXT NOT NULL,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  start_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_meetings_pk PRIMARY KEY (id),
  CONSTRAINT meeting_meetings_number UNIQUE (series, year, number)
);

-- What was proposed, and what stands on an agenda (position above 0).
CREATE TABLE meeting_items (
  id TEXT NOT NULL,
  meeting TEXT NOT NULL,
  section TEXT NOT NULL,
  position BIGINT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_items_pk PRIMARY KEY (id)
);
CREATE INDEX meeting_items_meeting ON meeting_items (meeting, section, position);

-- What organisations have promised.
CREATE TABLE meeting_actions (
  id TEXT NOT NULL,
  meeting TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_actions_pk PRIMARY KEY (id)
);

-- Whether organisations come.
CREATE TABLE meeting_replies (
  meeting TEXT NOT NULL,
  organisation TEXT NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT meeting_replies_pk PRIMARY KEY (meeting, organisation)
);

-- Short lists of a meeting: who is present, remarks, texts that were written at once.
CREATE TABLE meeting_lines (
  id TEXT NOT NULL,
  meeting TEXT NOT NULL,
  kind TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT meeting_lines_pk PRIMARY KEY (id)
);
CREATE INDEX meeting_lines_meeting ON meeting_lines (meeting, kind, made_at);
