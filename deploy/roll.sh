#!/bin/sh
# Replaces the containers of silos and gateways one after the other, by ones of the image and settings that are now there:
#   docker-compose build && deploy/roll.sh                 or: deploy/roll.sh gateway
# Each new one must be healthy before the next old one is stopped. COMPOSE="docker compose" for version 2 of compose; COMPOSE_FILE
# and COMPOSE_PROJECT_NAME are compose's own.
set -eu
cd "$(dirname "$0")/.."
compose=${COMPOSE:-docker-compose}
grace=40
patience=180

# shellcheck disable=SC2086 # COMPOSE may be two words
containers() { $compose ps -q "$1"; }

healthy() {
  for id in $(containers "$1"); do
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
  done
}

[ $# -gt 0 ] || set -- silo gateway
for service; do
  old=$(containers "$service")
  count=$(echo "$old" | wc -w | tr -d ' ')
  for id in $old; do
    echo "$service: $(docker inspect -f '{{.Name}}' "$id" | tr -d /)"
    docker stop -t "$grace" "$id" >/dev/null
    docker rm "$id" >/dev/null
    # shellcheck disable=SC2086
    $compose up -d --no-deps --no-recreate --scale "$service=$count" "$service" >/dev/null 2>&1
    waited=0
    until healthy "$service"; do
      waited=$((waited + 1))
      [ "$waited" -le "$patience" ] || { echo "$service is not healthy after $patience s; the rest stays as it is." >&2; exit 1; }
      sleep 1
    done
  done
done
