import { z } from 'zod'

/** Text; numbers and booleans are taken as text, as Keycloak's parser does. Null counts as absent. */
export const text = z
  .union([z.string(), z.number().transform(String), z.boolean().transform(String)])
  .nullish()
  .transform(absent)

/** As long as a column of Keycloak, in characters; ids of the server's own have 36. */
const shortTextLengthMax = 255

function boundedText(lengthMax: number) {
  return z
    .union([z.string().max(lengthMax), z.number().transform(String), z.boolean().transform(String)])
    .nullish()
    .transform(absent)
}

/** A name, a kind, or what refers to one, in a bound. Null counts as absent. */
export const shortText = boundedText(shortTextLengthMax)

/** The id of something, in a bound: it stands in addresses. Null counts as absent. */
export const identifier = boundedText(shortTextLengthMax)

/** `true`, `"true"`, … Null counts as absent. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
  .nullish()
  .transform(absent)

const int32Max = 2_147_483_647

function wholeNumber(max: number) {
  return z
    .union([
      z.number().int(),
      z
        .string()
        .regex(/^-?\d{1,15}$/)
        .transform(Number),
    ])
    .refine((value) => Math.abs(value) <= max)
    .nullish()
    .transform(absent)
}

/** A whole number of 32 bits, also as text. Null counts as absent. */
export const integer = wholeNumber(int32Max)

/** A longer whole number (times, counts), also as text. Null counts as absent. */
export const long = wholeNumber(Number.MAX_SAFE_INTEGER)

/** Name → whole number; null counts as absent. */
export const longMap = z
  .record(
    z.string(),
    wholeNumber(Number.MAX_SAFE_INTEGER).refine((value) => value !== undefined),
  )
  .nullish()
  .transform(absent)

/** A list of texts; null counts as absent. */
export const texts = z
  .array(z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]))
  .nullish()
  .transform(absent)

/** Name → text; null as a value takes the name away. */
export const textMap = z
  .record(
    z.string(),
    z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]).nullable(),
  )
  .nullish()
  .transform(absent)

/** Name → list of texts. A single text is taken as a list of one, null as an empty list. */
export const textLists = z
  .record(
    z.string(),
    z
      .union([z.array(z.string().nullable()), z.string()])
      .nullable()
      .transform(listOf),
  )
  .nullish()
  .transform(absent)

/** Name → lists of texts; null counts as absent, whole or in a name. */
export const textsByName = z.record(z.string(), texts).nullish().transform(absent)

/** As `shortText`, where an import cannot do without. */
export const requiredShortText = z.union([
  z.string().max(shortTextLengthMax),
  z.number().transform(String),
])

/** What imported things cannot do without; numbers are taken as text. */
export const requiredText = z.union([z.string(), z.number().transform(String)])

/** What `schema` reads, or nothing; null counts as absent, as clients that write every member send it. */
export function maybe<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform(absent)
}

/** Anything: stored and given back. */
export const anything = z.unknown().optional()

function absent<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined
}

function listOf(given: string | (string | null)[] | null): string[] {
  if (typeof given === 'string') return [given]
  return (given ?? []).filter((value): value is string => value !== null)
}
