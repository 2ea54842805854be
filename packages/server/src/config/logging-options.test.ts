import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLoggers } from '../log/create-loggers.ts'
import { RotatingFile } from '../log/rotating-file.ts'
import { DisposalStack } from '../shared/disposal-stack.ts'
import { openLogFiles } from '../start/log-files.ts'
import { type ServerSettings, serverSettings } from './server-settings.ts'
import { loadConfiguration } from './sources.ts'

const home = mkdtempSync(join(tmpdir(), 'holdfast-logging-'))
let heard = ''
let connections = 0
const receiver = createServer((socket) => {
  connections += 1
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text
  })
  socket.on('error', () => undefined)
})
let endpoint = ''

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  endpoint = `--log-syslog-endpoint=127.0.0.1:${(receiver.address() as AddressInfo).port}`
})

afterAll(() => {
  receiver.close()
  rmSync(home, { recursive: true, force: true })
})

/** Settings as a command line makes them, with a log file of their own. */
function configured(options: readonly string[]): ServerSettings & { readonly place: string } {
  const place = mkdtempSync(join(home, 'log-'))
  const args = ['start', '--db-url=postgres://db/x', `--log-file=${place}/`, endpoint, ...options]
  return { ...serverSettings(loadConfiguration(args, { KC_HOME_DIR: home })), place }
}

type Say = (loggers: ReturnType<typeof createLoggers>) => void

const hello: Say = (loggers) => {
  const say = () => loggers.of('org.keycloak.events').warn('hello')
  const context = { realmName: 'acme', traceId: 'trace-1' }
  // Requests are followed only where a line has a place for what is known of them.
  if (loggers.requests === undefined) say()
  else loggers.requests.run('request-1', say, context)
}

/** What the console and the file show at once of what is logged, and what they show soon after. */
async function shown(options: readonly string[], say: Say = hello) {
  const { log, place } = configured(options)
  const console: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    console.push(String(text))
    return true
  })
  try {
    const loggers = createLoggers(log, { version: () => '1' })
    say(loggers)
    const file = () => {
      const path = join(place, 'keycloak.log')
      return existsSync(path) ? readFileSync(path, 'utf8') : ''
    }
    const atOnce = { console: console.join(''), file: file() }
    await new Promise((resume) => setImmediate(resume))
    return { atOnce, console: console.join(''), file: file() }
  } finally {
    spy.mockRestore()
  }
}

/** What a syslog server hears of it. */
async function sent(options: readonly string[], say: Say = hello): Promise<string> {
  heard = ''
  say(createLoggers(configured(['--log=syslog', ...options]).log, { version: () => '1' }))
  await vi.waitFor(() => expect(heard).toContain('hello'), { timeout: 10_000 })
  return heard
}

const three: Say = (loggers) => {
  for (const word of ['one', 'two', 'three']) loggers.of('x').warn(word)
}

describe('queues of lines', () => {
  const both = ['--log=console,file', '--log-console-format=%m ', '--log-file-format=%m ']

  it('let who logs go on before the line is written, with log-async everywhere', async () => {
    const { atOnce, console, file } = await shown([...both, '--log-async=true'], three)
    expect(atOnce).toEqual({ console: '', file: '' })
    expect([console, file]).toEqual(['one two three ', 'one two three '])
    const plain = await shown(both, three)
    expect(plain.atOnce).toEqual({ console: 'one two three ', file: 'one two three ' })
  })

  it('are of one place where its own option says so, and are written when they are full', async () => {
    const ofConsole = ['--log-console-async=true', '--log-console-async-queue-length=2']
    expect((await shown([...both, ...ofConsole], three)).atOnce).toEqual({
      console: 'one two ',
      file: 'one two three ',
    })
    const ofFile = ['--log-file-async=true', '--log-file-async-queue-length=2']
    expect((await shown([...both, ...ofFile], three)).atOnce).toEqual({
      console: 'one two three ',
      file: 'one two ',
    })
  })

  it('of syslog drop the oldest lines while the server is away, and count them', async () => {
    const away = createServer()
    away.listen(0, '127.0.0.1')
    await once(away, 'listening')
    const { port } = away.address() as AddressInfo
    await new Promise((resume) => away.close(resume))
    const options = ['--log=syslog', `--log-syslog-endpoint=127.0.0.1:${port}`]
    const queue = ['--log-syslog-async=true', '--log-syslog-async-queue-length=2']
    const { log } = configured([...options, ...queue, '--log-syslog-format=<%m>'])
    three(createLoggers(log, { version: () => '1' }))
    let late = ''
    const back = createServer((socket) =>
      socket.setEncoding('utf8').on('data', (text: string) => {
        late += text
      }),
    )
    await new Promise((resume) => setTimeout(resume, 50))
    back.listen(port, '127.0.0.1')
    await vi.waitFor(() => expect(late).toContain('<1 log lines did not reach syslog>'), {
      timeout: 10_000,
    })
    expect(late).not.toContain('<one>')
    expect(late).toContain('<three>')
    back.close()
  })
})

describe('lines', () => {
  const all = '--log=console,file'

  it.each([
    ['console', '--log-console-include-mdc', '--log-console-include-trace'],
    ['file', '--log-file-include-mdc', '--log-file-include-trace'],
  ] as const)(
    'on the %s say of their request and trace what is asked for',
    async (place, includeMdc, includeTrace) => {
      const other = place === 'console' ? 'file' : 'console'
      const mdc = [all, '--log-mdc-enabled=true', '--log-mdc-keys=realmName']
      const said = await shown([...mdc, `${includeMdc}=false`])
      expect(said[place]).not.toContain('kc.realmName')
      expect(said[other]).toContain('{kc.realmName=acme')
      const traced = await shown([...[all, '--tracing-enabled=true'], `${includeTrace}=false`])
      expect(traced[place]).not.toContain('trace-1')
      expect(traced[other]).toContain('traceId=trace-1')
    },
  )

  it('for syslog say so too', async () => {
    const mdc = ['--log-mdc-enabled=true', '--log-mdc-keys=realmName']
    expect(await sent(mdc)).toContain('kc.realmName=acme')
    expect(await sent([...mdc, '--log-syslog-include-mdc=false'])).not.toContain('kc.realmName')
    expect(await sent(['--tracing-enabled=true'])).toContain('traceId=trace-1')
    const untraced = ['--tracing-enabled=true', '--log-syslog-include-trace=false']
    expect(await sent(untraced)).not.toContain('trace-1')
  })

  it('have colours, a form, a level and names of their own in each place', async () => {
    const options = [
      ...[all, '--log-console-color=true', '--log-file-format=%c: %m%n', '--log-file-level=error'],
      '--log-level=error',
      '--log-level-org.keycloak.events=info',
    ]
    const { console, file } = await shown(options, (loggers) => {
      loggers.of('org.keycloak.events').info('let through')
      loggers.of('org.keycloak.services').info('too quiet')
      loggers.of('org.keycloak.services').error('loud')
    })
    expect(console).toContain('\u001b[32m')
    expect(console).toContain('let through')
    expect(console).not.toContain('too quiet')
    expect(file).toBe('org.keycloak.services: loud\n')
  })

  it('name their service where they are JSON, by Keycloak or by ECS', async () => {
    const names = ['--log-service-name=login', '--log-service-environment=test']
    const json = [all, '--log-console-output=json', '--log-file-output=json']
    const { console, file } = await shown([...json, '--log-console-json-format=ecs', ...names])
    expect(JSON.parse(console)).toMatchObject({
      'log.logger': 'org.keycloak.events',
      'service.name': 'login',
      'service.environment': 'test',
    })
    expect(JSON.parse(file)).toMatchObject({
      loggerName: 'org.keycloak.events',
      'service.name': 'login',
      'service.environment': 'test',
    })
  })
})

describe('messages to syslog', () => {
  it('have the type, the form and the framing that is asked for', async () => {
    const form = ['--log-syslog-type=rfc3164', '--log-syslog-format=%c says %m']
    expect(await sent([...form, '--log-syslog-counting-framing=false'])).toMatch(
      /^<12>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ keycloak\[\d+\]: org\.keycloak\.events says hello\n$/,
    )
    expect(await sent([...form, '--log-syslog-counting-framing=true'])).toMatch(/^\d+ <12>/)
  })

  it('may be JSON, of both kinds', async () => {
    const json = (text: string) => JSON.parse(text.slice(text.indexOf('{')))
    const usual = await sent(['--log-syslog-output=json'])
    expect(json(usual)).toMatchObject({ loggerName: 'org.keycloak.events' })
    const ecs = await sent(['--log-syslog-output=json', '--log-syslog-json-format=ecs'])
    expect(json(ecs)).toMatchObject({ 'log.logger': 'org.keycloak.events' })
  })

  it('are cut where they are longer than allowed', async () => {
    const text = await sent(['--log-syslog-max-length=120'], (loggers) =>
      loggers.of('x').warn(`hello ${'long '.repeat(100)}`),
    )
    expect(text).toMatch(/^120 </)
    expect(Buffer.byteLength(text)).toBe('120 '.length + 120)
    const kilobytes = await sent(['--log-syslog-max-length=1K'], (loggers) =>
      loggers.of('x').warn(`hello ${'long '.repeat(1_000)}`),
    )
    expect(kilobytes).toMatch(/^1024 </)
  })

  it('go as datagrams where that is asked for', async () => {
    const udp = createSocket('udp4')
    udp.bind(0, '127.0.0.1')
    await once(udp, 'listening')
    const message = once(udp, 'message')
    const before = connections
    const { log } = configured([
      ...['--log=syslog', '--log-syslog-protocol=udp', '--log-syslog-app-name=own'],
      `--log-syslog-endpoint=127.0.0.1:${udp.address().port}`,
    ])
    hello(createLoggers(log, { version: () => '1' }))
    expect(String((await message)[0])).toMatch(/^<12>1 \S+ \S+ own \d+ org\.keycloak\.events - /)
    expect(connections).toBe(before)
    udp.close()
  })
})

describe('the log file', () => {
  /** Names and contents after three lines, where a day goes by before the third. */
  function kept(options: readonly string[]): Record<string, string> {
    const { log, place } = configured(['--log=file', ...options])
    if (log.file === undefined) throw new Error('there is no file')
    writeFileSync(log.file.file, 'before\n')
    let now = new Date(2026, 10, 30, 12).getTime()
    using file = new RotatingFile({ ...log.file, now: () => now })
    for (const line of ['one', 'two']) file.write(`${line.repeat(200)}\n`)
    now += 24 * 3_600_000
    file.write('three\n')
    return Object.fromEntries(
      readdirSync(place)
        .sort()
        .map((name) => [name, readFileSync(join(place, name), 'utf8').slice(0, 6)]),
    )
  }
  const small = '--log-file-rotation-max-file-size=500'

  it('makes place for the next one when it is too long and at each start, unless that is off', () => {
    expect(kept([small])).toEqual({
      'keycloak.log': 'three\n',
      'keycloak.log.1': 'twotwo',
      'keycloak.log.2': 'oneone',
      'keycloak.log.3': 'before',
    })
    expect(kept([small, '--log-file-rotation-rotate-on-boot=false'])).toEqual({
      'keycloak.log': 'three\n',
      'keycloak.log.1': 'twotwo',
      'keycloak.log.2': 'before',
    })
    expect(kept([small, '--log-file-rotation-enabled=false'])).toEqual({ 'keycloak.log': 'before' })
  })

  it('keeps as many earlier ones as it may', () => {
    const one = [small, '--log-file-rotation-max-backup-index=1']
    expect(Object.keys(kept(one))).toEqual(['keycloak.log', 'keycloak.log.1'])
  })

  it('gets the date behind its name where a suffix says so', () => {
    const dated = ['--log-file-rotation-file-suffix=.yyyy-MM-dd']
    expect(Object.keys(kept(dated))).toContain('keycloak.log.2026-11-30.1')
  })
})

describe('the file of the access log', () => {
  /** Names of files after a line today and one tomorrow. */
  async function files(...options: string[]): Promise<string[]> {
    const folder = mkdtempSync(join(home, 'data-'))
    const on = ['--http-access-log-enabled=true', '--http-access-log-file-enabled=true']
    vi.useFakeTimers({ now: new Date(2026, 10, 30, 12), toFake: ['Date'] })
    try {
      await using running = new DisposalStack()
      const { access } = openLogFiles(
        configured([...on, `--data-dir=${folder}`, ...options]),
        running,
      )
      access?.write('one\n')
      vi.setSystemTime(new Date(2026, 11, 1, 12))
      access?.write('two\n')
      return readdirSync(join(folder, 'log')).sort()
    } finally {
      vi.useRealTimers()
    }
  }

  it('is one a day unless it goes on for ever, and has the ending that is asked for', async () => {
    expect(await files()).toHaveLength(2)
    expect(await files('--http-access-log-file-rotate=false')).toEqual(['keycloak-http-access.log'])
    expect(
      await files('--http-access-log-file-rotate=false', '--http-access-log-file-suffix=.txt'),
    ).toEqual(['keycloak-http-access.txt'])
  })
})
