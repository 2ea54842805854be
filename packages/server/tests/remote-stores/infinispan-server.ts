import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../cluster/cluster-node.ts'
import { freePort } from '../harness/free-port.ts'

const execute = promisify(execFile)
const startWithinMs = 180_000
/** Each server also listens 50,000 above its own port of the mesh. */
const meshPortMin = 10_000
const meshPorts = 5_000
const sources = join(import.meta.dirname, '../../tests/remote-stores/infinispan')

/** The libraries of one version of Infinispan, from Maven's repository, and what starts them. */
export class InfinispanLibraries implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'holdfast-infinispan-'))

  async fetch(version: string): Promise<void> {
    const dependency = `<groupId>org.infinispan</groupId><artifactId>infinispan-server-runtime</artifactId><version>${version}</version>`
    writeFileSync(
      join(this.directory, 'pom.xml'),
      `<project><modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t</artifactId><version>1</version>
       <dependencies><dependency>${dependency}</dependency></dependencies></project>`,
    )
    const words = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars']
    await execute('mvn', words, { cwd: this.directory })
    const [launcher, stub] = ['Launcher.java', 'ServerLoginModule.java'].map((name) =>
      join(sources, name),
    )
    const classes = join(this.directory, 'classes')
    const path = join(this.directory, 'jars', '*')
    await execute('javac', ['-cp', path, '-d', classes, launcher ?? '', stub ?? ''])
  }

  get classPath(): string {
    // The stub comes last: where there is the class itself, that counts.
    return `${join(this.directory, 'jars', '*')}:${join(this.directory, 'classes')}`
  }

  /** How many there are. */
  get count(): number {
    return readdirSync(join(this.directory, 'jars')).length
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** An Infinispan server with a user `holdfast`, on the loopback interface. */
export class InfinispanServer implements AsyncDisposable {
  readonly port: number
  readonly #home = mkdtempSync(join(tmpdir(), 'holdfast-infinispan-server-'))
  readonly #classPath: string
  readonly #password: string
  readonly #mesh: { readonly own: number; readonly all: readonly number[] }
  #child: ChildProcess | undefined

  constructor(
    port: number,
    libraries: InfinispanLibraries,
    password: string,
    mesh: { readonly own: number; readonly all: readonly number[] },
  ) {
    this.port = port
    this.#classPath = libraries.classPath
    this.#password = password
    this.#mesh = mesh
  }

  /** @returns servers of one cluster */
  static async cluster(
    size: number,
    libraries: InfinispanLibraries,
    password: string,
  ): Promise<InfinispanServer[]> {
    const all: number[] = []
    const servers: InfinispanServer[] = []
    const first = meshPortMin + Math.floor(Math.random() * meshPorts)
    for (let index = 0; index < size; index += 1) all.push(first + index)
    for (const own of all) {
      servers.push(new InfinispanServer(await freePort(), libraries, password, { own, all }))
    }
    await Promise.all(servers.map((server) => server.begin()))
    return servers
  }

  async begin(): Promise<void> {
    const configuration = join(this.#home, 'conf')
    mkdirSync(configuration, { recursive: true })
    writeFileSync(join(configuration, 'infinispan.xml'), this.#xml())
    writeFileSync(join(configuration, 'users.properties'), `holdfast=${this.#password}\n`)
    writeFileSync(join(configuration, 'groups.properties'), 'holdfast=admin\n')
    const options = ['-Xmx300m', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true']
    const words = [...options, '-cp', this.#classPath, 'Launcher', this.#home]
    this.#child = spawn('java', words, { stdio: 'ignore' })
    await eventually('Infinispan listens', startWithinMs, () => listens(this.port))
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

  #xml(): string {
    const { own, all } = this.#mesh
    const hosts = all.map((port) => `127.0.0.1[${port}]`).join(',')
    return `<infinispan xmlns="urn:infinispan:config:15.2">
  <jgroups><stack name="loopback" extends="tcp">
    <TCP bind_addr="127.0.0.1" bind_port="${own}" stack.combine="COMBINE"/>
    <TCPPING initial_hosts="${hosts}" stack.combine="REPLACE" stack.position="MPING"/>
  </stack></jgroups>
  <cache-container name="default">
    <transport cluster="holdfast-test" stack="loopback"/>
    <security><authorization/></security>
  </cache-container>
  <server xmlns="urn:infinispan:server:15.2">
    <interfaces><interface name="public"><inet-address value="127.0.0.1"/></interface></interfaces>
    <socket-bindings default-interface="public" port-offset="0"><socket-binding name="default" port="${this.port}"/></socket-bindings>
    <security><security-realms><security-realm name="default">
      <properties-realm groups-attribute="Roles">
        <user-properties path="users.properties" relative-to="infinispan.server.config.path" plain-text="true"/>
        <group-properties path="groups.properties" relative-to="infinispan.server.config.path"/>
      </properties-realm>
    </security-realm></security-realms></security>
    <endpoints socket-binding="default" security-realm="default"/>
  </server>
</infinispan>`
  }
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
