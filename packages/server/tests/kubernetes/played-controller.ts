import { createHash } from 'node:crypto'
import { untilHolds } from '../chaos/stack/stack-process.ts'
import type { KubeApiServer } from './kube-api-server.ts'
import { isReady, type Pod, type Workload } from './kube-object.ts'

const readyWithinMs = 120_000
const goneWithinMs = 60_000
const hashLabel = 'pod-template-hash'

/** The controllers of Deployments, StatefulSets and Jobs, as far as the chart's need them: they make and delete pods. */
export class PlayedController {
  readonly #api: KubeApiServer
  readonly #namespace: string
  #made = 0

  constructor(api: KubeApiServer, namespace: string) {
    this.#api = api
    this.#namespace = namespace
  }

  /** Runs a Job's pod once. @returns its phase at the end */
  async runOnce(job: Workload): Promise<string> {
    const name = `${job.metadata.name}-pod`
    await this.#make(name, job)
    const phase = async () =>
      (await this.#api.read<Pod>(`${this.#path}/${name}`)).status?.phase ?? ''
    await untilHolds(`${name} ends`, readyWithinMs, async () =>
      ['Succeeded', 'Failed'].includes(await phase()),
    )
    return await phase()
  }

  /** Brings pods of the workload's present template into being, and those of an earlier one away, as its kind and strategy say. */
  async roll(workload: Workload): Promise<void> {
    const group = `/apis/apps/v1/namespaces/${this.#namespace}`
    const kind = `${workload.kind.toLowerCase()}s`
    const stored = await this.#api.read<Workload>(`${group}/${kind}/${workload.metadata.name}`)
    const old = (await this.#pods()).filter(
      ({ metadata }) => metadata.labels?.[hashLabel] !== hashOf(stored),
    )
    const count = stored.spec.replicas ?? 1
    if (workload.kind === 'StatefulSet') await this.#rollInPlace(stored, count, old)
    else await this.#rollBeside(stored, count, old)
  }

  /** `maxUnavailable: 0`, `maxSurge: 1`: a new pod is ready before an old one is told to go. */
  async #rollBeside(workload: Workload, count: number, old: readonly Pod[]): Promise<void> {
    const leaving = [...old]
    for (let number = 0; number < count; number += 1) {
      this.#made += 1
      const name = `${workload.metadata.name}-${hashOf(workload)}-${this.#made}`
      await this.#make(name, workload)
      await this.#untilReady(name)
      const next = leaving.shift()
      if (next !== undefined) await this.#delete(next.metadata.name)
    }
    for (const { metadata } of old) await this.#untilGone(metadata.name)
  }

  /** The last ordinal goes first, and its name comes again once it is gone. */
  async #rollInPlace(workload: Workload, count: number, old: readonly Pod[]): Promise<void> {
    const names = Array.from(
      { length: count },
      (_, ordinal) => `${workload.metadata.name}-${ordinal}`,
    )
    if (old.length === 0) {
      for (const name of names) await this.#make(name, workload)
      for (const name of names) await this.#untilReady(name)
      return
    }
    for (const name of names.toReversed()) {
      await this.#delete(name)
      await this.#untilGone(name)
      await this.#make(name, workload)
      await this.#untilReady(name)
    }
  }

  get #path(): string {
    return `/api/v1/namespaces/${this.#namespace}/pods`
  }

  async #pods(): Promise<readonly Pod[]> {
    const all = await this.#api.list<Pod>(this.#path)
    return all.filter(({ metadata }) => metadata.labels?.[hashLabel] !== undefined)
  }

  async #make(name: string, workload: Workload): Promise<void> {
    const { metadata, spec } = workload.spec.template
    const hash = workload.kind === 'Job' ? {} : { [hashLabel]: hashOf(workload) }
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod', spec },
      metadata: { ...metadata, name, labels: { ...metadata?.labels, ...hash } },
    }
    await this.#api.create(pod, this.#namespace)
  }

  async #delete(name: string): Promise<void> {
    await this.#api.send('DELETE', `${this.#path}/${name}`)
  }

  async #untilReady(name: string): Promise<void> {
    await untilHolds(`${name} is ready`, readyWithinMs, async () =>
      isReady(await this.#api.read<Pod>(`${this.#path}/${name}`)),
    )
  }

  async #untilGone(name: string): Promise<void> {
    await untilHolds(`${name} is gone`, goneWithinMs, async () => {
      const { status } = await this.#api.send('GET', `${this.#path}/${name}`)
      return status === 404
    })
  }
}

function hashOf({ spec }: Workload): string {
  return createHash('sha256').update(JSON.stringify(spec.template)).digest('hex').slice(0, 8)
}
