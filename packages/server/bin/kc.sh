#!/bin/sh
# Starts the server as Keycloak's kc.sh does: same commands, options and exit codes. The folder above holds conf/ and data/.
here=$(dirname "$(readlink -f "$0")")
: "${KC_HOME_DIR:=$(readlink -f "$here/..")}"
export KC_HOME_DIR
HOLDFAST_PROGRAM=$(basename "$0")
export HOLDFAST_PROGRAM

node=node
[ -x "$here/../lib/node/bin/node" ] && node="$here/../lib/node/bin/node"
main="$here/../dist/main.js"
[ -f "$here/../lib/packages/server/dist/main.js" ] && main="$here/../lib/packages/server/dist/main.js"

inspect=
[ "${KC_DEBUG:-${DEBUG:-false}}" = true ] && inspect="--inspect=${KC_DEBUG_PORT:-${DEBUG_PORT:-127.0.0.1:8787}}"
if [ "$1" = --debug ]; then
  shift
  case "$1" in
    [0-9]* | \[*) inspect="--inspect=$1" && shift ;;
    *) inspect="--inspect=127.0.0.1:8787" ;;
  esac
fi

# The server takes the place of this shell, so that signals reach it.
exec "$node" ${inspect:+"$inspect"} "$main" "$@"
