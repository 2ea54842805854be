import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { SettingCatalogue } from '../../dist/config/setting-catalogue.js'

const root = resolve(import.meta.dirname, '../../../..')
const python = resolve(root, '.tmp/chart-tools/bin/python')
const probes = ['/health/started', '/health/live', '/health/ready']

interface Container {
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value?: string }[]
  readonly startupProbe: { readonly httpGet: { readonly path: string } }
  readonly livenessProbe: { readonly httpGet: { readonly path: string } }
  readonly readinessProbe: { readonly httpGet: { readonly path: string } }
}

interface Document {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } }
  }
}

/** Installed by scripts/install-chart-tools.sh; where PyPI cannot be reached there is nothing to check with. */
const there = existsSync(python)

test.skipIf(!there)(
  'the chart renders, passes the linter and the strict schemas, and refuses unknown values',
  { timeout: 120_000 },
  () => {
    const script = resolve(root, 'scripts/check-chart.py')
    const { status, stdout, stderr } = spawnSync(python, [script], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    const { problems, rendered } = JSON.parse(stdout || '{}') as {
      problems: string[]
      rendered: Record<string, Document[]>
    }
    expect(problems, stderr).toEqual([])
    expect(status).toBe(0)
    const catalogue = new SettingCatalogue()
    const workloads = Object.values(rendered)
      .flat()
      .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    expect(workloads.map(({ kind }) => kind)).toEqual(['Deployment', 'StatefulSet'])
    for (const { spec } of workloads) {
      const [container] = spec.template?.spec.containers ?? []
      const { args, env = [], startupProbe, livenessProbe, readinessProbe } = container ?? {}
      expect(args).toEqual(['start'])
      const asked = [startupProbe, livenessProbe, readinessProbe].map(
        (probe) => probe?.httpGet.path,
      )
      expect(asked).toEqual(probes)
      const unknown = env
        .map(({ name }) => name)
        .filter((name) => name.startsWith('KC_') && !name.startsWith('KC_SPI_'))
        .filter((name) => catalogue.findVariable(name) === undefined)
      expect(unknown, 'variables that are no settings').toEqual([])
    }
  },
)
