import { eventually } from '../harness/eventually.ts'
import { freePort } from '../harness/free-port.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'

export { eventually }

/** How a test wants a node of its cluster. */
export interface NodeOptions {
  readonly databaseUrl: string
  readonly name: string
  /** `start-dev` unless said otherwise. */
  readonly command?: string
  readonly options?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly prefix?: readonly string[]
  readonly waitUntilReady?: boolean
}

/** A node that listens for others on a free port of the loopback interface. */
export async function startNode(node: NodeOptions): Promise<ServerProcess> {
  const port = await freePort()
  return startServer({
    ...node,
    options: [
      '--cache=ispn',
      '--health-enabled=true',
      '--metrics-enabled=true',
      `--cache-embedded-node-name=${node.name}`,
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${port}`,
      ...(node.options ?? []),
    ],
  })
}

/** The value of the first sample of a metric whose labels contain `label`; NaN when there is none. */
export async function metric(url: string, name: string, label = ''): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) })
  const lines = (await answer.text()).split('\n')
  const line = lines.find((each) => each.startsWith(name) && each.includes(label))
  return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? Number.NaN)
}

/** Waits until one of two nodes reaches the other. */
export async function untilMeshComplete(node: ServerProcess, withinMs: number): Promise<void> {
  const reached = () => metric(node.managementUrl, 'holdfast_cluster_peer_reachable')
  await eventually('the mesh is complete', withinMs, async () => (await reached()) === 1)
}

/** What `/health/ready` says about the cluster. */
export async function clusterCheck(
  url: string,
): Promise<{ status: string; data: Record<string, unknown> }> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })
  const { checks } = (await answer.json()) as {
    checks: { name: string; status: string; data: Record<string, unknown> }[]
  }
  const found = checks.find(({ name }) => name === 'Keycloak cluster health check')
  if (found === undefined) throw new Error('there is no cluster health check')
  return found
}
