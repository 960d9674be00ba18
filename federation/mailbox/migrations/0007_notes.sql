-- What the operator should know of a peer, one of each kind: the latest.
CREATE TABLE mailbox_notes (
  peer TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  noted_at BIGINT NOT NULL,
  CONSTRAINT mailbox_notes_pk PRIMARY KEY (peer, kind)
);
