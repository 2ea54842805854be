/** Note of a session: the `User-Agent` header of the browser that it was started in. */
export const userAgentNote = 'KC_DEVICE_NOTE'

/** Longest part of the header that is kept: enough to name the browser and its system. */
const charactersMax = 200

/** @returns the note for a browser, none for one that does not name itself. @param headers lines `name: value` */
export function userAgentNotes(headers: readonly string[]): Record<string, string> {
  const line = headers.find((each) => each.startsWith('user-agent:'))
  const userAgent = line?.slice('user-agent:'.length).trim()
  return userAgent ? { [userAgentNote]: userAgent.slice(0, charactersMax) } : {}
}
