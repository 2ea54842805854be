import { ownMember } from '../../shared/own-member.ts'
/**
 * @param name of anybody's choice, `constructor` for example, which every object inherits
 * @returns the values of an attribute; none where there is no such attribute
 */
export function attributeValues<T extends readonly unknown[]>(
  attributes: Readonly<Record<string, T>> | undefined,
  name: string,
): T | readonly [] {
  return ownMember(attributes, name) ?? []
}
