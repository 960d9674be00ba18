CREATE TABLE account_users (
  id TEXT NOT NULL,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  lang TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  CONSTRAINT account_users_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX account_users_login ON account_users (login);
CREATE TABLE account_roles (
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  CONSTRAINT account_roles_pk PRIMARY KEY (user_id, role),
  CONSTRAINT account_roles_user_fk FOREIGN KEY (user_id) REFERENCES account_users (id)
);
CREATE TABLE account_sessions (
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  CONSTRAINT account_sessions_pk PRIMARY KEY (token_hash),
  CONSTRAINT account_sessions_user_fk FOREIGN KEY (user_id) REFERENCES account_users (id)
);
CREATE INDEX account_sessions_user ON account_sessions (user_id);
CREATE TABLE account_links (
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CONSTRAINT account_links_pk PRIMARY KEY (token_hash),
  CONSTRAINT account_links_user_fk FOREIGN KEY (user_id) REFERENCES account_users (id)
);
CREATE INDEX account_links_user ON account_links (user_id);
CREATE TABLE account_throttle (
  bucket TEXT NOT NULL,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  CONSTRAINT account_throttle_pk PRIMARY KEY (bucket)
);
