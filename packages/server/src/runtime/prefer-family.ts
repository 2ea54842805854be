import { setDefaultResultOrder } from 'node:dns'
import type { AddressFamily } from '../config/address-family.ts'

/** From now on this process takes addresses of one kind first when a name has both. */
export function preferFamily(family: AddressFamily): void {
  if (family !== 'either') setDefaultResultOrder(`${family}first`)
}
