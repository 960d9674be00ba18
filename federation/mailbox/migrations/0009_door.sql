-- Where an activity goes instead of its peer's inbox: the hub's door for who applies.
-- '' is the inbox.
ALTER TABLE mailbox_outbox ADD COLUMN door TEXT NOT NULL DEFAULT '';
