/** @returns scheme, host and port of an http(s) address; null for others, and where a wildcard stands in the host */
export function redirectOrigin(url: string): string | null {
  const match = /^(https?:\/\/[^/?#*@\s]+)(?:[/?#]|$)/i.exec(url)
  return match?.[1]?.toLowerCase() ?? null
}

/** @returns the origins of a client's redirect URIs, each once: those of an application that was registered without any */
export function redirectOrigins(redirectUris: readonly string[]): string[] {
  const origins = redirectUris.map(redirectOrigin).filter((origin) => origin !== null)
  return [...new Set(origins)]
}
