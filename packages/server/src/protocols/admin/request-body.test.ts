import { expect, it } from 'vitest'
import { userShape } from './representations/user.ts'
import { checked } from './request-body.ts'

function refusal(text: string): unknown {
  try {
    return checked(text, userShape)
  } catch (error) {
    return (error as { body: unknown }).body
  }
}

it('names the column behind the value of an unknown member', () => {
  expect(refusal('{"username": "user7", "nope": 1}')).toEqual({
    error:
      'Invalid json representation for UserRepresentation. Unrecognized field "nope" at line 1 column 32.',
  })
})

it('counts lines', () => {
  expect(refusal('{\n  "nope": true\n}')).toEqual({
    error:
      'Invalid json representation for UserRepresentation. Unrecognized field "nope" at line 2 column 15.',
  })
})

it('tells malformed text from a wrong type', () => {
  expect(refusal('{')).toMatchObject({ error: 'invalid_request' })
  expect(refusal('[]')).toMatchObject({ error: 'unknown_error' })
})

it('reads numbers and flags that are written as text', () => {
  expect(checked('{"enabled": "true", "notBefore": "5"}', userShape)).toMatchObject({
    enabled: true,
    notBefore: 5,
  })
})

it('takes null for absent', () => {
  expect(checked('{"email": null}', userShape).email).toBeUndefined()
})
