import { hasKeyParser, keyProviderType } from '../keys/key-component.ts'
import { userStorageType } from './component-providers.ts'

/**
 * What is stored but does not act yet is told to the operator when it is saved or imported.
 * @returns a line for the log, or none for a component that acts
 */
export function idleComponentNotices(
  providerType: string,
  { name, providerId }: { readonly name?: string | undefined; readonly providerId: string },
): string[] {
  const what = `component ${name ?? ''} (${providerId}) is configuration only`
  if (providerType === keyProviderType && !hasKeyParser(providerId)) {
    return [`${what}: it gives the realm no key`]
  }
  return providerType === userStorageType ? [`${what}: no users come from it`] : []
}
