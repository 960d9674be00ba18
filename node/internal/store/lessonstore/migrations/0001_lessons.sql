-- Lessons of this organisation, as they are written and read here.
CREATE TABLE lessons (
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  live TEXT NOT NULL,
  revision BIGINT NOT NULL,
  from_case BOOLEAN NOT NULL,
  writers TEXT NOT NULL,
  insiders TEXT NOT NULL,
  readings TEXT NOT NULL,
  returned BOOLEAN NOT NULL,
  activity TEXT NOT NULL,
  reason TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT lessons_pk PRIMARY KEY (id)
);

-- What people have typed and not saved, each for themselves.
CREATE TABLE lesson_typing (
  lesson TEXT NOT NULL,
  user_id TEXT NOT NULL,
  base BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  typed_at BIGINT NOT NULL,
  CONSTRAINT lesson_typing_pk PRIMARY KEY (lesson, user_id)
);

-- Remarks about lessons of others that wait for a second person.
CREATE TABLE lesson_remarks (
  id TEXT NOT NULL,
  lesson TEXT NOT NULL,
  about TEXT NOT NULL,
  kind TEXT NOT NULL,
  result TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  said_by TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  activity TEXT NOT NULL,
  CONSTRAINT lesson_remarks_pk PRIMARY KEY (id)
);
