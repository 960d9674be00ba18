-- Where the hub takes applications of who was not invited ('' for nowhere), and the
-- application as it was last typed and shown, before it leaves.
ALTER TABLE network_standing ADD COLUMN hub_door TEXT NOT NULL DEFAULT '';
CREATE TABLE network_application (
  id TEXT NOT NULL,
  hub TEXT NOT NULL,
  about_th TEXT NOT NULL,
  about_en TEXT NOT NULL,
  services TEXT NOT NULL,
  regions TEXT NOT NULL,
  languages TEXT NOT NULL,
  contact TEXT NOT NULL,
  body TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  typed_by TEXT NOT NULL,
  typed_at BIGINT NOT NULL,
  CONSTRAINT network_application_pk PRIMARY KEY (id)
);
