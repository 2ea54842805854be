#!/bin/sh
# Administers a server as Keycloak's kcadm.sh does: same commands, options and exit codes.
here=$(dirname "$(readlink -f "$0")")
HOLDFAST_PROGRAM=kcadm.sh
export HOLDFAST_PROGRAM

node=node
[ -x "$here/../lib/node/bin/node" ] && node="$here/../lib/node/bin/node"
main="$here/../dist/main.js"
[ -f "$here/../lib/packages/server/dist/main.js" ] && main="$here/../lib/packages/server/dist/main.js"

exec "$node" "$main" "$@"
