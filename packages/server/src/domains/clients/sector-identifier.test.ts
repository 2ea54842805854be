import { expect, it } from 'vitest'
import { changesSector, sectorProblem } from './sector-identifier.ts'

const sector = 'https://sector.test/uris'
const mapper = (sectorIdentifierUri: string) => ({
  id: 'm',
  name: 'pairwise',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-sha256-pairwise-sub-mapper',
  config: { sectorIdentifierUri },
})
const client = {
  rootUrl: 'https://a.test',
  redirectUris: ['https://a.test/cb', '/other'],
  protocolMappers: [mapper(sector)],
}

it.each<[string, string | null]>([
  ['["https://a.test/cb","https://a.test/other","https://b.test/cb"]', null],
  ['["https://a.test/cb"]', 'Client redirect URIs does not match'],
  ['{}', 'Client redirect URIs does not match'],
  ['{', 'Failed to get redirect URIs'],
])('judges the document %s', async (document, problem) => {
  const asked: string[] = []
  const found = await sectorProblem(client, async (url) => {
    asked.push(url)
    return document
  })
  expect(asked).toEqual([sector])
  if (problem === null) expect(found).toBeNull()
  else expect(found).toContain(problem)
})

it('asks nobody for a client without such subjects, or without a sector', async () => {
  const never = () => Promise.reject(new Error('asked'))
  expect(await sectorProblem({ redirectUris: ['https://a.test/'] }, never)).toBeNull()
  expect(await sectorProblem({ ...client, protocolMappers: [mapper('')] }, never)).toBeNull()
  expect(await sectorProblem(client, never)).toContain('Failed to get')
})

it('knows what touches a sector', () => {
  expect(changesSector(client, {})).toBe(false)
  expect(changesSector(client, { redirectUris: ['https://b.test/'] })).toBe(true)
  expect(changesSector(client, { protocolMappers: [mapper('https://other.test/')] })).toBe(true)
  expect(changesSector(client, { protocolMappers: [] })).toBe(true)
})
