CREATE FUNCTION rule_events_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'what was done with the rules is append-only';
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER rule_events_no_change BEFORE UPDATE OR DELETE ON rule_events FOR EACH ROW EXECUTE FUNCTION rule_events_append_only();
CREATE TRIGGER rule_events_no_truncate BEFORE TRUNCATE ON rule_events FOR EACH STATEMENT EXECUTE FUNCTION rule_events_append_only();
