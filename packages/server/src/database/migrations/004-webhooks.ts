/** Messages to webhooks: those that wait have `due_at`, those that were given up `died_at`; what arrived is gone. */
export const webhooks: readonly string[] = [
  `CREATE TABLE webhook_message (
     id text PRIMARY KEY, realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE, webhook_id text NOT NULL,
     type text NOT NULL, payload text NOT NULL, created_at bigint NOT NULL, due_at bigint, died_at bigint,
     attempts integer NOT NULL DEFAULT 0, last_error text)`,
  'CREATE INDEX webhook_message_due ON webhook_message (due_at) WHERE due_at IS NOT NULL',
  // Every realm gets its turn: the sender goes from realm to realm.
  'CREATE INDEX webhook_message_realm_due ON webhook_message (realm_id, due_at) WHERE due_at IS NOT NULL',
  'CREATE INDEX webhook_message_dead ON webhook_message (realm_id, died_at) WHERE died_at IS NOT NULL',
  'CREATE INDEX webhook_message_died ON webhook_message (died_at) WHERE died_at IS NOT NULL',
  // For a realm that goes.
  'CREATE INDEX webhook_message_realm ON webhook_message (realm_id)',
]
