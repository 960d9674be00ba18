CREATE TRIGGER rule_events_no_update BEFORE UPDATE ON rule_events
BEGIN
  SELECT raise(ABORT, 'what was done with the rules is append-only');
END;
CREATE TRIGGER rule_events_no_delete BEFORE DELETE ON rule_events
BEGIN
  SELECT raise(ABORT, 'what was done with the rules is append-only');
END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER rule_events_no_replace BEFORE INSERT ON rule_events
WHEN EXISTS (SELECT 1 FROM rule_events WHERE position = NEW.position OR (number = NEW.number AND revision = NEW.revision))
BEGIN
  SELECT raise(ABORT, 'what was done with the rules is append-only');
END;
