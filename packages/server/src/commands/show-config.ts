import { SettingCatalogue } from '../config/setting-catalogue.ts'
import type { Configuration } from '../config/sources.ts'

const masked = '*******'

/** @returns what `show-config` prints: everything that was given, and with `all` the defaults too; secrets are masked */
export function showConfig({ commandLine, values }: Configuration): string {
  const catalogue = new SettingCatalogue()
  const lines = ['Current Mode: production', 'Current Configuration:']
  const shown = new Set<string>()
  for (const [name, { text, source }] of [...values.given].sort(([a], [b]) => a.localeCompare(b))) {
    shown.add(name)
    const secret = catalogue.find(name)?.secret === true || /password|secret/.test(name)
    lines.push(` kc.${name} = ${secret ? masked : text} (${source})`)
  }
  if (commandLine.words.includes('all')) {
    for (const { name, default: text } of catalogue.all) {
      if (text !== undefined && !shown.has(name)) lines.push(` kc.${name} = ${text} (default)`)
    }
  }
  return `${lines.join('\n')}\n`
}
