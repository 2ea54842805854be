#!/bin/sh
# Installs what `npm run chaos` and the tests in packages/server/tests/{chaos,remote-stores} need beyond Node: Debian's packages
#   iproute2    network namespaces, so that each node has a host of its own
#   iptables    packets that vanish
#   postgresql  a primary and a standby (the packages' own cluster is not used)
#   pgbouncer   the pooler that stands in front in one variant
#   faketime    a clock that is five minutes off
#   redis       a remote store, with Sentinels and as a cluster (the packages' own servers are not used)
#   haproxy, patroni, etcd-server    for `-- --stack`: the proxy in front, and who decides which PostgreSQL is primary
# Without root, or without apt, it says so and changes nothing; the tests are then skipped.
set -eu
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo 'chaos tools are installed with apt by root only: nothing is changed'
  exit 0
fi
packages=''
command -v ip >/dev/null || packages="$packages iproute2"
command -v iptables >/dev/null || packages="$packages iptables"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages="$packages postgresql"
command -v pgbouncer >/dev/null || packages="$packages pgbouncer"
command -v faketime >/dev/null || packages="$packages faketime"
command -v redis-server >/dev/null || packages="$packages redis-server redis-sentinel"
command -v haproxy >/dev/null || packages="$packages haproxy"
command -v patroni >/dev/null || packages="$packages patroni"
command -v etcd >/dev/null || packages="$packages etcd-server"
if [ -z "$packages" ]; then
  echo 'chaos tools are all there'
  exit 0
fi
echo "installing:$packages"
apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
