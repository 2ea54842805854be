import { lookup, resolveSrv } from 'node:dns/promises'
import { connect, createServer } from 'node:net'
import type { ClusterSettings, NetworkSettings } from '../clustering/cluster-settings.ts'
import type { MemberAddress } from './database-facts-store.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const subject = 'cluster'
const connectTimeoutMs = 2_000

/** Looks at the port between nodes, at what finds other nodes, and whether each member can be reached from here. */
export async function checkCluster(
  settings: ClusterSettings,
  members: readonly MemberAddress[],
): Promise<Finding[]> {
  const { network, cluster } = settings
  if (network === null) {
    const text = 'cache=local: this node forms no cluster'
    return members.length > 1
      ? [
          warning(
            subject,
            `${text}, and ${members.length} are on this database`,
            'set KC_CACHE=ispn on all of them',
          ),
        ]
      : [ok(subject, text)]
  }
  return [
    await ownPort(network, members.length),
    ...(await discovery(network)),
    members.length === 0
      ? ok(subject, `nobody is in ${cluster} at the moment`)
      : ok(subject, `${members.length} members are in ${cluster}`),
    ...(await Promise.all(members.map(reach))),
  ]
}

/** A port that is taken is a running node's own, where there is one. */
async function ownPort({ bindPort }: NetworkSettings, members: number): Promise<Finding> {
  const problem = await new Promise<string | undefined>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen(bindPort, () => server.close(() => resolve(undefined)))
  })
  if (problem === undefined) return ok(subject, `port ${bindPort} is free`)
  if (problem === 'EADDRINUSE' && members > 0) {
    return ok(subject, `port ${bindPort} is in use, as it is where a node runs`)
  }
  return failed(
    subject,
    `port ${bindPort} cannot be opened (${problem})`,
    'free it, or set KC_CACHE_EMBEDDED_NETWORK_BIND_PORT',
  )
}

async function discovery({ stack, dnsQuery }: NetworkSettings): Promise<Finding[]> {
  if (stack.discovery !== 'dns') {
    return [ok(subject, `${stack.discovery} finds other nodes, beside the database`)]
  }
  if (dnsQuery === undefined) {
    return [
      warning(
        subject,
        'the stack asks DNS, and is not told what for',
        'set JAVA_OPTS_APPEND=-Djgroups.dns.query=SERVICE.NAMESPACE.svc.cluster.local',
      ),
    ]
  }
  const found = dnsQuery.startsWith('_') ? resolveSrv(dnsQuery) : lookup(dnsQuery, { all: true })
  const isKnown = await found.then(
    (answers) => answers.length > 0,
    () => false,
  )
  return isKnown
    ? [ok(subject, `DNS knows ${dnsQuery}`)]
    : [
        failed(
          subject,
          `DNS does not know ${dnsQuery}`,
          'make a headless service of that name, with publishNotReadyAddresses: true',
        ),
      ]
}

async function reach({ name, address }: MemberAddress): Promise<Finding> {
  const match = /^\[?([^\]]+?)\]?:(\d+)$/.exec(address ?? '')
  if (match === null) return ok(subject, `${name} listens on no port`)
  const problem = await new Promise<string | undefined>((resolve) => {
    const socket = connect({
      host: match[1] ?? '',
      port: Number(match[2]),
      timeout: connectTimeoutMs,
    })
    socket.once('connect', () => resolve(undefined))
    socket.once('timeout', () => resolve('no answer'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('close', () => socket.destroy())
  }).finally(() => undefined)
  if (problem === undefined) return ok(subject, `${name} is reached at ${address}`)
  return failed(
    subject,
    `${name} is not reached at ${address} (${problem})`,
    'open the port between nodes (firewall, NetworkPolicy, mesh), or set KC_CACHE_EMBEDDED_NETWORK_EXTERNAL_ADDRESS there',
  )
}
