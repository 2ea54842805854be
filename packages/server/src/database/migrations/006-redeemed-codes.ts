/**
 * The row of a login holds its code until that is redeemed, and changes then. Room for that on its page spares new index
 * entries (HOT).
 */
export const statements: readonly string[] = ['ALTER TABLE single_use_object SET (fillfactor = 80)']
