#!/bin/sh
# Makes the certificates of the cluster: silos and gateways show them to each other and take no others.
#   deploy/make-certs.sh [FOLDER]    default: deploy/certs
# FOLDER/ca.key and ca.crt are made once; FOLDER/cluster/ (all that containers see) gets a new key and certificate at each run.
# To renew: run it again, then restart silos and gateways one after the other; old and new certificates are of one CA.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/certs}
days=825

# The folder itself is closed to others on this machine, so what lies in cluster/ can be readable for the containers' user.
mkdir -p "$folder/cluster"
chmod 700 "$folder"

if [ ! -s "$folder/ca.key" ]; then
  openssl ecparam -name prime256v1 -genkey -noout -out "$folder/ca.key"
  openssl req -x509 -new -key "$folder/ca.key" -sha256 -days 3650 -out "$folder/ca.crt" \
    -subj "/CN=OpenClaw cluster CA" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/extensions" <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:openclaw-cluster
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
END
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$work/node.key"
openssl req -new -key "$work/node.key" -sha256 -subj "/CN=openclaw-cluster" -out "$work/node.csr"
openssl x509 -req -in "$work/node.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -sha256 -days "$days" \
  -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/extensions" -out "$work/node.crt" 2>/dev/null

chmod 755 "$folder/cluster"
cp "$folder/ca.crt" "$work/ca.crt"
for name in ca.crt node.crt node.key; do
  chmod 644 "$work/$name"
  mv -f "$work/$name" "$folder/cluster/$name"
done
echo "Certificates for $days days in $folder/cluster"
