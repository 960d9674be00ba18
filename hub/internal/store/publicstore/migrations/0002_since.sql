-- The hour of the version of a document that is public.
ALTER TABLE public_documents ADD COLUMN since_at BIGINT NOT NULL DEFAULT 0;
