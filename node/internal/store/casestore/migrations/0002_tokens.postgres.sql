CREATE TABLE case_tokens (
  token BIGINT NOT NULL,
  case_num BIGINT NOT NULL,
  CONSTRAINT case_tokens_pk PRIMARY KEY (token, case_num)
);
