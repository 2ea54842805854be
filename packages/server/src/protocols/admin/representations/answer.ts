import { type ZodType, z } from 'zod'
import { shown } from '../../../domains/realms/shown.ts'

/** What a route answers: the schema of its JSON. */
export type Answer = ZodType

interface Named {
  readonly name: string
  readonly schema: ZodType
}

/**
 * @param precise members that requests may fill with anything, and answers may not
 * @returns a representation that requests bring, as answers show it, under Keycloak's name
 */
export function answerOf({ name, schema }: Named, precise: Record<string, ZodType> = {}): Answer {
  const answer = shown(schema)
  const complete =
    answer instanceof z.ZodObject ? answer.extend(optional(precise)).strict() : answer
  return complete.meta({ title: name })
}

/** @returns an object all of whose members are there at times only */
export function partly(name: string, members: Record<string, ZodType>): Answer {
  return z.strictObject(optional(members)).meta({ title: name })
}

/** @returns a list of such things */
export function listOf(one: Answer): Answer {
  return z.array(one)
}

function optional(members: Record<string, ZodType>): Record<string, ZodType> {
  return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, one.optional()]))
}

export const string = z.string()
export const boolean = z.boolean()
export const whole = z.int()
export const strings = z.array(string)
export const stringMap = z.record(string, string)
export const stringLists = z.record(string, strings)
/** Rights of the caller, by name. */
export const access = z.record(string, boolean)
export const count = z.strictObject({ count: whole }).meta({ title: 'Count' })
export const nothingInside = z.strictObject({})
/** An object with whatever members. */
export const anyMembers = z.record(string, z.unknown())
/** A file. */
export const file = string.meta({ contentMediaType: 'application/octet-stream' })
/** A text that is no JSON. */
export const plainText = string.meta({ contentMediaType: 'text/plain' })
