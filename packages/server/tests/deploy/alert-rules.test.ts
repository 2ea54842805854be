import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const folder = resolve(import.meta.dirname, '../../../../deploy/grafana')

/** Of Debian's package `prometheus`, installed by scripts/install-chart-tools.sh. */
const there = spawnSync('promtool', ['--version']).status === 0

function promtool(...words: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: folder, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
}

test.skipIf(!there)(
  'Prometheus takes the alert rules, and each fires when it should',
  {
    timeout: 120_000,
  },
  () => {
    promtool('check', 'rules', 'alerts.yaml')
    promtool('test', 'rules', 'alerts.test.yaml')
  },
)

test('each alert has a test in which it fires', () => {
  const names = (file: string, pattern: RegExp) =>
    [...readFileSync(resolve(folder, file), 'utf8').matchAll(pattern)].map(([, name]) => name)
  const fires = names('alerts.test.yaml', /alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:/g)
  expect(new Set(fires)).toEqual(new Set(names('alerts.yaml', /- alert: (\w+)/g)))
})
