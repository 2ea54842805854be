import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { KubeObject } from './kube-object.ts'

const root = resolve(import.meta.dirname, '../../../..')
/** Installed by scripts/install-chart-tools.sh. */
const python = resolve(root, '.tmp/chart-tools/bin/python')

export function chartToolsAreThere(): boolean {
  return existsSync(python)
}

/**
 * What Helm makes of the chart as release `id` in namespace `login`.
 * @param sets values by name; left out: those of the chart's examples
 * @returns per set of values everything that is rendered
 */
export function renderedChart(
  sets?: Readonly<Record<string, object>>,
): Readonly<Record<string, readonly KubeObject[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-values-'))
  try {
    const files = Object.entries(sets ?? {}).map(([name, values]) => {
      const file = join(folder, `${name}.yaml`)
      writeFileSync(file, JSON.stringify(values))
      return file
    })
    const answer = execFileSync(python, [resolve(root, 'scripts/check-chart.py'), ...files], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    return (JSON.parse(answer) as { rendered: Record<string, KubeObject[]> }).rendered
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
