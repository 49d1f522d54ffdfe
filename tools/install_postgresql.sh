#!/usr/bin/env bash
# Install Debian's PostgreSQL where it is missing, for the tests that ask PostgreSQL the same as Avila.
# They start a server of their own, so no cluster is made and no service started here.
set -euo pipefail

if compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' > /dev/null || command -v pg_ctl > /dev/null; then
  exit 0
fi
if ! command -v apt-get > /dev/null; then
  echo "PostgreSQL is missing, and there is no apt-get to install it with: install PostgreSQL by hand." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "PostgreSQL is missing, and only root may install it: run 'sudo $0'." >&2
  exit 1
fi

# Read by the package when it is set up: without it, it makes a cluster and starts it.
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/avila.conf

export DEBIAN_FRONTEND=noninteractive
patiently=(-qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
apt-get "${patiently[@]}" update
apt-get "${patiently[@]}" install -y --no-install-recommends postgresql > /dev/null
