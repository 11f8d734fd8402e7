#!/bin/sh
# Writes what depends on the machine, then starts nginx.
#   SERVER_NAMES      the host names answered ("support.example.com"); empty: every name
#   TRUSTED_PROXIES   the networks of a CDN or load balancer in front ("203.0.113.0/24 2001:db8::/32")
#   REAL_IP_HEADER    the header in which it names the visitor (X-Forwarded-For, CF-Connecting-IP)
#   /etc/nginx/tls    fullchain.pem and privkey.pem; without them plain HTTP is served
set -eu

out=${OUT:-/etc/nginx/aftercare}
tls=${TLS:-/etc/nginx/tls}
mkdir -p "$out"

{
    echo 'geo $realip_remote_addr $from_proxy {'
    echo '    default 0;'
    for network in ${TRUSTED_PROXIES:-}; do echo "    $network 1;"; done
    echo '}'
    for network in ${TRUSTED_PROXIES:-}; do echo "set_real_ip_from $network;"; done
    echo "real_ip_header ${REAL_IP_HEADER:-X-Forwarded-For};"
    echo 'real_ip_recursive on;'
} > "$out/real_ip.conf"

if [ -f "$tls/fullchain.pem" ] && [ -f "$tls/privkey.pem" ]; then
    cat > "$out/listen.conf" <<CONF
listen 443 ssl;
listen [::]:443 ssl;
http2 on;
ssl_certificate $tls/fullchain.pem;
ssl_certificate_key $tls/privkey.pem;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:tls:10m;
ssl_session_timeout 1d;
add_header Strict-Transport-Security "max-age=31536000" always;
proxy_cookie_flags session_id secure samesite=lax;
CONF
    cat > "$out/redirect.conf" <<CONF
server {
    listen 80 default_server;
    listen [::]:80 default_server;
    location /.well-known/acme-challenge/ { root /var/www/acme; }
    location / { return 301 https://\$host\$request_uri; }
}
CONF
else
    echo "aftercare: no certificate in $tls, so plain HTTP is served" >&2
    printf 'listen 80;\nlisten [::]:80;\n' > "$out/listen.conf"
    : > "$out/redirect.conf"
fi

if [ -n "${SERVER_NAMES:-}" ]; then
    echo "server_name $SERVER_NAMES;" > "$out/names.conf"
    # whoever asks for another name gets no answer
    { echo 'server {'; sed -n '/^listen/s/;$/ default_server;/p; /^ssl_certificate/p' "$out/listen.conf"
      echo 'return 444;'; echo '}'; } > "$out/others.conf"
else
    echo 'server_name _;' > "$out/names.conf"
    : > "$out/others.conf"
fi

exec nginx -c "${CONF:-/etc/nginx/nginx.conf}" -g 'daemon off;'
