# To be sourced: starts each proxy in the foreground of a folder of its own, with the block docs/proxies.md has for it. bash.

# The block of a proxy, with the ports it gets here. "manual": without what stands after a comment "Added". "tls": with TLS and HTTP/2 before it.
block_of() { # LANGUAGE manual|page|tls PORT SERVERPORT
  awk -v language="$1" -v kind="$2" '
    $0 == "```" language { inside = 1; next }
    $0 == "```" { inside = 0 }
    !inside { next }
    { match($0, /^ */); indent = RLENGTH }
    kind == "manual" && /^ *# Added/ { if (!skip) from = indent; skip = 1 }
    skip && ($0 == "" || indent < from) { skip = 0 }
    !skip' docs/proxies.md |
    sed -e "s/8080/$3/g" -e "s/3456/$4/g" -e "$([ "$2" != manual ] || echo 's/ login=PASSTHRU//')"
}

# A port nobody listens at now.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    [ -n "$(ss -Hltn "sport = :$port")" ] || break
  done
  echo $port
}

# The certificate of the proxies, which is its own authority: tls.crt, tls.key, and both in tls.pem.
make_certificate() { # FOLDER
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$1/tls.key" -out "$1/tls.crt" 2>"$1/tls.log"
  cat "$1/tls.crt" "$1/tls.key" >"$1/tls.pem"
  chmod 644 "$1"/tls.*
}

# Changes what comes in only where there is to be TLS.
with_tls() { # KIND SED-SCRIPT
  if [ "$1" = tls ]; then sed -e "$2"; else cat; fi
}

# Each writes what a Debian system has around the block, and becomes the proxy.

run_nginx() { # FOLDER KIND PORT SERVERPORT
  block_of nginx "$2" "$3" "$4" |
    with_tls "$2" "s|listen .*:$3|& ssl http2; ssl_certificate $data/tls.crt; ssl_certificate_key $data/tls.key|" >"$1/site.conf"
  {
    echo "daemon off; user root; worker_processes 2; pid $1/pid; error_log $1/log;"
    echo "events { worker_connections 768; }"
    echo "http { access_log off; gzip on;"
    for part in client_body proxy fastcgi uwsgi scgi; do echo "${part}_temp_path $1/$part;"; done
    echo "include $1/site.conf; }"
  } >"$1/nginx.conf"
  exec nginx -e "$1/log" -c "$1/nginx.conf"
}

run_haproxy() {
  {
    printf 'global\n    maxconn 2000\n'
    awk '/^[a-z]/ { on = /^defaults/ } on' /etc/haproxy/haproxy.cfg
    block_of haproxy "$2" "$3" "$4" | with_tls "$2" "s|bind .*|& ssl crt $data/tls.pem alpn h2,http/1.1|"
  } >"$1/haproxy.cfg"
  exec haproxy -db -f "$1/haproxy.cfg"
}

run_apache() {
  {
    printf '%s\n' "ServerRoot $1" "ServerName localhost" "PidFile $1/pid" "Mutex file:$1" "ErrorLog $1/log" "User www-data" "Group www-data"
    for module in mpm_event authz_core filter deflate proxy proxy_http; do
      echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    grep -E '^(Timeout|KeepAlive|MaxKeepAliveRequests|KeepAliveTimeout) ' /etc/apache2/apache2.conf
    cat /etc/apache2/mods-available/mpm_event.conf
    echo "Listen 127.0.0.1:$3"
    if [ "$2" = tls ]; then
      printf 'LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n' ssl ssl http2 http2
      printf '%s\n' "SSLCertificateFile $data/tls.crt" "SSLCertificateKeyFile $data/tls.key" "Protocols h2 http/1.1"
    fi
    block_of apache "$2" "$3" "$4" | with_tls "$2" 's|<VirtualHost.*|&\n    SSLEngine on|'
  } >"$1/apache.conf"
  exec apache2 -DFOREGROUND -f "$1/apache.conf"
}

run_caddy() {
  {
    printf '{\n    admin off\n    auto_https off\n}\n'
    block_of caddyfile "$2" "$3" "$4" | with_tls "$2" "s|http://\(.*:$3 {\)|https://\1\n    tls $data/tls.crt $data/tls.key|"
  } >"$1/Caddyfile"
  HOME=$1 exec caddy run --adapter caddyfile --config "$1/Caddyfile"
}

# A network's page for a login: 200 and HTML to everything.
run_portal() {
  printf '{\n    admin off\n    auto_https off\n}\nhttp://127.0.0.1:%s {\n    header Content-Type text/html\n%s\n}\n' "$3" \
    '    respond "<html><body>Welcome! Please log in.</body></html>" 200' >"$1/Caddyfile"
  HOME=$1 exec caddy run --adapter caddyfile --config "$1/Caddyfile"
}

run_varnish() {
  block_of vcl "$2" "$3" "$4" >"$1/default.vcl"
  exec varnishd -F -j none -n "$1/work" -a "127.0.0.1:$3" -f "$1/default.vcl" -s malloc,64m
}

squid_around() { # FOLDER
  printf '%s\n' "pid_filename $1/pid" "cache_log $1/log" "access_log none" "coredump_dir $1" "shutdown_lifetime 0 seconds" \
    "pinger_enable off" "visible_hostname localhost" "netdb_filename none"
}

run_squid() {
  { squid_around "$1"; block_of squid "$2" "$3" "$4" | with_tls "$2" "s|http_port \([^ ]*\)|https_port \1 tls-cert=$data/tls.crt tls-key=$data/tls.key|"; } >"$1/squid.conf"
  exec squid -N -f "$1/squid.conf"
}

# On the way out of a network.
run_forward() {
  { squid_around "$1"; printf '%s\n' "http_port 127.0.0.1:$3" "http_access allow localhost" "http_access deny all"; } >"$1/squid.conf"
  exec squid -N -f "$1/squid.conf"
}

run_lighttpd() {
  {
    printf '%s\n' 'server.bind = "127.0.0.1"' "server.port = $3" "server.document-root = \"$1\"" "server.upload-dirs = ( \"$1\" )"
    block_of lighttpd "$2" "$3" "$4"
    [ "$2" != tls ] || printf '%s\n' 'server.modules += ( "mod_openssl" )' 'ssl.engine = "enable"' "ssl.pemfile = \"$data/tls.pem\""
  } >"$1/lighttpd.conf"
  exec lighttpd -D -f "$1/lighttpd.conf"
}

run_h2o() {
  { printf '%s\n' "user: root" "pid-file: $1/pid" "error-log: $1/log" "num-threads: 2"; block_of h2o "$2" "$3" "$4" |
    with_tls "$2" "s|^  port: $3|&\n  ssl:\n    certificate-file: $data/tls.crt\n    key-file: $data/tls.key|"; } >"$1/h2o.conf"
  exec h2o -m worker -c "$1/h2o.conf"
}
