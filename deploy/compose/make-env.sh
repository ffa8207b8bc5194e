#!/bin/sh
# Prints a .env with secrets of your own:  sh make-env.sh > .env && chmod 600 .env
# Made once: with another pepper no station's password is valid any more. Keep a copy apart from the database's backups.
set -eu
secret() { openssl rand -hex 24; }
cat <<END
POSTGRES_PASSWORD=p$(secret)
BUSBAR_DATABASE_PASSWORD=p$(secret)
NATS_PASSWORD=p$(secret)
BUSBAR_PEPPER=p$(secret)
END
