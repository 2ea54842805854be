import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chaosUnavailable } from '../chaos/chaos-tools.ts'
import { pause } from '../chaos/run-clock.ts'
import { StackClient } from '../chaos/stack/stack-client.ts'
import { untilHolds } from '../chaos/stack/stack-process.ts'
import { demoRealm } from '../harness/demo-realm.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { KubeApiServer } from './kube-api-server.ts'
import type { KubeObject, Pod, Workload } from './kube-object.ts'
import { PlayedKubernetes } from './played-kubernetes.ts'
import { chartToolsAreThere, renderedChart } from './rendered-chart.ts'

/** `npm run test:kubernetes`; takes minutes, and needs what scripts/install-kubernetes-tools.sh installs. */
const wanted = process.env['HOLDFAST_KUBERNETES'] === '1'
const missing =
  chaosUnavailable(['etcd', 'dnsmasq', 'busybox', 'strip']) ??
  (KubeApiServer.isBuilt() && chartToolsAreThere() ? null : 'scripts/install-kubernetes-tools.sh')

const namespace = 'login'
const people = 4
/** Kinds that operators bring with them: a bare API server does not know them. */
const foreign = new Set(['ServiceMonitor', 'AuthorizationPolicy'])

const values = {
  hostname: 'http://id.test',
  database: {
    ...{ url: 'postgres://db:5432/postgres', username: 'postgres' },
    passwordSecret: { name: 'db', key: 'password' },
  },
  encryptionKeySecret: { name: 'encryption' },
  bootstrapAdmin: { secret: 'administrator' },
  realmImport: { enabled: true, configMap: 'realms' },
  shutdown: { delay: '3s', timeout: '20s', gracePeriodSeconds: 40 },
}

function named(kind: string, name: string, more: object): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name }, ...more }
}

const inputs = [
  named('Secret', 'db', { stringData: { password: 'none' } }),
  named('Secret', 'encryption', {
    stringData: { 'encryption-key': Buffer.alloc(32, 7).toString('base64') },
  }),
  named('Secret', 'administrator', { stringData: bootstrapAdmin }),
  named('ConfigMap', 'realms', {
    data: { 'demo-realm.json': JSON.stringify(demoRealm(people)) },
  }),
]

function workloadOf(objects: readonly KubeObject[], kind: string): Workload {
  const found = objects.find((each) => each.kind === kind)
  if (found === undefined) throw new Error(`nothing rendered is a ${kind}`)
  return found as Workload
}

describe.skipIf(!wanted)('Kubernetes', () => {
  let api: KubeApiServer
  const out = mkdtempSync(join(tmpdir(), 'holdfast-rootfs-'))

  beforeAll(async () => {
    if (missing !== null) throw new Error(missing)
    api = await KubeApiServer.start()
  }, 120_000)

  afterAll(async () => {
    await api?.[Symbol.asyncDispose]()
    rmSync(out, { recursive: true, force: true })
  }, 60_000)

  /** Pods that are less than `restricted` are refused, and workloads that would make such are warned of. */
  async function makeNamespace(name: string): Promise<void> {
    const standard = ['enforce', 'warn'].map((how) => [
      `pod-security.kubernetes.io/${how}`,
      'restricted',
    ])
    const labels = Object.fromEntries(standard)
    await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, name)
  }

  it('takes all that the chart renders, without a warning, and its upgrade', async () => {
    for (const [name, objects] of Object.entries(renderedChart())) {
      await makeNamespace(name)
      const own = objects.filter(({ kind }) => !foreign.has(kind))
      expect(own.length).toBeGreaterThan(6)
      for (const object of own) {
        expect(await api.create(object, name), `${name}: ${object.kind}`).toBe('')
      }
      for (const object of own.filter(({ kind }) => kind !== 'Job')) {
        const labels = { ...object.metadata.labels, 'helm.sh/chart': 'holdfast-9.9.9' }
        const next = { ...object, metadata: { ...object.metadata, labels } }
        expect(await api.apply(next, name), `${name}: ${object.kind}`).toBe('')
      }
    }
    const wrong = named('ConfigMap', 'wrong', { datum: {} })
    await expect(api.create(wrong, 'default')).rejects.toThrow('unknown field "datum"')
    const root = {
      ...named('Pod', 'root', {}),
      spec: { serviceAccountName: 'id', containers: [{ name: 'a', image: 'a' }] },
    }
    await expect(api.create(root, 'patroni')).rejects.toThrow('violates PodSecurity "restricted')
  })

  describe('plays a cluster', () => {
    let kubernetes: PlayedKubernetes

    beforeAll(async () => {
      const script = resolve(import.meta.dirname, '../../../../scripts/build-artefacts.mjs')
      execFileSync(process.execPath, [script, 'root', `--out=${out}`])
      execFileSync('chmod', ['755', out])
      await makeNamespace(namespace)
      for (const each of inputs) await api.create(each, namespace)
      kubernetes = await PlayedKubernetes.start(api, namespace, join(out, 'rootfs'))
    }, 240_000)

    afterAll(async () => await kubernetes?.[Symbol.asyncDispose](), 60_000)

    const stories = () => [...kubernetes.kubelet.stories.values()]
    const podLogs = () => stories().map(({ sandbox }) => sandbox?.log ?? '')

    it('in which the job brings in the realms', { timeout: 180_000 }, async () => {
      const objects = renderedChart({ job: values })['job'] ?? []
      const account = objects.find(({ kind }) => kind === 'ServiceAccount') as KubeObject
      await api.create(account, namespace)
      const phase = await kubernetes.controller.runOnce(workloadOf(objects, 'Job'))
      expect(phase, podLogs().join('\n').slice(-4_000)).toBe('Succeeded')
    })

    it.each(['Deployment', 'StatefulSet'])(
      'in which a rolling update of a %s fails no request',
      { timeout: 300_000 },
      async (kind) => {
        // Rendered before anything runs: it holds up this process, through which pods reach their database.
        const sets = renderedChart({
          one: { ...values, kind, podAnnotations: { version: 'one' } },
          two: { ...values, kind, podAnnotations: { version: 'two' } },
        })
        const rendered = (version: string) => workloadOf(sets[version] ?? [], kind)
        const before = new Set(stories())
        const fresh = () => stories().filter((story) => !before.has(story))
        const logs = () =>
          fresh().map(({ sandbox, ...story }) =>
            [JSON.stringify(story), sandbox?.log.slice(-3_000)].join('\n'),
          )
        const roll = async (version: string) => {
          await api.apply(rendered(version), namespace)
          await kubernetes.controller.roll(rendered(version)).catch((error: Error) => {
            throw new Error(`${error.message}\n${logs().join('\n')}`)
          })
        }
        await roll('one')
        await untilHolds('the service leads to both', 20_000, () => kubernetes.services.size === 2)
        const clients = Array.from(
          { length: people },
          (_, index) => new StackClient(kubernetes.services.port, `person-${index}`, false),
        )
        const running = clients.map(async (client) => await client.run())
        await pause(2_000)
        await roll('two')
        await pause(2_000)
        for (const client of clients) client.stop()
        await Promise.all(running)

        const outcomes = clients.flatMap(({ seen }) => seen.outcomes)
        const served = outcomes.filter((each) => each.kind === 'ok')
        expect(
          outcomes.filter((each) => each.kind !== 'ok'),
          logs().join('\n'),
        ).toEqual([])
        expect(served.length).toBeGreaterThan(100)
        expect(fresh().map(({ restarts }) => restarts)).toEqual([0, 0, 0, 0])
        const gone = fresh().filter(({ ended }) => ended)
        expect(gone.map(({ killed, exitCode }) => [killed, exitCode])).toEqual([
          [false, 0],
          [false, 0],
        ])
        for (const { answers } of fresh())
          expect(Math.min(...Object.values(answers))).toBeGreaterThan(0)
        await expectDiscovery(kubernetes, kind)
        for (const log of logs()) expect(log).not.toContain('Discovery of cluster nodes failed')
        await removeAll(kind)
      },
    )

    /** The headless service gave pods the addresses of all pods, and they are one cluster. */
    async function expectDiscovery({ services }: PlayedKubernetes, what: string): Promise<void> {
      const pods = (await api.list<Pod>(`/api/v1/namespaces/${namespace}/pods`)).filter(
        ({ status }) => status?.phase === 'Running',
      )
      expect(
        pods.map(({ metadata }) => metadata.labels?.['topology.kubernetes.io/zone']).sort(),
      ).toEqual(['zone-a', 'zone-b'])
      for (const { status } of pods) {
        const known = `id-discovery.${namespace}.svc.cluster.local is ${status?.podIP}`
        expect(services.questions, what).toContain(known)
        const answer = await fetch(`http://${status?.podIP}:9000/metrics`)
        expect(await answer.text()).toMatch(/^vendor_cluster_size(\{.*\})? 2$/m)
      }
    }

    async function removeAll(kind: string): Promise<void> {
      const pods = `/api/v1/namespaces/${namespace}/pods`
      for (const { metadata } of await api.list<Pod>(pods)) {
        await api.send('DELETE', `${pods}/${metadata.name}`)
      }
      await untilHolds('all pods are gone', 60_000, async () => (await api.list(pods)).length === 0)
      await api.send('DELETE', `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/id`)
    }
  })
})
