#!/usr/bin/env bash
# A forward proxy answers 407 while it wants to know who you are, and one expects 407 again when the password is wrong. tinyproxy says 401 then, which is a
# web server's word, also to CONNECT: a client that tells "the proxy wants a password" by 407 alone says something else to a person who mistyped it.
# Debian 12 (amd64), no root. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "$proxy" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -q tinyproxy-bin=1.11.1-2.1+deb12u1 >/dev/null
dpkg -x tinyproxy-bin_*.deb .
port=$((20000 + RANDOM % 10000))
printf '%s\n' "Port $port" "Listen 127.0.0.1" "Timeout 30" "MaxClients 10" "Allow 127.0.0.1" "BasicAuth me secret" >proxy.conf
usr/bin/tinyproxy -v
usr/bin/tinyproxy -d -c proxy.conf >log 2>&1 &
proxy=$!
for _ in $(seq 50); do
  curl -s -o answer "http://127.0.0.1:$port/" && break
  sleep 0.1
done
# What the proxy says to CONNECT; curl gives up then, as it should.
answer_to() { curl -s -o answer -w '%{http_connect}' -x "http://$1127.0.0.1:$port" https://host.invalid/ || true; }
none=$(answer_to '')
wrong=$(answer_to 'me:wrong@')
echo "no password: $none, wrong password: $wrong"
[ "$none" = 407 ] && [ "$wrong" = 401 ]
