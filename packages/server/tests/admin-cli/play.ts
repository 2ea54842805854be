import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The commands that are compared with Keycloak's own tool; what it left is in `recorded.json` beside. */
interface Step {
  readonly args: readonly string[]
  readonly stdin?: string
  /** JSON whose order says nothing. */
  readonly unordered?: boolean
}

/** What a command left, with what differs from run to run taken out. */
export interface Played {
  readonly command: string
  readonly code: number | null
  readonly out: unknown
  readonly err: string
}

/** Runs one command. */
export type RunCommand = (
  args: readonly string[],
  stdin: string,
) => Promise<{ code: number | null; out: string; err: string }>

/** Where commands are played. */
export interface Stage {
  readonly server: string
  readonly password: string
  /** A realm that is made and deleted. */
  readonly realm: string
  readonly program: string
}

/** Where commands and recordings lie, seen from the compiled file too. */
export const recordings = resolve('packages/server/tests/admin-cli')

/** Plays the list of commands, one after the other. */
export async function play(stage: Stage, run: RunCommand): Promise<Played[]> {
  const config = join(mkdtempSync(join(tmpdir(), 'holdfast-admin-cli-')), 'kcadm.config')
  const real = new Map([
    ['SERVER', stage.server],
    ['PASSWORD', stage.password],
    ['REALM', stage.realm],
    ['CONFIG', config],
  ])
  const file = resolve(recordings, 'steps.json')
  const steps = JSON.parse(readFileSync(file, 'utf8')) as Step[]
  const played: Played[] = []
  for (const step of steps) {
    const args = step.args.map((arg) =>
      arg.replace(/SERVER|PASSWORD|REALM|CONFIG/g, (name) => real.get(name) ?? name),
    )
    const { code, out, err } = await run(args, step.stdin ?? '')
    const normal = (text: string) => normalized(text, stage)
    played.push({
      command: step.args.join(' '),
      code,
      out: read(normal(out), step.unordered === true),
      err: normal(err),
    })
  }
  return played
}

function normalized(text: string, { server, realm, program }: Stage): string {
  return text
    .replaceAll(server, 'SERVER')
    .replaceAll(realm, 'REALM')
    .replaceAll(program, 'PROGRAM')
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
    .replace(/timeToExpiry: \d+s/, 'timeToExpiry: Ns')
}

/** JSON whose order says nothing is compared without it; layout is compared as it is. */
function read(text: string, unordered: boolean): unknown {
  return unordered ? sorted(JSON.parse(text)) : text
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted)
    return items.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sorted(member)]))
}
