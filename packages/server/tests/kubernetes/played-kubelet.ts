import { pause } from '../chaos/run-clock.ts'
import type { NetworkLab } from '../cluster/network-lab.ts'
import { ContainerSandbox } from './container-sandbox.ts'
import type { KubeApiServer } from './kube-api-server.ts'
import type { Container, Pod } from './kube-object.ts'
import type { PodInputs } from './pod-inputs.ts'

const lookEveryMs = 200

export interface KubeletDeps {
  readonly api: KubeApiServer
  readonly namespace: string
  readonly lab: NetworkLab
  readonly inputs: PodInputs
  /** Unpacked file system of the image that every container has. */
  readonly image: string
  /** Names of the machines that pods are put on in turn. */
  readonly nodes: readonly string[]
  readonly resolver: string
}

type ProbeName = 'startupProbe' | 'livenessProbe' | 'readinessProbe'

/** What became of a pod. */
export interface PodStory {
  readonly name: string
  sandbox: ContainerSandbox | null
  restarts: number
  /** Whether it had to be killed because its time to end was over. */
  killed: boolean
  exitCode: number | null
  ended: boolean
  /** Why it could not be started, or ended; empty when it could. */
  problem: string
  readonly answers: Record<ProbeName, number>
}

/**
 * Scheduler and kubelet for all machines of a cluster: binds pods, runs their container, asks its probes as they say, tells the
 * API server of readiness, restarts what is not alive, and ends what is deleted.
 */
export class PlayedKubelet implements AsyncDisposable {
  /** By the id of the pod: a StatefulSet gives one name to several, one after the other. */
  readonly stories = new Map<string, PodStory>()
  readonly #deps: KubeletDeps
  readonly #works = new Set<Promise<void>>()
  #stopped = false

  constructor(deps: KubeletDeps) {
    this.#deps = deps
    this.#do(this.#look())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    for (const { sandbox } of this.stories.values()) sandbox?.signal('SIGKILL')
    await Promise.allSettled(this.#works)
  }

  #do(work: Promise<void>): void {
    this.#works.add(work)
    void work.catch(() => undefined).then(() => this.#works.delete(work))
  }

  get #pods(): string {
    return `/api/v1/namespaces/${this.#deps.namespace}/pods`
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      const pods = await this.#deps.api.list<Pod>(this.#pods).catch(() => [])
      for (const pod of pods) {
        const { name, uid = '', deletionTimestamp } = pod.metadata
        const story = this.stories.get(uid)
        if (story === undefined) this.#begin(name, uid)
        else if (deletionTimestamp !== undefined && !story.ended) this.#end(story, pod)
      }
      await pause(lookEveryMs)
    }
  }

  #begin(name: string, uid: string): void {
    const answers = { startupProbe: 0, livenessProbe: 0, readinessProbe: 0 }
    const story: PodStory = {
      ...{ name, sandbox: null, restarts: 0, killed: false, exitCode: null, ended: false },
      ...{ problem: '', answers },
    }
    this.stories.set(uid, story)
    const node = this.#deps.nodes[(this.stories.size - 1) % this.#deps.nodes.length] ?? ''
    this.#do(
      this.#run(story, node).catch((error: unknown) => {
        story.problem = String(error)
      }),
    )
  }

  async #run(story: PodStory, node: string): Promise<void> {
    const { api, lab, inputs, image, resolver } = this.#deps
    const path = `${this.#pods}/${story.name}`
    await api.send('POST', `${path}/binding`, {
      ...{ apiVersion: 'v1', kind: 'Binding', metadata: { name: story.name } },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    })
    const pod = await api.read<Pod>(path)
    const [container] = pod.spec.containers
    if (container === undefined) return
    const host = lab.addHost()
    const start = {
      ...{ host, image, resolver, args: container.args },
      environment: await inputs.environmentOf(container, pod, host.address),
      mounts: await inputs.mountsOf(container, pod),
    }
    while (!this.#stopped && !story.ended) {
      const sandbox = new ContainerSandbox(start)
      story.sandbox = sandbox
      await this.#tell(story.name, host.address, false)
      await this.#watch(story, container, host.address, sandbox)
      if (story.ended || pod.spec.restartPolicy !== 'Always') break
      story.restarts += 1
    }
    story.exitCode = (await story.sandbox?.exited) ?? null
    if (story.ended || this.#stopped) return
    const phase = story.exitCode === 0 ? 'Succeeded' : 'Failed'
    await this.#patch(story.name, { phase, conditions: [{ type: 'Ready', status: 'False' }] })
  }

  /** Asks the probes of one container until it ends. */
  async #watch(
    story: PodStory,
    container: Container,
    address: string,
    sandbox: ContainerSandbox,
  ): Promise<void> {
    const goesOn = () => sandbox.runs && !this.#stopped && !story.ended
    const repeat = async (name: ProbeName, act: (failures: number) => Promise<boolean>) => {
      const { periodSeconds = 1 } = container[name] ?? {}
      for (let failures = 0; goesOn() && container[name] !== undefined; ) {
        const isGood = await answers(container, name, address)
        if (isGood) story.answers[name] += 1
        failures = isGood ? 0 : failures + 1
        if (await act(failures)) return
        await pause(periodSeconds * 1_000)
      }
    }
    const kills = async (name: ProbeName, failures: number) => {
      if (failures < (container[name]?.failureThreshold ?? 3)) return false
      sandbox.signal('SIGKILL')
      return true
    }
    await repeat('startupProbe', async (failures) =>
      failures === 0 ? true : await kills('startupProbe', failures),
    )
    let wasReady = false
    await Promise.all([
      sandbox.exited,
      repeat('livenessProbe', async (failures) => await kills('livenessProbe', failures)),
      repeat('readinessProbe', async (failures) => {
        const limit = container.readinessProbe?.failureThreshold ?? 3
        const isReady = failures === 0 || (wasReady && failures < limit)
        if (isReady !== wasReady) await this.#tell(story.name, address, isReady)
        wasReady = isReady
        return false
      }),
    ])
  }

  #end(story: PodStory, { metadata }: Pod): void {
    story.ended = true
    const graceMs = (metadata.deletionGracePeriodSeconds ?? 30) * 1_000
    const work = async () => {
      const isGentle = (await story.sandbox?.stop(graceMs)) ?? true
      story.killed = !isGentle
      story.exitCode = (await story.sandbox?.exited) ?? null
      await this.#deps.api.send('DELETE', `${this.#pods}/${story.name}`, {
        ...{ apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 },
      })
    }
    this.#do(work())
  }

  async #tell(name: string, podIP: string, isReady: boolean): Promise<void> {
    const status = isReady ? 'True' : 'False'
    await this.#patch(name, {
      ...{ phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
      conditions: [{ type: 'Ready', status }],
    })
  }

  async #patch(name: string, status: object): Promise<void> {
    const type = 'application/merge-patch+json'
    await this.#deps.api.send('PATCH', `${this.#pods}/${name}/status`, { status }, type)
  }
}

async function answers(container: Container, name: ProbeName, address: string): Promise<boolean> {
  const { httpGet, timeoutSeconds = 1 } = container[name] ?? {}
  const named = container.ports?.find((each) => each.name === httpGet?.port)
  const port = named?.containerPort ?? httpGet?.port
  try {
    const answer = await fetch(`http://${address}:${port}${httpGet?.path}`, {
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
