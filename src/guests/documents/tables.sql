-- Documents and tags, found by words and by parts of words (T9), each department's for itself (SC-01).
SELECT 'CREATE ROLE tagging LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tagging') \gexec
SELECT 'CREATE DATABASE tagging' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tagging') \gexec
\connect tagging
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE IF NOT EXISTS document (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  department text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  tags jsonb NOT NULL DEFAULT '[]',
  created timestamptz NOT NULL DEFAULT now(),
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || body)) STORED
);
CREATE INDEX IF NOT EXISTS document_words ON document USING gin (words);
CREATE INDEX IF NOT EXISTS document_parts ON document USING gin (title gin_trgm_ops, body gin_trgm_ops);
CREATE INDEX IF NOT EXISTS document_tags ON document USING gin (tags);
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_department ON document;
CREATE POLICY own_department ON document USING (department = current_setting('strata.department', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON document TO tagging;
