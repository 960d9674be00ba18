-- What an organisation has said of itself when it applied without having been
-- invited; uninvited is 1 for one whose key nobody has compared yet.
ALTER TABLE network_members ADD COLUMN uninvited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE network_members ADD COLUMN said_th TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN said_en TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN said_contact TEXT NOT NULL DEFAULT '';
-- What the secretariat has settled for the network as a whole, one row.
CREATE TABLE network_settings (
  id TEXT NOT NULL,
  door BIGINT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  CONSTRAINT network_settings_pk PRIMARY KEY (id)
);
