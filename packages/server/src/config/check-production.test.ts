import { expect, it } from 'vitest'
import { checkProduction } from './check-production.ts'
import type { ServerSettings } from './server-settings.ts'

const production = (hostname: string | undefined, cache: string) =>
  checkProduction({
    development: false,
    http: {
      tls: {},
      proxy: { headers: undefined },
      hostname: { hostname, strict: false, backchannelDynamic: false, admin: undefined },
    },
    values: { text: () => cache },
  } as unknown as ServerSettings)

it('warns of several nodes that have no common name', () => {
  expect(production(undefined, 'ispn')).toEqual([expect.stringContaining('`hostname` is not set')])
  expect(production(undefined, 'local')).toEqual([])
  expect(production('https://id.example.org', 'ispn')).toEqual([])
})
