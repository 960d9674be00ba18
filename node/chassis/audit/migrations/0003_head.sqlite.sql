-- One statement may write several lines, so the head may move several steps: forwards, and to a line that is there.
DROP TRIGGER audit_heads_forward;
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads
WHEN NEW.chain <> OLD.chain OR NEW.seq <= OLD.seq
  OR NOT EXISTS (SELECT 1 FROM audit_ledger WHERE chain = NEW.chain AND seq = NEW.seq AND hash = NEW.hash)
BEGIN
  SELECT raise(ABORT, 'the head of the ledger moves forwards to a line');
END;
