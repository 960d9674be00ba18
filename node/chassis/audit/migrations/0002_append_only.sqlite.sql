CREATE TRIGGER audit_ledger_no_update BEFORE UPDATE ON audit_ledger
BEGIN
  SELECT raise(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER audit_ledger_no_delete BEFORE DELETE ON audit_ledger
BEGIN
  SELECT raise(ABORT, 'the ledger is append-only');
END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER audit_ledger_no_replace BEFORE INSERT ON audit_ledger
WHEN EXISTS (SELECT 1 FROM audit_ledger WHERE chain = NEW.chain AND seq = NEW.seq)
BEGIN
  SELECT raise(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads
WHEN NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq + 1
BEGIN
  SELECT raise(ABORT, 'the head of the ledger moves one step at a time');
END;
CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads
BEGIN
  SELECT raise(ABORT, 'the head of the ledger stays');
END;
CREATE TRIGGER audit_heads_no_replace BEFORE INSERT ON audit_heads
WHEN EXISTS (SELECT 1 FROM audit_heads WHERE chain = NEW.chain)
BEGIN
  SELECT raise(ABORT, 'the head of the ledger stays');
END;
