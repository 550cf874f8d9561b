#!/bin/sh
# Writes .env with fresh secrets, and the certificates silos and gateways show each other. Run it once, from any folder:
#   deploy/make-env.sh [FOLDER]      FOLDER: where .env goes; default: the one that has docker-compose.yml
# It never touches an .env that is there: the database keeps its first password, and tokens in use would stop working.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
folder=$(cd "${1:-$here/..}" && pwd)
file=$folder/.env

if [ -e "$file" ]; then
  echo "$file exists and stays as it is. To start anew: docker-compose down -v, delete it, run this again." >&2
  exit 1
fi

# random LENGTH CHARACTERS
random() { LC_ALL=C tr -dc "$2" </dev/urandom | head -c "$1"; }

# CRC-32 of a text as eight hex digits: the first four bytes of gzip's trailer, lowest first.
crc32() {
  # shellcheck disable=SC2046 # four words are wanted
  set -- $(printf %s "$1" | gzip -c | tail -c 8 | od -An -tx1 -N4)
  printf %s "$4$3$2$1"
}

# token KIND: src/Gateway/Security/TokenText.cs has the form
token() {
  head="ocl_$1_$(random 10 a-z0-9)_$(random 43 0-9A-Za-z)"
  printf %s "$head$(crc32 "$head")"
}

certificates=
if command -v openssl >/dev/null 2>&1; then
  "$here/make-certs.sh" "$folder/deploy/certs" >&2
  certificates=/certs
else
  mkdir -p "$folder/deploy/certs/cluster"
  echo "openssl is not here: silos and gateways will talk without TLS. Install it, run deploy/make-certs.sh and see .env.example." >&2
fi

# Written beside and renamed: whole or not at all.
cat >"$file.new" <<END
# Secrets of this installation, made by deploy/make-env.sh. .env.example explains each line and has more.
POSTGRES_PASSWORD=$(random 40 0-9A-Za-z)
OPENCLAW_ADMIN_TOKEN=$(token adm)
OPENCLAW_CLIENT_TOKEN=$(token cli)
OPENCLAW_WORKER_TOKEN=$(token wrk)
WORKER_TOKEN=$(random 40 0-9A-Za-z)
OPENCLAW_CLUSTER_CERT=${certificates:+$certificates/node.crt}
OPENCLAW_CLUSTER_KEY=${certificates:+$certificates/node.key}
OPENCLAW_CLUSTER_CA=${certificates:+$certificates/ca.crt}
END
mv "$file.new" "$file"
echo "Wrote $file (for its owner's eyes only). Next: docker-compose up -d --scale silo=3 --scale gateway=2"
