-- An attempt to log in that is over says nothing about anybody: it is forgotten. One that may still be finished cannot be.

CREATE FUNCTION login_attempt_keep_what_lives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.expires_at > clock_timestamp() THEN
    RAISE EXCEPTION 'an attempt to log in has not expired yet' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER login_attempt_keep_what_lives BEFORE DELETE ON login_attempt FOR EACH ROW EXECUTE FUNCTION login_attempt_keep_what_lives();
CREATE INDEX login_attempt_expiry ON login_attempt (expires_at);
GRANT DELETE ON login_attempt TO {{app}};

-- assert: SELECT count(*) = 1 FROM pg_trigger WHERE tgname = 'login_attempt_keep_what_lives'
