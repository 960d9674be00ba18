-- Numbers drawn for activities that are shown to people before they are sent.
CREATE TABLE mailbox_reserved (
  peer TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  CONSTRAINT mailbox_reserved_pk PRIMARY KEY (peer, sequence)
);
