import type { Realm } from './realm.ts'

/** Reading realms (cached, kind `realms`, tag `realm:{id}` and `realm-name:{name}`) and changing them. */
export interface Realms {
  byName(name: string): Promise<Realm | null>
  byId(id: string): Promise<Realm | null>
  /** All names, sorted; never loads whole realms. */
  names(): Promise<string[]>
}
