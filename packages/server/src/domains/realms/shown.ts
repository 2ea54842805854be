import { type ZodType, z } from 'zod'
import {
  anything,
  flag,
  integer,
  long,
  text,
  textLists,
  textMap,
  texts,
  textsByName,
} from './scalars.ts'

const string = z.string()

/** What requests may write in several ways, answers write in one. */
const written: ReadonlyMap<ZodType, ZodType> = new Map<ZodType, ZodType>([
  [text, string],
  [flag, z.boolean()],
  [integer, z.int32()],
  [long, z.int()],
  [texts, z.array(string)],
  [textMap, z.record(string, string)],
  [textLists, z.record(string, z.array(string))],
  [textsByName, z.record(string, z.array(string))],
  [anything, z.unknown()],
])

/**
 * Turns the schema of what is taken into the schema of what is shown: of each scalar the one form that answers have, no null,
 * no member that is not known, and none that must be there.
 */
export function shown(given: ZodType): ZodType {
  const scalar = written.get(given)
  if (scalar !== undefined) return scalar
  if (given instanceof z.ZodOptional || given instanceof z.ZodNullable) {
    return shown(given.unwrap() as ZodType)
  }
  if (given instanceof z.ZodArray) return z.array(shown(given.element as ZodType))
  if (given instanceof z.ZodRecord) return z.record(string, shown(given.valueType as ZodType))
  if (!(given instanceof z.ZodObject)) return given
  const members = Object.entries(given.shape as Record<string, ZodType>).map(([name, member]) => [
    name,
    shown(member).optional(),
  ])
  return z.strictObject(Object.fromEntries(members) as Record<string, ZodType>)
}
