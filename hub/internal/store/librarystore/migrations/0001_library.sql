-- What members have said about lessons, to the byte and in the order in which it came.
CREATE TABLE library_said (
  position BIGINT NOT NULL,
  activity TEXT NOT NULL,
  author TEXT NOT NULL,
  about TEXT NOT NULL,
  kind TEXT NOT NULL,
  body BYTEA NOT NULL,
  said_at BIGINT NOT NULL,
  CONSTRAINT library_said_pk PRIMARY KEY (position),
  CONSTRAINT library_said_activity UNIQUE (activity)
);
CREATE INDEX library_said_about ON library_said (about);

-- How far it was passed on to each member.
CREATE TABLE library_reached (
  member TEXT NOT NULL,
  position BIGINT NOT NULL,
  CONSTRAINT library_reached_pk PRIMARY KEY (member)
);
