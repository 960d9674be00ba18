CREATE TABLE register_imports (
  id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  format TEXT NOT NULL,
  state TEXT NOT NULL,
  total_rows BIGINT NOT NULL,
  import_rows BIGINT NOT NULL,
  queue_rows BIGINT NOT NULL,
  refuse_rows BIGINT NOT NULL,
  units BIGINT NOT NULL,
  next_unit BIGINT NOT NULL,
  created_rows BIGINT NOT NULL,
  already_rows BIGINT NOT NULL,
  stop BOOLEAN NOT NULL,
  started_by TEXT NOT NULL,
  roles TEXT NOT NULL,
  uploaded_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT register_imports_pk PRIMARY KEY (id)
);
CREATE INDEX register_imports_uploaded ON register_imports (uploaded_at, id);

CREATE TABLE register_items (
  id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  unit BIGINT NOT NULL,
  row_number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  what TEXT NOT NULL,
  why TEXT NOT NULL,
  state TEXT NOT NULL,
  content_token BIGINT NOT NULL,
  unit_token BIGINT NOT NULL,
  case_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  CONSTRAINT register_items_pk PRIMARY KEY (id),
  CONSTRAINT register_items_position UNIQUE (import_id, position)
);
CREATE INDEX register_items_unit ON register_items (import_id, unit);
CREATE INDEX register_items_state ON register_items (state, import_id, position);
CREATE INDEX register_items_content ON register_items (content_token);
CREATE INDEX register_items_case ON register_items (unit_token);
