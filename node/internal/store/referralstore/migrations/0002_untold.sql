-- Withdrawals that the other member could not be told of when they were made,
-- because one of the two was suspended: they are told when they can be.
ALTER TABLE referral_sent ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
CREATE INDEX referral_sent_untold ON referral_sent (id) WHERE untold <> 0;
