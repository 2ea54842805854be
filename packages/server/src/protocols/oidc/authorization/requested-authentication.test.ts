import { describe, expect, it } from 'vitest'
import type { AuthorizationRequest } from './authorization-request.ts'
import { authenticationRequestOf } from './requested-authentication.ts'

/** The level that a request comes to, for a client whose levels are silver (1) and gold (2). */
function levelOf(minimum: string, parameters: Record<string, string>): [number, boolean] {
  const attributes = { 'acr.loa.map': '{"silver":1,"gold":2}', 'minimum.acr.value': minimum }
  const request = {
    realm: { settings: { attributes: {} } },
    client: { representation: { attributes } },
    parameters: new URLSearchParams(parameters),
  } as unknown as AuthorizationRequest
  const { requestedLoa, loaForced } = authenticationRequestOf(request)
  return [requestedLoa, loaForced]
}

const essential = { claims: '{"id_token":{"acr":{"essential":true,"values":["silver"]}}}' }

describe('the level of authentication of a request', () => {
  it.each<[string, Record<string, string>, [number, boolean]]>([
    ['', {}, [-1, false]],
    ['', { acr_values: 'silver' }, [1, false]],
    ['gold', {}, [2, false]],
    ['gold', { acr_values: 'silver' }, [2, false]],
    ['gold', essential, [2, true]],
    ['silver', { acr_values: 'gold' }, [2, false]],
    ['1', {}, [1, false]],
    ['unknown', { acr_values: 'silver' }, [1, false]],
  ])('with the minimum %j and %j is %j', (minimum, parameters, level) => {
    expect(levelOf(minimum, parameters)).toEqual(level)
  })
})
