-- What each department may store: a warning from 80 % on, nothing more above 100 % (T5).
BEGIN;
-- First, so that uploads which come in between wait, and what they add is not counted twice.
LOCK TABLE document IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE IF NOT EXISTS department (
  name text PRIMARY KEY,
  quota_bytes bigint NOT NULL,
  used_bytes bigint NOT NULL DEFAULT 0
);
ALTER TABLE department ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_department ON department;
CREATE POLICY own_department ON department USING (name = current_setting('strata.department', true));
GRANT SELECT ON department TO tagging;

CREATE OR REPLACE FUNCTION document_bytes(title text, body text) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN octet_length(title)::bigint + octet_length(body);

-- Its lock on the department's row lasts until the transaction ends: of two uploads at once, the second one is held against
-- what the first one has left.
CREATE OR REPLACE FUNCTION charge_department(department text, bytes bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE own department;
BEGIN
  UPDATE department SET used_bytes = used_bytes + bytes WHERE name = charge_department.department RETURNING * INTO own;
  IF bytes < 0 THEN
    RETURN;
  ELSIF own IS NULL THEN
    RAISE EXCEPTION 'department "%" is none of the platform''s: it has no room for documents', department
      USING ERRCODE = 'foreign_key_violation', HINT = 'Departments are the tenants of the platform''s profile.';
  ELSIF own.used_bytes > own.quota_bytes THEN
    RAISE EXCEPTION 'documents of department "%" are full', department
      USING ERRCODE = 'configuration_limit_exceeded',
      DETAIL = format('%s bytes more would make %s bytes; %s bytes are allowed.', bytes, own.used_bytes, own.quota_bytes),
      HINT = 'Delete documents, or raise the tenant''s storage in the platform''s profile.';
  ELSIF own.used_bytes >= 0.8 * own.quota_bytes THEN
    RAISE WARNING 'documents of department "%" take % of % bytes', department, own.used_bytes, own.quota_bytes;
    IF own.used_bytes - bytes < 0.8 * own.quota_bytes THEN
      PERFORM pg_notify('department_quota', json_build_object('department', department, 'used', own.used_bytes, 'quota', own.quota_bytes)::text);
    END IF;
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION charge_department FROM PUBLIC;

-- Per statement, so that a thousand documents at once change their department's row once. In the order of names, so that two
-- of them never wait for each other. Where nothing but tags has changed, nobody waits at all.
CREATE OR REPLACE FUNCTION charge_departments() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM charge_department(department, bytes) FROM (
      SELECT department, sum(document_bytes(title, body))::bigint AS bytes FROM after GROUP BY department ORDER BY department
    ) AS change;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM charge_department(department, -bytes) FROM (
      SELECT department, sum(document_bytes(title, body))::bigint AS bytes FROM before GROUP BY department ORDER BY department
    ) AS change;
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM charge_department(department, bytes) FROM (
      SELECT department, sum(bytes)::bigint AS bytes FROM (
        SELECT department, document_bytes(title, body) AS bytes FROM after
        UNION ALL SELECT department, -document_bytes(title, body) FROM before
      ) AS part GROUP BY department HAVING sum(bytes) <> 0 ORDER BY department
    ) AS change;
  ELSE
    UPDATE department SET used_bytes = 0;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER charge_inserted AFTER INSERT ON document
  REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION charge_departments();
CREATE OR REPLACE TRIGGER charge_updated AFTER UPDATE ON document
  REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION charge_departments();
CREATE OR REPLACE TRIGGER charge_deleted AFTER DELETE ON document
  REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION charge_departments();
CREATE OR REPLACE TRIGGER charge_truncated AFTER TRUNCATE ON document
  FOR EACH STATEMENT EXECUTE FUNCTION charge_departments();

CREATE OR REPLACE VIEW department_usage AS
  SELECT name, used_bytes, quota_bytes,
    CASE WHEN used_bytes >= quota_bytes THEN 'full' WHEN used_bytes >= 0.8 * quota_bytes THEN 'warning' ELSE 'ok' END AS state
  FROM department ORDER BY name;
