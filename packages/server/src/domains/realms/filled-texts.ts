/** @returns the texts without those that are null: a member without a value says nothing */
export function filledTexts(
  texts: Readonly<Record<string, string | null>> = {},
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [[name, text]])),
  )
}
