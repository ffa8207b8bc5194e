#!/bin/sh
# Run by the image of PostgreSQL when it has made a new cluster: the database, and the role that owns it, no superuser.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$BUSBAR_DATABASE_PASSWORD" -U postgres <<'END'
create role busbar login password :'password';
create database busbar owner busbar encoding 'UTF8' template template0;
revoke connect on database busbar from public;
END
