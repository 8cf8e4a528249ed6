#!/bin/bash
# Run once by the postgres image, in an empty data volume: the roles and databases that `rongqiao migrate` expects. The same as
# libs/platform/database/provisioning.ts does for the embedded server.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set read="$READ_PASSWORD" --set bank="$BANK_PASSWORD" <<'SQL'
CREATE ROLE rongqiao_owner LOGIN PASSWORD :'owner';
CREATE ROLE rongqiao_app LOGIN PASSWORD :'app';
CREATE ROLE rongqiao_read LOGIN PASSWORD :'read';
CREATE ROLE rongqiao_bank LOGIN PASSWORD :'bank';
CREATE DATABASE rongqiao OWNER rongqiao_owner;
CREATE DATABASE rongqiao_bank OWNER rongqiao_bank;
REVOKE ALL ON DATABASE rongqiao FROM PUBLIC;
REVOKE ALL ON DATABASE rongqiao_bank FROM PUBLIC;
GRANT CONNECT ON DATABASE rongqiao TO rongqiao_app, rongqiao_read;
SQL
