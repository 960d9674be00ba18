-- What members have learned and told each other, the same on every server.
CREATE TABLE library_lessons (
  id TEXT NOT NULL,
  num BIGINT NOT NULL,
  iri TEXT NOT NULL,
  author TEXT NOT NULL,
  revision BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL,
  folded TEXT NOT NULL,
  first_at BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  own BOOLEAN NOT NULL,
  passed_at BIGINT NOT NULL,
  changed TEXT NOT NULL,
  CONSTRAINT library_lessons_pk PRIMARY KEY (id),
  CONSTRAINT library_lessons_num UNIQUE (num)
);

CREATE TABLE library_versions (
  lesson TEXT NOT NULL,
  revision BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  text TEXT NOT NULL,
  CONSTRAINT library_versions_pk PRIMARY KEY (lesson, revision)
);

CREATE TABLE library_remarks (
  id TEXT NOT NULL,
  iri TEXT NOT NULL,
  lesson TEXT NOT NULL,
  about TEXT NOT NULL,
  author TEXT NOT NULL,
  kind TEXT NOT NULL,
  result TEXT NOT NULL,
  text TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  own BOOLEAN NOT NULL,
  retired BOOLEAN NOT NULL,
  CONSTRAINT library_remarks_pk PRIMARY KEY (id)
);
CREATE INDEX library_remarks_lesson ON library_remarks (lesson, made_at);

-- Which lessons hold a piece of three letters, or a code: two letters each, 1024
-- lessons to a row, so that a new lesson touches small rows only.
CREATE TABLE library_terms (
  term TEXT NOT NULL,
  chunk BIGINT NOT NULL,
  lessons TEXT NOT NULL,
  CONSTRAINT library_terms_pk PRIMARY KEY (term, chunk)
);
