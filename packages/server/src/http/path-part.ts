/** @returns a part of a path without its percent-encoding; empty, which names nothing, where that cannot be read */
export function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
