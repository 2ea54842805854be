import { ModelError } from './model-error.ts'

const nameCharactersMax = 255
/** Of all attributes together: a picture or a list of many, and not what fills a node's memory. */
const valuesMax = 10_000
const charactersMax = 4 * 1024 * 1024

/**
 * Holds attributes of users, groups and organizations to what a page, a token or a cached copy of them can bear.
 * @throws ModelError `invalid`
 */
export function requireBoundedAttributes(
  attributes: Readonly<Record<string, readonly string[]>>,
): void {
  let values = 0
  let characters = 0
  let isLong = false
  for (const [name, list] of Object.entries(attributes)) {
    isLong ||= name.length > nameCharactersMax
    values += list.length
    for (const value of list) characters += value.length
  }
  if (isLong || values > valuesMax || characters > charactersMax) {
    throw new ModelError('invalid', 'The attributes are too many or too long')
  }
}
