/** Where placeholders find their values: the environment and system properties. */
export type PlaceholderValues = (name: string) => string | undefined

/** `${NAME}` and `${NAME:default}`; a name has no braces or colons. */
const placeholder = /\$\{([^${}:]+)(?::([^{}]*))?\}/g

/**
 * Replaces `${NAME}` and `${NAME:default}` in the text of an import file, as Keycloak does at a server start.
 * Placeholders without a value stay: realms are full of `${role_…}` and `${client_…}`, which are message keys.
 */
export function replacePlaceholders(text: string, values: PlaceholderValues): string {
  return text.replace(placeholder, (whole, name: string, fallback: string | undefined) => {
    const value = values(name.replace(/^env\./, '')) ?? fallback
    return value === undefined ? whole : JSON.stringify(value).slice(1, -1)
  })
}
