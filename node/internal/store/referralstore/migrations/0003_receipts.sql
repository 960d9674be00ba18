-- Papers for clients on what has left. The code is random and names nobody.
CREATE TABLE referral_receipts (
  code TEXT NOT NULL,
  referral_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  issued_by TEXT NOT NULL,
  replaced_at BIGINT NOT NULL,
  CONSTRAINT referral_receipts_pk PRIMARY KEY (code),
  CONSTRAINT referral_receipts_of FOREIGN KEY (referral_id) REFERENCES referral_sent (id)
);
CREATE UNIQUE INDEX referral_receipts_one ON referral_receipts (referral_id) WHERE replaced_at = 0;
