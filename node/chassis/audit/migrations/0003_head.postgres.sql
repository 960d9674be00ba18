-- One statement may write several lines, so the head may move several steps: forwards, and to a line that is there.
CREATE OR REPLACE FUNCTION audit_head_forward() RETURNS trigger AS $$
BEGIN
  IF NEW.chain <> OLD.chain OR NEW.seq <= OLD.seq
     OR NOT EXISTS (SELECT 1 FROM audit_ledger WHERE chain = NEW.chain AND seq = NEW.seq AND hash = NEW.hash) THEN
    RAISE EXCEPTION 'the head of the ledger moves forwards to a line';
  END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
