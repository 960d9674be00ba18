-- What the network says to everybody, with what is being written and not public yet.
CREATE TABLE public_documents (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  draft TEXT NOT NULL,
  live TEXT NOT NULL,
  revision BIGINT NOT NULL,
  written_by TEXT NOT NULL,
  released_by TEXT NOT NULL,
  first_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  returned BOOLEAN NOT NULL,
  pending_activity TEXT NOT NULL,
  pending_bytes BYTEA NOT NULL,
  pending_sha256 TEXT NOT NULL,
  pending_by TEXT NOT NULL,
  pending_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  CONSTRAINT public_documents_pk PRIMARY KEY (id)
);

-- Publications as they were released, to the byte, in the order in which they were
-- made, and how far each has got on its way to the followers.
CREATE TABLE public_activities (
  id TEXT NOT NULL,
  position BIGINT NOT NULL,
  document TEXT NOT NULL,
  type TEXT NOT NULL,
  body BYTEA NOT NULL,
  facts TEXT NOT NULL,
  decision TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  sent_to TEXT NOT NULL,
  sent BOOLEAN NOT NULL,
  CONSTRAINT public_activities_pk PRIMARY KEY (id),
  CONSTRAINT public_activities_order UNIQUE (position)
);
CREATE INDEX public_activities_document ON public_activities (document, position);

-- Who follows the public actor.
CREATE TABLE public_followers (
  actor TEXT NOT NULL,
  inbox TEXT NOT NULL,
  shared_inbox TEXT NOT NULL,
  post TEXT NOT NULL,
  key_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  follow_id TEXT NOT NULL,
  since_at BIGINT NOT NULL,
  CONSTRAINT public_followers_pk PRIMARY KEY (actor)
);
CREATE INDEX public_followers_post ON public_followers (post);
