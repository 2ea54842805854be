/** Clients that authenticate by tokens of others are found by the subject in them. */
export const statements: readonly string[] = [
  `CREATE INDEX client_federated_subject
     ON client (realm_id, (representation->'attributes'->>'jwt.credential.sub'))
     WHERE representation->>'clientAuthenticatorType' = 'federated-jwt'`,
]
