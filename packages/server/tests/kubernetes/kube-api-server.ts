import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { StackProcess, untilHolds } from '../chaos/stack/stack-process.ts'
import { freePort } from '../harness/free-port.ts'
import type { KubeObject } from './kube-object.ts'

const root = resolve(import.meta.dirname, '../../../..')
/** Built by scripts/install-kubernetes-tools.sh, which names the version. */
const program = resolve(root, '.tmp/kubernetes-tools/kube-apiserver-1.34.2')
const readyWithinMs = 90_000
const answerTimeoutMs = 20_000
/** Of a server that only this machine reaches, for as long as a test runs. */
const token = 'of-the-test'

interface Answer {
  readonly status: number
  /** Warnings of deprecated fields and of the pod security standards; empty without. */
  readonly warnings: string
  readonly body: unknown
}

interface Resource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
}

/** A real kube-apiserver on a real etcd. No controller, scheduler or kubelet runs: tests play them. */
export class KubeApiServer implements AsyncDisposable {
  readonly #folder: string
  readonly #port: number
  readonly #processes: readonly StackProcess[]
  readonly #resources = new Map<string, Promise<readonly Resource[]>>()
  #authority = ''

  private constructor(folder: string, port: number, processes: readonly StackProcess[]) {
    this.#folder = folder
    this.#port = port
    this.#processes = processes
  }

  static isBuilt(): boolean {
    return existsSync(program)
  }

  /** @throws with what both wrote when it is not ready in time */
  static async start(): Promise<KubeApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-kubernetes-'))
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()]
    const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`]
    const key = join(folder, 'accounts.key')
    execFileSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'ignore' })
    writeFileSync(join(folder, 'tokens.csv'), `${token},test,test,system:masters\n`)
    const etcd = [
      ...['etcd', '--data-dir', join(folder, 'etcd'), '--initial-cluster', `default=${peerUrl}`],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
    ] as const
    const server = [
      ...[program, `--etcd-servers=${clientUrl}`, `--cert-dir=${join(folder, 'certificates')}`],
      ...['--bind-address=127.0.0.1', `--secure-port=${port}`, '--authorization-mode=RBAC'],
      ...[
        `--token-auth-file=${join(folder, 'tokens.csv')}`,
        '--service-cluster-ip-range=10.96.0.0/16',
      ],
      ...['--service-account-issuer=https://kubernetes.default.svc'],
      ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
      // From 1.35 on this is how Kubernetes is: pods carry the zone of their node.
      '--feature-gates=PodTopologyLabelsAdmission=true',
    ] as const
    const processes = [
      new StackProcess('etcd', [...etcd], folder, true),
      new StackProcess('kube-apiserver', [...server], folder, true),
    ]
    const api = new KubeApiServer(folder, port, processes)
    for (const each of processes) each.start()
    try {
      await untilHolds('the API server is ready', readyWithinMs, async () => await api.#isReady())
      return api
    } catch (error) {
      const logs = processes.map(({ name, log }) => `---- ${name}\n${log.slice(-4_000)}`)
      await api[Symbol.asyncDispose]()
      throw new Error(`${String(error)}\n${logs.join('\n')}`)
    }
  }

  /** @param type of the body */
  async send(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body)
    return await new Promise((settle, reject) => {
      const request = https.request(
        {
          ...{ host: '127.0.0.1', port: this.#port, method, path, ca: this.#authority },
          headers: {
            ...{ authorization: `Bearer ${token}`, 'content-type': type },
            // Node leaves it out of a DELETE that has a body.
            'content-length': Buffer.byteLength(text),
          },
          timeout: answerTimeoutMs,
        },
        (answer) => {
          let answered = ''
          answer.setEncoding('utf8').on('data', (part: string) => {
            answered += part
          })
          answer.on('end', () => {
            const isJson = answer.headers['content-type']?.includes('json') === true
            settle({
              status: answer.statusCode ?? 0,
              warnings: String(answer.headers['warning'] ?? ''),
              body: isJson ? JSON.parse(answered) : answered,
            })
          })
        },
      )
      request.on('error', reject)
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer`)))
      request.end(text)
    })
  }

  /** Makes it, refusing fields that its kind does not have. @throws the server's refusal */
  async create(object: KubeObject, namespace: string): Promise<string> {
    const path = `${await this.#pathOf(object, namespace)}?fieldValidation=Strict`
    const { status, warnings, body } = await this.send('POST', path, object)
    if (status === 201) return warnings
    throw new Error(
      `${object.kind} ${object.metadata.name}: ${(body as { message: string }).message}`,
    )
  }

  /** As `helm upgrade` does, with what was rendered anew. @throws the server's refusal */
  async apply(object: KubeObject, namespace: string): Promise<string> {
    const path = `${await this.#pathOf(object, namespace)}/${object.metadata.name}`
    const how = '?fieldManager=test&force=true&fieldValidation=Strict'
    const type = 'application/apply-patch+yaml'
    const { status, warnings, body } = await this.send('PATCH', path + how, object, type)
    if (status === 200 || status === 201) return warnings
    throw new Error(
      `${object.kind} ${object.metadata.name}: ${(body as { message: string }).message}`,
    )
  }

  /** @throws when it is not there */
  async read<T extends KubeObject>(path: string): Promise<T> {
    const { status, body } = await this.send('GET', path)
    if (status !== 200) throw new Error(`${path}: ${status}`)
    return body as T
  }

  async list<T extends KubeObject>(path: string): Promise<readonly T[]> {
    const { status, body } = await this.send('GET', path)
    if (status !== 200) throw new Error(`${path}: ${status}`)
    return (body as { items: T[] }).items
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of [...this.#processes].reverse()) await each[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #isReady(): Promise<boolean> {
    // It signs a certificate for itself, with its authority behind it.
    this.#authority = readFileSync(join(this.#folder, 'certificates', 'apiserver.crt'), 'utf8')
    return (await this.send('GET', '/readyz')).status === 200
  }

  async #pathOf({ apiVersion, kind }: KubeObject, namespace: string): Promise<string> {
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const known = this.#resources.get(group) ?? this.#resourcesOf(group)
    this.#resources.set(group, known)
    const resource = (await known).find((each) => each.kind === kind && !each.name.includes('/'))
    if (resource === undefined) throw new Error(`${apiVersion} has no ${kind}`)
    return `${group}${resource.namespaced ? `/namespaces/${namespace}` : ''}/${resource.name}`
  }

  async #resourcesOf(group: string): Promise<readonly Resource[]> {
    const { body } = await this.send('GET', group)
    return (body as { resources?: Resource[] }).resources ?? []
  }
}
