import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { bySelfTime, type CpuProfile, framesOf } from './cpu-profile.ts'
import { flameGraph } from './flame-graph.ts'
import { ModulePlaces } from './module-places.ts'

const folder = mkdtempSync(join(tmpdir(), 'anatomy-test-'))
const bundle = join(folder, 'server-1.js')
const url = pathToFileURL(bundle).href
writeFileSync(
  bundle,
  [
    'import x from "x"',
    '// packages/server/dist/http/json-answer.js',
    'function sendJson() {}',
    '// node_modules/fastify/lib/reply.js',
    'function send() {}',
  ].join('\n'),
)
afterAll(() => rmSync(folder, { recursive: true }))

function node(id: number, functionName: string, children: number[], at = '', lineNumber = -1) {
  return { id, callFrame: { functionName, url: at, lineNumber }, children }
}

/** 1 ms idle; 2 ms in `send`, of which 1.5 ms in a `sendJson` that it called; 1 ms in the profiler; `send` again for 0.5 ms. */
const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', [2, 3, 5, 6]),
    node(2, '(idle)', []),
    node(3, 'send', [4], url, 4),
    node(4, 'sendJson', [], url, 2),
    node(5, 'turn', [7], 'file:///anywhere/anatomy/profile-on-signal.js', 20),
    node(6, '', [8], 'node:net', 900),
    node(7, 'dispatch', []),
    node(8, 'send', [], url, 4),
  ],
  samples: [2, 3, 4, 7, 8],
  timeDeltas: [1_000, 500, 1_500, 1_000, 500],
}

test('what ran is told with its module and its time, without what was idle and the profiler itself', () => {
  const root = framesOf(profile, new ModulePlaces())

  expect(root.total).toBe(2_500)
  expect(root.calls).toEqual([
    {
      name: 'send',
      place: 'fastify',
      self: 500,
      total: 2_000,
      calls: [
        { name: 'sendJson', place: 'http/json-answer', self: 1_500, total: 1_500, calls: [] },
      ],
    },
    {
      name: '(anonymous)',
      place: 'node:net',
      self: 0,
      total: 500,
      calls: [{ name: 'send', place: 'fastify', self: 500, total: 500, calls: [] }],
    },
  ])
})

test('a function that was called in several ways is counted once', () => {
  const functions = bySelfTime(framesOf(profile, new ModulePlaces()))

  expect(functions.slice(0, 2)).toEqual([
    { name: 'sendJson', place: 'http/json-answer', micros: 1_500 },
    { name: 'send', place: 'fastify', micros: 1_000 },
  ])
})

test('a flame graph draws each function below its caller, as wide as its time', () => {
  const svg = flameGraph('<login>', framesOf(profile, new ModulePlaces()), 10)

  expect(svg).toContain('&lt;login&gt;')
  const boxes = [
    ...svg.matchAll(/<title>([^<]+)<\/title><rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/g),
  ].map(([, title, x, y, width]) => ({ title, x: Number(x), y: Number(y), width: Number(width) }))
  const [root, send, sendJson] = boxes
  expect(send?.title).toBe('send, fastify: 200 µs, 80.0 %')
  expect(sendJson?.title).toBe('sendJson, http/json-answer: 150 µs, 60.0 %')
  expect(send?.width).toBeCloseTo((root?.width ?? 0) * 0.8, -1)
  expect((sendJson?.y ?? 0) > (send?.y ?? 0) && (send?.y ?? 0) > (root?.y ?? 0)).toBe(true)
  expect(sendJson?.x).toBe(send?.x)
})
