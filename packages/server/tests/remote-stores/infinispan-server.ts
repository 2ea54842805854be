import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../cluster/cluster-node.ts'
import { freePort } from '../harness/free-port.ts'
import {
  type InfinispanConfiguration,
  type InfinispanPorts,
  infinispanConfiguration,
  keyStore,
} from './infinispan-configuration.ts'

const execute = promisify(execFile)
const startWithinMs = 300_000
/** Each server also listens 50,000 above its own port of the mesh. */
const meshPortMin = 10_000
const meshPorts = 5_000
const sources = join(import.meta.dirname, '../../tests/remote-stores/infinispan')
const driver = { groupId: 'org.postgresql', artifactId: 'postgresql', version: '42.7.13' }

/** The libraries of one version of Infinispan, from Maven's repository, and what starts them. */
export class InfinispanLibraries implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'holdfast-infinispan-'))

  /** @returns the libraries of `version`, with PostgreSQL's driver */
  static async fetch(version: string): Promise<InfinispanLibraries> {
    const libraries = new InfinispanLibraries()
    const server = { groupId: 'org.infinispan', artifactId: 'infinispan-server-runtime', version }
    await libraries.#fetch([server, driver])
    return libraries
  }

  get classPath(): string {
    // The stub comes last: where there is the class itself, that counts.
    return `${join(this.#directory, 'jars', '*')}:${join(this.#directory, 'classes')}`
  }

  /** How many there are. */
  get count(): number {
    return readdirSync(join(this.#directory, 'jars')).length
  }

  async #fetch(wanted: readonly (typeof driver)[]): Promise<void> {
    const dependencies = wanted.map(
      (each) =>
        `<dependency>${Object.entries(each)
          .map(([name, text]) => `<${name}>${text}</${name}>`)
          .join('')}</dependency>`,
    )
    writeFileSync(
      join(this.#directory, 'pom.xml'),
      `<project><modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t</artifactId><version>1</version>
       <dependencies>${dependencies.join('')}</dependencies></project>`,
    )
    const words = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars']
    await execute('mvn', words, { cwd: this.#directory })
    const classes = join(this.#directory, 'classes')
    const path = join(this.#directory, 'jars', '*')
    const java = ['Launcher.java', 'ServerLoginModule.java'].map((name) => join(sources, name))
    await execute('javac', ['-cp', path, '-d', classes, ...java])
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** What proves the server at its encrypted port. */
interface ServerCertificate {
  readonly file: string
  readonly keyFile: string
}

/** What all servers of a cluster have in common. */
export interface InfinispanCluster extends Pick<InfinispanConfiguration, 'caches' | 'database'> {
  readonly libraries: InfinispanLibraries
  readonly password: string
  readonly certificate: ServerCertificate
}

/** An Infinispan server with a user `holdfast`, on the loopback interface. */
export class InfinispanServer implements AsyncDisposable {
  readonly ports: InfinispanPorts
  readonly #home = mkdtempSync(join(tmpdir(), 'holdfast-infinispan-server-'))
  readonly #cluster: InfinispanCluster
  readonly #mesh: InfinispanConfiguration['mesh']
  #child: ChildProcess | undefined

  private constructor(
    ports: InfinispanPorts,
    cluster: InfinispanCluster,
    mesh: InfinispanConfiguration['mesh'],
  ) {
    this.ports = ports
    this.#cluster = cluster
    this.#mesh = mesh
  }

  /** @returns servers of one cluster, which have started */
  static async cluster(size: number, cluster: InfinispanCluster): Promise<InfinispanServer[]> {
    const all: number[] = []
    const servers: InfinispanServer[] = []
    const first = meshPortMin + Math.floor(Math.random() * meshPorts)
    for (let index = 0; index < size; index += 1) all.push(first + index)
    for (const own of all) {
      const ports = { any: await freePort(), digest: await freePort(), plain: await freePort() }
      servers.push(new InfinispanServer(ports, cluster, { own, all }))
    }
    await Promise.all(servers.map((server) => server.begin()))
    return servers
  }

  /** Starts it, also again with all that it has kept. */
  async begin(): Promise<void> {
    const directory = join(this.#home, 'conf')
    const { libraries, password, ...more } = this.#cluster
    mkdirSync(directory, { recursive: true })
    const configuration = { ...more, mesh: this.#mesh, ports: this.ports }
    writeFileSync(join(directory, 'infinispan.xml'), infinispanConfiguration(configuration))
    writeFileSync(join(directory, 'groups.properties'), 'holdfast=admin\n')
    this.setPassword(password)
    makeKeyStore(join(directory, keyStore.file), this.#cluster.certificate)
    const options = ['-Xmx300m', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true']
    const verbose = ['-Dlog4j2.level=INFO']
    const words = [...options, ...verbose, '-cp', libraries.classPath, 'Launcher', this.#home]
    const log = openSync(this.#logFile, 'a')
    this.#child = spawn('java', words, { stdio: ['ignore', log, log] })
    closeSync(log)
    await eventually('Infinispan is ready', startWithinMs, () => isReady(this.ports.any))
  }

  /** What the server takes from now on; it reads the file of its users anew when that has changed. */
  setPassword(password: string): void {
    writeFileSync(join(this.#home, 'conf', 'users.properties'), `holdfast=${password}\n`)
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8')
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#home, { recursive: true, force: true })
  }

  get #logFile(): string {
    return join(this.#home, 'server.log')
  }
}

function makeKeyStore(file: string, certificate: ServerCertificate): void {
  const material = ['-in', certificate.file, '-inkey', certificate.keyFile, '-name', 'server']
  const words = ['pkcs12', '-export', ...material, '-out', file]
  execFileSync('openssl', [...words, '-passout', `pass:${keyStore.password}`])
}

/** From 16.0 on a server listens before it is ready. */
async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).status !== 503
  } catch {
    return false
  }
}
