import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LabHost } from '../cluster/network-lab.ts'

const logCharactersMax = 500_000

/** A folder of the container: of this machine and read-only, or empty and in memory. */
export interface Mount {
  readonly path: string
  readonly folder: string | null
}

export interface ContainerStart {
  readonly host: LabHost
  /** Unpacked file system of the image. */
  readonly image: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly mounts: readonly Mount[]
  /** What stands in /etc/resolv.conf. */
  readonly resolver: string
}

/** How the image says that it is started (deploy/image/Containerfile). */
const entry = '/opt/keycloak/bin/kc.sh'
const ofImage = {
  PATH: '/opt/keycloak/bin:/bin:/usr/bin',
  KC_RUN_IN_CONTAINER: 'true',
  LANG: 'C.UTF-8',
}

/**
 * A container as a runtime makes it of the image: namespaces of its own for network, processes and mounts, the first process
 * in it, user 1000 of group 0, a root that nobody can write to. Without limits of memory, seccomp and SELinux.
 */
export class ContainerSandbox {
  readonly #child: ChildProcess
  readonly exited: Promise<number | null>
  #log = ''

  constructor(start: ContainerStart) {
    const { host, image, args, environment, mounts, resolver } = start
    prepare(image, mounts)
    const file = `/etc/netns/${host.name}/resolv.conf`
    writeFileSync(file, resolver)
    const [ip = 'ip', ...words] = host.prefix
    this.#child = spawn(
      ip,
      [
        ...[...words, 'unshare', '--mount', '--pid', '--fork', '--kill-child=SIGKILL'],
        ...['sh', '-c', enter(mounts), 'sh', image, entry, ...args],
      ],
      {
        env: { ...environment, ...ofImage, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-logCharactersMax)
      })
    }
    this.exited = new Promise((settle) => {
      this.#child.once('exit', (code) => settle(code))
      this.#child.once('error', () => settle(null))
    })
  }

  get log(): string {
    return this.#log
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Sends a signal to the first process of the container. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined || !this.runs) return
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    const first = Number(children.trim().split(' ')[0])
    if (first > 0) process.kill(first, name)
  }

  /** @returns whether it ended in time by itself */
  async stop(graceMs: number): Promise<boolean> {
    this.signal('SIGTERM')
    let isKilled = false
    const timer = setTimeout(() => {
      isKilled = true
      this.signal('SIGKILL')
    }, graceMs)
    await this.exited
    clearTimeout(timer)
    return !isKilled
  }
}

/** A runtime makes the places at which it mounts. */
function prepare(image: string, mounts: readonly Mount[]): void {
  for (const { path } of mounts) mkdirSync(join(image, path), { recursive: true })
  mkdirSync(dirname(join(image, 'etc/resolv.conf')), { recursive: true })
  writeFileSync(join(image, 'etc/resolv.conf'), '')
}

function enter(mounts: readonly Mount[]): string {
  return [
    'set -e; R=$1; shift',
    'mount --make-rprivate /',
    'mount --bind "$R" "$R"',
    'mount -o remount,bind,ro "$R"',
    'mount -t proc proc "$R/proc"',
    'mount --rbind /dev "$R/dev"',
    'mount --bind /etc/resolv.conf "$R/etc/resolv.conf"',
    ...mounts.map(({ path, folder }) =>
      folder === null
        ? `mount -t tmpfs -o mode=0777 tmpfs "$R${path}"`
        : `mount --bind "${folder}" "$R${path}"; mount -o remount,bind,ro "$R${path}"`,
    ),
    `exec chroot --userspec=1000:0 "$R" /bin/sh -c 'PATH=${ofImage.PATH} exec "$@"' sh "$@"`,
  ].join('\n')
}
