import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { runAdmin } from '../admin-cli/run-admin.ts'
import type { Environment } from '../config/sources.ts'

/** What is said and typed is a line; a secret is no longer. */
const lineEnd = /\r?\n/

/**
 * `holdfast admin …`, and `kcadm.sh …`: no setting of the server counts here, nor any of its database.
 * @param args those behind `admin`
 * @param program what it was called by
 * @returns the exit code
 */
export async function admin(
  args: readonly string[],
  environment: Environment,
  program: string,
): Promise<number> {
  return await runAdmin(args, {
    program,
    home: environment['HOME'] ?? homedir(),
    variable: (name) => environment[name],
    now: () => Date.now(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    readAll,
    ask: async (what) => (process.stdin.isTTY ? await askedFor(what) : await firstLine()),
  })
}

async function readAll(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

/** A secret that a script hands over by standard input, as Keycloak's help shows it. */
async function firstLine(): Promise<string | undefined> {
  const [line = ''] = (await readAll()).split(lineEnd)
  return line === '' ? undefined : line
}

/** What is typed is not shown. */
async function askedFor(what: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(`Enter ${what}: `)
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
