/**
 * Room on the pages of rows that are sure to change, so that a change needs no new index entries (HOT): the row of a login,
 * which holds its code until that is redeemed; and sessions, whose neighbours on a page were made in the same second, are
 * refreshed in the same second, and change in one transaction, which cannot use the room of its own former rows.
 */
export const statements: readonly string[] = [
  'ALTER TABLE single_use_object SET (fillfactor = 80)',
  'ALTER TABLE user_session SET (fillfactor = 50)',
  'ALTER TABLE client_session SET (fillfactor = 50)',
]
