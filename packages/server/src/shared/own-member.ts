/**
 * Looks up what somebody else has named. Names are anybody's: what every object inherits (`constructor`) is none of them.
 * @returns the member of that name; undefined where there is none
 */
export function ownMember<T>(
  members: Readonly<Record<string, T>> | undefined,
  name: string,
): T | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined
}
