/** So that the sweep of expired events reads only what it deletes. */
export const statements: readonly string[] = [
  'CREATE INDEX login_event_expiry ON login_event (expires_at) WHERE expires_at IS NOT NULL',
  'CREATE INDEX admin_event_expiry ON admin_event (expires_at) WHERE expires_at IS NOT NULL',
]
