import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { safeBehaviour } from './behaviour.ts'
import { controls } from './controls.ts'
import { type Outcome, runSeed } from './run-seed.ts'

const usage = `\
npm run simulate -- --seeds 10000 [--from 1] [--control NAME]   play many seeds, print those that fail
npm run simulate -- --seed N [--control NAME]                   play one seed and print what happens
Controls: ${Object.keys(controls).join(', ')}`

interface Share {
  readonly from: number
  readonly count: number
  readonly step: number
  readonly control: string | undefined
}

function behaviourOf(control: string | undefined) {
  if (control === undefined) return safeBehaviour
  const behaviour = controls[control]
  if (behaviour === undefined) throw new Error(`there is no control ${control}\n${usage}`)
  return behaviour
}

/** Plays every `step`th seed; outcomes with a violation are reported at once. */
function playShare(share: Share, report: (outcome: Outcome) => void): void {
  const behaviour = behaviourOf(share.control)
  for (let index = 0; index < share.count; index += share.step) {
    const outcome = runSeed(share.from + index, behaviour)
    if (outcome.violation !== undefined) report(outcome)
  }
}

function replay(seed: number, control: string | undefined): void {
  const { violation } = runSeed(seed, behaviourOf(control), (line) => console.log(line))
  console.log(
    violation === undefined ? `seed ${seed}: nothing went wrong` : `seed ${seed}: ${violation}`,
  )
  if (violation !== undefined) process.exitCode = 1
}

async function playAll(from: number, seeds: number, control: string | undefined): Promise<void> {
  behaviourOf(control)
  const began = performance.now()
  const threads = Math.max(1, Math.min(availableParallelism(), seeds))
  const failures: Outcome[] = []
  const threadsDone = Array.from({ length: threads }, (_, index) => {
    const share: Share = { from: from + index, count: seeds - index, step: threads, control }
    const worker = new Worker(new URL(import.meta.url), { workerData: share })
    worker.on('message', (outcome: Outcome) => {
      failures.push(outcome)
      console.log(`seed ${outcome.seed}: ${outcome.violation}`)
    })
    return new Promise<void>((resolve, reject) => {
      worker.on('error', reject)
      worker.on('exit', () => resolve())
    })
  })
  await Promise.all(threadsDone)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(
    `${seeds} seeds from ${from} in ${seconds} s on ${threads} threads: ${failures.length} failed`,
  )
  const first = failures.map((failure) => failure.seed).sort((a, b) => a - b)[0]
  if (first === undefined) return
  console.log(
    `Replay with: npm run simulate -- --seed ${first}${control ? ` --control ${control}` : ''}`,
  )
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      from: { type: 'string', default: '1' },
      control: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const whole = (text: string, name: string) => {
    if (!/^\d+$/.test(text)) throw new Error(`--${name} wants a whole number, not ${text}`)
    return Number(text)
  }
  if (values.help) console.log(usage)
  else if (values.seed !== undefined) replay(whole(values.seed, 'seed'), values.control)
  else
    await playAll(
      whole(values.from, 'from'),
      whole(values.seeds ?? '1000', 'seeds'),
      values.control,
    )
}

if (isMainThread) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 2
  })
} else {
  playShare(workerData as Share, (outcome) => parentPort?.postMessage(outcome))
}
