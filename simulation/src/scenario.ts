import { viewLine } from '@holdfast/cluster'
import { safeBehaviour } from './behaviour.ts'
import { readRecord, writeKeys } from './cached-records.ts'
import { startNode } from './run-seed.ts'
import type { SimulatedNode } from './simulated-node.ts'
import { World } from './world.ts'

type Command = (scenario: Scenario, args: readonly string[]) => string | undefined

/** How long a command waits for an answer, in ms. */
const answerMs = 5000
const acknowledgeMs = 250

const commands: Readonly<Record<string, Command>> = {
  start: (scenario, [count]) => {
    for (let index = 0; index < Number(count); index++) startNode(scenario.world)
    return undefined
  },
  wait: (scenario, [time]) => scenario.pass(milliseconds(time)),
  kill: (scenario, [name]) => scenario.node(name).crash() as undefined,
  freeze: (scenario, [name]) => {
    scenario.node(name).paused = true
    return undefined
  },
  thaw: (scenario, [name]) => scenario.node(name).resume() as undefined,
  sleep: (scenario, [name, time]) => {
    const node = scenario.node(name)
    node.paused = true
    scenario.pass(milliseconds(time))
    node.clock.slept(milliseconds(time))
    node.resume()
    return undefined
  },
  'set-clock': (scenario, [name, time]) =>
    scenario.node(name).clock.setWall(milliseconds(time)) as undefined,
  cut: (scenario, [one, other]) => scenario.cut(one as string, other as string),
  heal: (scenario) => scenario.world.network.heal() as undefined,
  database: (scenario, [state]) => {
    const { primary } = scenario.world
    primary.alive = state === 'up'
    if (state === 'down') primary.endAll()
    return undefined
  },
  failover: (scenario, [time]) => scenario.failOver(milliseconds(time)),
  upgrade: (scenario, [name]) => {
    scenario.node(name).format = 2
    return undefined
  },
  view: (scenario, [name]) =>
    viewLine(scenario.node(name).membership.view).replace(/^.*ISPN: /, ''),
  lease: (scenario, [name]) => (scenario.node(name).leaseValid() ? 'holds' : 'has ended'),
  fresh: (scenario, [name]) => (scenario.node(name).fresh() ? 'yes' : 'no'),
  read: (scenario, [name, key]) => scenario.read(scenario.node(name), key as string),
  write: (scenario, [name, ...keys]) => scenario.write(scenario.node(name), keys),
}

/** A run that is told what to do line by line, and says what came of it. */
export class Scenario {
  readonly world: World
  #noted: string[] = []

  constructor(seed = 1) {
    this.world = new World(seed, safeBehaviour, (line) => this.#noted.push(line))
  }

  /** @returns what the command answers, and what nodes did meanwhile, one line each */
  run(line: string): string {
    const [name = '', ...args] = line.trim().split(/\s+/)
    const command = commands[name]
    if (command === undefined) throw new Error(`unknown command: ${line}`)
    this.#noted = []
    const answer = command(this, args)
    return [
      ...this.#noted.filter(isWorthTelling).map(withoutTime),
      ...(answer ? [answer] : []),
    ].join('\n')
  }

  node(name: string | undefined): SimulatedNode {
    const node = this.world.nodes.find((each) => each.name === name)
    if (node === undefined) throw new Error(`there is no ${name}`)
    return node
  }

  pass(ms: number): undefined {
    this.world.scheduler.runUntil(this.world.now + ms)
  }

  cut(one: string, other: string): undefined {
    const { meshCuts, databaseCuts } = this.world.network.faults
    if (other === 'database') databaseCuts.add(one)
    else meshCuts.add(`${one}>${other}`).add(`${other}>${one}`)
  }

  /** The former primary is gone for good; connections find the new one when they notice. */
  failOver(lagMs: number): undefined {
    const { former, next } = this.world.failOver(lagMs)
    former.alive = false
    former.refuses = true
    for (const node of this.world.nodes) node.routes.fill(next)
  }

  read(node: SimulatedNode, key: string): string {
    let answer = 'no answer'
    node.deliver(() =>
      readRecord(node, key, (outcome) => {
        answer = outcome ? `write ${outcome.value.own}, from the ${outcome.from}` : '503'
      }),
    )
    this.#passUntil(() => answer !== 'no answer')
    return answer
  }

  write(node: SimulatedNode, keys: readonly string[]): string {
    let answer = 'no answer'
    node.deliver(() =>
      writeKeys(node, keys, false, (write) => {
        answer = write === undefined ? 'no acknowledgement' : 'acknowledged'
      }),
    )
    this.#passUntil(() => answer !== 'no answer')
    // The reply to an administrator waits until the reachable nodes have applied the change, 250 ms at most.
    this.pass(acknowledgeMs)
    return answer
  }

  #passUntil(done: () => boolean): void {
    const end = this.world.now + answerMs
    while (!done() && this.world.now < end) this.pass(1)
  }
}

/** Job runs and the like are not what a scenario is about. */
function isWorthTelling(line: string): boolean {
  return /forgets everything|evicts|joins|has written/.test(line)
}

function withoutTime(line: string): string {
  return line.replace(/^\s*[\d.]+s\s+(\S+)\s+/, '$1 ')
}

function milliseconds(text: string | undefined): number {
  const [, amount, unit] = /^(-?[\d.]+)(ms|s|min)$/.exec(text ?? '') ?? []
  if (amount === undefined) throw new Error(`not a time: ${text}`)
  return Number(amount) * (unit === 'min' ? 60_000 : unit === 's' ? 1000 : 1)
}
