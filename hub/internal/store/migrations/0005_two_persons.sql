-- What a proposal is for, and the reason where it is to expel. Those made before were all
-- to make a full member; the history says so too.
ALTER TABLE network_members ADD COLUMN proposed_act TEXT NOT NULL DEFAULT '';
ALTER TABLE network_members ADD COLUMN proposed_reason TEXT NOT NULL DEFAULT '';
UPDATE network_members SET proposed_act = 'full' WHERE proposed_by <> '';
UPDATE network_member_events SET kind = 'proposed_full' WHERE kind = 'proposed';
