import type { Transaction } from '@holdfast/server/database/database'
import type { ids } from './foreign-rows.ts'

/** Calls one verb of a store with a realm and with ids of the realm `other`. */
export type Call<Store> = (
  store: Store,
  tx: Transaction,
  realmId: string,
  foreign: typeof ids,
) => Promise<unknown>

/**
 * Why a verb has no call: it `makes` rows, and its caller has looked up in the realm what they refer to; its ids were
 * `resolved` in the realm before, and it takes no realm; it serves `every realm`; it is given up `by secret`, whoever
 * presents it; or the realm itself is what it is about (`the realm`), so that there is no other realm's id.
 */
export type Exemption = 'by secret' | 'every realm' | 'makes' | 'resolved' | 'the realm'

/** What a store promises about ids of another realm, verb by verb. */
export interface StoreContract<Store extends object = object> {
  readonly store: Store
  readonly verbs: { readonly [Verb in keyof Store]?: Call<Store> | Exemption }
}

/** Has the compiler compare the verbs with those of the store. */
export function contract<Store extends object>(
  store: Store,
  verbs: StoreContract<Store>['verbs'],
): StoreContract {
  return { store, verbs: verbs as StoreContract['verbs'] }
}
