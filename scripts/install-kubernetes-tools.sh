#!/bin/sh
# Installs what `npm run test:kubernetes` needs beyond Node:
#   kube-apiserver   built from its Go module, in .tmp/kubernetes-tools (ten minutes on two cores, once)
#   etcd-server      where it keeps what it is given
#   dnsmasq-base     the name server of pods
#   busybox-static, binutils    for the image's file system
# and what the tests of the chart and of failing networks need. Packages are Debian's: it needs root and apt.
set -eu
version=1.34.2
here="$(cd "$(dirname "$0")" && pwd)"
tools="$here/../.tmp/kubernetes-tools"
sh "$here/install-chart-tools.sh"
sh "$here/install-chaos-tools.sh"
packages=''
command -v etcd >/dev/null || packages="$packages etcd-server"
command -v dnsmasq >/dev/null || packages="$packages dnsmasq-base"
command -v busybox >/dev/null || packages="$packages busybox-static"
command -v strip >/dev/null || packages="$packages binutils"
if [ -n "$packages" ]; then
  apt-get update -qq
  # shellcheck disable=SC2086 # the list is meant to be split
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
fi
[ -x "$tools/kube-apiserver-$version" ] && exit 0
command -v go >/dev/null || { echo 'install Go: kube-apiserver is built from its module'; exit 1; }

mkdir -p "$tools/source"
cd "$tools/source"
cat > main.go <<'GO'
package main

import (
  "os"

  "k8s.io/component-base/cli"
  "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
  os.Exit(cli.Run(app.NewAPIServerCommand()))
}
GO
module="$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')"
{
  printf 'module kubernetes-tools\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$version"
  # Kubernetes publishes its parts as modules of their own, under its own version less the major number.
  sed -n "s|^\t\(k8s.io/[a-z-]*\) => ./staging.*|\t\1 => \1 v0${version#1}|p" "$module"
  printf ')\n'
} > go.mod
echo "building kube-apiserver $version"
go mod tidy
go build -trimpath -ldflags '-s -w' -o "$tools/kube-apiserver-$version" .
