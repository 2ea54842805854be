import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

const script = readFileSync(
  `${import.meta.dirname}/../../../resources/login/frontchannel-logout.js`,
  'utf8',
)

/** Runs the script on a page. @returns what has become of it */
function run(readyState: string, link: { href: string } | null = { href: 'https://app.test/' }) {
  const listeners: (() => void)[] = []
  const timers: { after: () => void; ms: number }[] = []
  const visited: string[] = []
  runInNewContext(script, {
    document: { readyState, getElementById: () => link },
    window: {
      addEventListener: (type: string, listener: () => void) => {
        if (type === 'load') listeners.push(listener)
      },
    },
    location: { replace: (href: string) => visited.push(href) },
    setTimeout: (after: () => void, ms: number) => timers.push({ after, ms }),
  })
  return { listeners, timers, visited }
}

describe('the script of the front-channel logout', () => {
  it('goes on when the window with its frames has loaded', () => {
    const { listeners, visited } = run('interactive')
    expect(visited).toEqual([])
    for (const loaded of listeners) loaded()
    expect(visited).toEqual(['https://app.test/'])
  })

  it('goes on at once where it runs after that', () => {
    expect(run('complete').visited).toEqual(['https://app.test/'])
  })

  it('does not wait for a frame that never loads, and goes once', () => {
    const { listeners, timers, visited } = run('interactive')
    expect(timers.map(({ ms }) => ms)).toEqual([5_000])
    for (const { after } of timers) after()
    for (const loaded of listeners) loaded()
    expect(visited).toEqual(['https://app.test/'])
  })

  it('stays where there is no address to go on to', () => {
    const { listeners, timers } = run('complete', null)
    expect([listeners, timers]).toEqual([[], []])
  })

  it('uses nothing that browsers learned after 2015', () => {
    expect(script).not.toMatch(/\.\.\.|\?\.|\?\?|\basync\b|\w\s*\*\*\s*\w|\bfor\s*\([^)]*\bof\b/)
  })
})
