import type { Provider } from './provider.ts'

/**
 * @param config settings of something that the provider makes
 * @returns what is wrong with a setting that takes one of a few values and has another; null where nothing is
 */
export function choiceProblem(
  { properties }: Pick<Provider, 'properties'>,
  config: Readonly<Record<string, string | null | undefined>> = {},
): string | null {
  for (const { name, type, options } of properties) {
    const value = config[name]
    if (type !== 'List' || options === undefined || !value) continue
    if (!options.includes(value)) return `${name} must be one of ${options.join(', ')}`
  }
  return null
}
