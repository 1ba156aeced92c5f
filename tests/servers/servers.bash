# servers.bash - real servers for the command tests, each on a free port of 127.0.0.1 with all that it writes below
# $BATS_FILE_TMPDIR, stopped by stop_servers or with the process that started it: setup_file, or a test that alone needs it.
# `scripts/make/fetch-servers` unpacks the programs.
# shellcheck disable=SC2034 # the ports are for the tests

SERVERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
UNPACKED=$SERVERS/../../build/servers/root

# Prints a free port, which the server that it is for has to take at once.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The package and the program of a server, or of promtool.
unpacked() {
    case $1 in
    pushgateway) echo prometheus-pushgateway bin/prometheus-pushgateway ;;
    influx) echo influxdb bin/influxd ;;
    victoria) echo victoria-metrics bin/victoria-metrics ;;
    nginx) echo nginx sbin/nginx ;;
    promtool) echo prometheus bin/promtool ;;
    exporter) echo prometheus-node-exporter bin/prometheus-node-exporter ;;
    esac
}

# Prints the program's path; fails if it was not fetched.
program() {
    local package path
    read -r package path < <(unpacked "$1")
    [ -x "$UNPACKED/usr/$path" ] && echo "$UNPACKED/usr/$path"
}

# needs NAME: sets $port of a server, or skips the test if its program was not fetched.
needs() {
    local package
    read -r package _ < <(unpacked "$1")
    program "$1" >/dev/null ||
        skip "$(grep -hs "^$package " "$UNPACKED/../missing" || echo "$package has not been fetched: scripts/make/fetch-servers")"
    [ "$1" = promtool ] || port=$(<"$BATS_FILE_TMPDIR/$1.port")
}

# serve NAME COMMAND...: runs it in the background, with its process id in NAME.pid and its output in NAME.log.
serve() {
    local name=$1
    shift
    setpriv --pdeathsig KILL "$@" >"$BATS_FILE_TMPDIR/$name.log" 2>&1 3>&- </dev/null &
    echo $! >"$BATS_FILE_TMPDIR/$name.pid"
    disown # so that the shell does not report that it was killed
}

# answers NAME URL: waits until that server answers, for at most 60 s; fails if the server ends.
answers() {
    local i process
    process=$(<"$BATS_FILE_TMPDIR/$1.pid")
    for i in $(seq 600); do
        kill -0 "$process" 2>/dev/null || return
        curl --silent --noproxy '*' --cacert "$BATS_FILE_TMPDIR/ca.pem" --output /dev/null "$2" && return
        sleep 0.1
    done
    return 1
}

# start NAME: runs start_NAME on a free port, written to NAME.port; tries another if that port was taken meanwhile.
start() {
    local i port
    for i in 1 2 3; do
        port=$(free_port)
        "start_$1" "$port" && echo "$port" >"$BATS_FILE_TMPDIR/$1.port" && return
    done
    tail -n 5 "$BATS_FILE_TMPDIR/$1.log"
    return 1
}

stop_servers() {
    local file
    for file in "$BATS_FILE_TMPDIR"/*.pid; do
        [ ! -e "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null || true
    done
}

# Node exporter's textfile collector alone, over the files of ./textfile.
start_exporter() { # PORT
    serve exporter "$(program exporter)" --web.listen-address="127.0.0.1:$1" --collector.disable-defaults \
        --collector.textfile --collector.textfile.directory="$PWD/textfile"
    answers exporter "http://127.0.0.1:$1/metrics"
}

start_pushgateway() { # PORT
    # Debian's default is a file below /var/lib, which every run of the tests would share.
    serve pushgateway "$(program pushgateway)" --web.listen-address="127.0.0.1:$1" \
        --persistence.file="$BATS_FILE_TMPDIR/pushgateway.data"
    answers pushgateway "http://127.0.0.1:$1/-/ready"
}

start_influx() { # PORT
    local at=$BATS_FILE_TMPDIR/influx
    mkdir -p "$at"
    cat >"$at.conf" <<END
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "$at/meta"
[data]
  dir = "$at/data"
  wal-dir = "$at/wal"
[http]
  bind-address = "127.0.0.1:$1"
  log-enabled = false
END
    serve influx "$(program influx)" -config "$at.conf"
    answers influx "http://127.0.0.1:$1/ping" || return
    curl --silent --noproxy '*' "http://127.0.0.1:$1/query" --data-urlencode 'q=CREATE DATABASE gpubench' >/dev/null
}

start_victoria() { # PORT
    serve victoria "$(program victoria)" -httpListenAddr="127.0.0.1:$1" \
        -storageDataPath="$BATS_FILE_TMPDIR/victoria" -retentionPeriod=100y -search.latencyOffset=0s
    answers victoria "http://127.0.0.1:$1/health"
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

start_nginx() { # PORT: WebDAV over TLS, below /results/, for the user "ci" with password planted-secret-password below /private/
    local at=$BATS_FILE_TMPDIR/nginx
    mkdir -p "$at/www/results" "$at/www/private" "$at/tmp"
    certificate nginx IP:127.0.0.1 -days 30
    printf 'ci:%s\n' "$(openssl passwd -apr1 planted-secret-password)" >"$at/users"
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
    serve nginx "$(program nginx)" -e stderr -p "$at" -c "$at.conf"
    answers nginx "https://127.0.0.1:$1/"
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

# Prints a reference result with the current time, because some servers refuse old times.
fresh() { # NAME [JQ-FILTER]
    jq "(.started = (now | todate)) | ${2:-.}" "$ROOT/results/reference/$1.json"
}

pending() {
    find "$GPUBENCH_RESULTS/.pending" -type f -name '*.pending' 2>/dev/null | wc -l
}

# begin NAME ARGUMENT...: gpubench in the background, in a directory of its own, NAME below $BATS_FILE_TMPDIR/begun, which is
# its home too, so that what has to wait waits together.
begin() {
    local at=$BATS_FILE_TMPDIR/begun/$1
    shift
    mkdir -p "$at"
    (
        cd "$at" || exit
        [ -e one.json ] || fresh h200-gpu-10000 >one.json
        status=0
        HOME=$at GPUBENCH_RESULTS=$at/results "$SERVERS/measure.py" measured "${GPUBENCH:-$ROOT/build/gpubench}" "$@" \
            >output.txt 2>errors.txt || status=$?
        echo $status >status.new && mv status.new status
    ) >/dev/null 2>&1 3>&- </dev/null &
}

# ended NAME: waits for it, a minute at most, goes to its directory and sets $status, $output, $errors, $seconds, $mib and
# $GPUBENCH_RESULTS.
ended() {
    local i
    cd "$BATS_FILE_TMPDIR/begun/$1" || return
    for i in $(seq 600); do
        [ ! -e status ] || break
        sleep 0.1
    done
    status=$(<status) output=$(<output.txt) errors=$(<errors.txt)
    read -r seconds mib <measured
    GPUBENCH_RESULTS=$PWD/results
}
