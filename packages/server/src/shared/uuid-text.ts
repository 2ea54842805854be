/** @param hex 32 hexadecimal digits @returns the same in the groups in which UUIDs are written (RFC 9562 §4) */
export function uuidText(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
