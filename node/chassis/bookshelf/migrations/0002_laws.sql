-- The newest version of each law that anybody has told of, so that lessons which rest
-- on an older one are looked at again.
CREATE TABLE library_laws (
  law TEXT NOT NULL,
  name TEXT NOT NULL,
  holds_from TEXT NOT NULL,
  CONSTRAINT library_laws_pk PRIMARY KEY (law)
);
