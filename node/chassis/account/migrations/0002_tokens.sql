CREATE TABLE account_tokens (
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  CONSTRAINT account_tokens_pk PRIMARY KEY (id),
  CONSTRAINT account_tokens_user_fk FOREIGN KEY (user_id) REFERENCES account_users (id)
);
CREATE UNIQUE INDEX account_tokens_hash ON account_tokens (token_hash);
CREATE INDEX account_tokens_user ON account_tokens (user_id);
