-- What is next for a peer, and what waits for the clock by itself, are found
-- without a look at everything that waits.
CREATE INDEX mailbox_outbox_next ON mailbox_outbox (peer, sequence) WHERE state IN ('waiting','sending');
CREATE INDEX mailbox_outbox_alone ON mailbox_outbox (next_at) WHERE next_at > 0;
