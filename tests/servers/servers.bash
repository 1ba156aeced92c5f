# servers.bash - real servers for the command tests, each on a free port of 127.0.0.1 with all that it writes below
# $BATS_FILE_TMPDIR, and stopped by stop_servers. `scripts/fetch-servers` unpacks the programs.
# shellcheck disable=SC2034 # the ports are for the tests

SERVERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
UNPACKED=$SERVERS/../../build/servers/root

# One free port; taken again at once by the server that it is for.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# have PROGRAM PACKAGE: skips the test if the program was not fetched.
have() {
    [ -x "$UNPACKED/$1" ] || skip "this distribution has no package $2 (build/servers/missing)"
}

# serve NAME COMMAND...: in the background, its process id in NAME.pid, what it says in NAME.log.
serve() {
    local name=$1
    shift
    "$@" >"$BATS_FILE_TMPDIR/$name.log" 2>&1 3>&- </dev/null &
    echo $! >"$BATS_FILE_TMPDIR/$name.pid"
}

# Waits until a URL answers, 20 s at most.
answers() {
    local i
    for i in $(seq 200); do
        curl --silent --noproxy '*' --cacert "$BATS_FILE_TMPDIR/ca.pem" --output /dev/null "$@" && return
        sleep 0.1
    done
    tail -n 5 "$BATS_FILE_TMPDIR"/*.log
    return 1
}

stop_servers() {
    local file
    for file in "$BATS_FILE_TMPDIR"/*.pid; do
        [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
}

start_pushgateway() { # PORT
    serve pushgateway "$UNPACKED/usr/bin/prometheus-pushgateway" --web.listen-address="127.0.0.1:$1"
    answers "http://127.0.0.1:$1/-/ready"
}

start_influx() { # PORT RPC-PORT
    local at=$BATS_FILE_TMPDIR/influx
    mkdir -p "$at"
    cat >"$at.conf" <<END
reporting-disabled = true
bind-address = "127.0.0.1:$2"
[meta]
  dir = "$at/meta"
[data]
  dir = "$at/data"
  wal-dir = "$at/wal"
[http]
  bind-address = "127.0.0.1:$1"
  log-enabled = false
END
    serve influx "$UNPACKED/usr/bin/influxd" -config "$at.conf"
    answers "http://127.0.0.1:$1/ping"
    curl --silent --noproxy '*' "http://127.0.0.1:$1/query" --data-urlencode 'q=CREATE DATABASE gpubench' >/dev/null
}

start_victoria() { # PORT
    serve victoria "$UNPACKED/usr/bin/victoria-metrics" -httpListenAddr="127.0.0.1:$1" \
        -storageDataPath="$BATS_FILE_TMPDIR/victoria" -retentionPeriod=100y -search.latencyOffset=0s
    answers "http://127.0.0.1:$1/health"
}

# certificate NAME SUBJECT-ALT-NAME [OPENSSL-ARGUMENT...]: NAME.pem and NAME.key, signed by ca.pem.
certificate() {
    local at=$BATS_FILE_TMPDIR name=$1 names=$2
    shift 2
    [ -e "$at/ca.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=gpubench test CA' \
        -keyout "$at/ca.key" -out "$at/ca.pem" 2>/dev/null
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout "$at/$name.key" -out "$at/$name.csr" 2>/dev/null
    openssl x509 -req -in "$at/$name.csr" -CA "$at/ca.pem" -CAkey "$at/ca.key" -CAcreateserial \
        -extfile <(echo "subjectAltName=$names") -out "$at/$name.pem" "$@" 2>/dev/null
}

start_nginx() { # PORT: WebDAV over TLS, below /results/, for the user "ci" with password planted-password below /private/
    local at=$BATS_FILE_TMPDIR/nginx
    mkdir -p "$at/www/results" "$at/www/private" "$at/tmp"
    certificate nginx IP:127.0.0.1 -days 30
    printf 'ci:%s\n' "$(openssl passwd -apr1 planted-password)" >"$at/users"
    cat >"$at.conf" <<END
daemon off;
master_process off;
pid $at/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $at/tmp/body;
    proxy_temp_path $at/tmp/proxy;
    fastcgi_temp_path $at/tmp/fastcgi;
    uwsgi_temp_path $at/tmp/uwsgi;
    scgi_temp_path $at/tmp/scgi;
    server {
        listen 127.0.0.1:$1 ssl;
        ssl_certificate $BATS_FILE_TMPDIR/nginx.pem;
        ssl_certificate_key $BATS_FILE_TMPDIR/nginx.key;
        root $at/www;
        client_max_body_size 32m;
        dav_methods PUT DELETE;
        create_full_put_path on;
        location /private/ {
            auth_basic gpubench;
            auth_basic_user_file $at/users;
        }
    }
}
END
    serve nginx "$UNPACKED/usr/sbin/nginx" -e stderr -p "$at" -c "$at.conf"
    answers "https://127.0.0.1:$1/"
}

# start_faulty [ARGUMENT...]: faulty.py, whose ports are then in $BATS_FILE_TMPDIR/ports, NAME=PORT a line.
start_faulty() {
    certificate good IP:127.0.0.1 -days 30
    certificate other DNS:elsewhere.example -days 30
    certificate expired IP:127.0.0.1 -not_before 20200101000000Z -not_after 20200201000000Z 2>/dev/null ||
        certificate expired IP:127.0.0.1 -days -1
    serve faulty python3 "$SERVERS/faulty.py" "$BATS_FILE_TMPDIR"
    local i
    for i in $(seq 100); do
        [ ! -s "$BATS_FILE_TMPDIR/ports" ] || return 0
        sleep 0.1
    done
    cat "$BATS_FILE_TMPDIR/faulty.log"
    return 1
}

port_of() {
    sed -n "s/^$1=//p" "$BATS_FILE_TMPDIR/ports"
}

# A reference result as if it had been measured just now: some servers take no old times.
fresh() { # NAME [JQ-FILTER]
    jq "(.started = (now | todate)) | ${2:-.}" "$ROOT/results/reference/$1.json"
}

pending() {
    find "$GPUBENCH_RESULTS/.pending" -type f -name '*.pending' 2>/dev/null | wc -l
}
