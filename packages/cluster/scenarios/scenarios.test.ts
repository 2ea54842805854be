import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Scenario } from '../../../simulation/src/scenario.ts'

const folder = import.meta.dirname
const rewrite = process.env['REWRITE_SCENARIOS'] === '1'

/** Plays a file: comments stay, each command is followed by `----` and what came of it. */
function play(text: string): string {
  const scenario = new Scenario()
  const blocks = text.trimEnd().split('\n\n')
  return `${blocks.map((block) => playBlock(scenario, block)).join('\n\n')}\n`
}

function playBlock(scenario: Scenario, block: string): string {
  const [head = ''] = block.split('\n----')
  const output = head
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => scenario.run(line))
    .filter((result) => result !== '')
  return output.length === 0 ? head : `${head}\n----\n${output.join('\n')}`
}

describe('scenarios', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
    test(file, () => {
      const path = `${folder}/${file}`
      const text = readFileSync(path, 'utf8')
      const played = play(text)
      if (rewrite) writeFileSync(path, played)
      else expect(played).toBe(text)
    })
  }
})
