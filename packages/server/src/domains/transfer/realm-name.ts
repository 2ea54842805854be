import { ModelError } from '../realms/model-error.ts'

/** As long as an identifier in a database column of Keycloak. */
const nameLengthMax = 255
/** Characters that mean something in an address, as Keycloak refuses them. */
const reserved = /[!#$&()*+,/:;=?@[\\\]]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused.
const control = /[\u0000-\u001f\u007f]/

/** @throws ModelError `invalid` for a name that no realm may have */
export function requireRealmName(name: string): void {
  if (!name.trim()) throw new ModelError('invalid', 'Realm name cannot be empty')
  if (name.length > nameLengthMax) throw new ModelError('invalid', 'Realm name is too long.')
  const found = reserved.exec(name)?.[0]
  if (found !== undefined) throw new ModelError('invalid', `Character '${found}' not allowed.`)
  if (control.test(name)) throw new ModelError('invalid', 'Character not allowed.')
}
