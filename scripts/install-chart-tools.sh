#!/bin/sh
# Installs what the tests of deploy/ need beyond Node: Helm as a Python package and Kubernetes' schemas, in .tmp/chart-tools, and
# with root Debian's haproxy, nginx, and prometheus for its promtool. What cannot be had is skipped by its tests.
set -eu
tools="$(dirname "$0")/../.tmp/chart-tools"
if [ ! -x "$tools/bin/kubernetes-validate" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install -q helm-python-sdk==0.2.2 kubernetes-validate==1.37.0 PyYAML==6.0.3
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  packages=''
  command -v haproxy >/dev/null || packages="$packages haproxy"
  command -v nginx >/dev/null || packages="$packages nginx-light"
  command -v promtool >/dev/null || packages="$packages prometheus"
  [ -z "$packages" ] && exit 0
  apt-get update -qq
  # shellcheck disable=SC2086 # the list is meant to be split
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
fi
