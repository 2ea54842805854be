const ofRealm = 'realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE'
const ofResource = `user_id text REFERENCES users ON DELETE CASCADE,
     client_id text REFERENCES client ON DELETE CASCADE`

/** What may start workflows, the runs of those that are active for a user or a client, and when scheduled ones are next. */
export const workflows: readonly string[] = [
  `CREATE TABLE workflow_event (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${ofRealm}, event text NOT NULL,
     user_id text, client_id text, about text, depth integer NOT NULL, created_at bigint NOT NULL)`,
  // Realm by realm, in the order in which they came.
  'CREATE INDEX workflow_event_realm ON workflow_event (realm_id, id)',
  `CREATE TABLE workflow_run (
     id text PRIMARY KEY, ${ofRealm}, workflow_id text NOT NULL, ${ofResource},
     step_id text NOT NULL, due_at bigint NOT NULL, waited boolean NOT NULL, depth integer NOT NULL,
     attempts integer NOT NULL DEFAULT 0, last_error text)`,
  'CREATE INDEX workflow_run_due ON workflow_run (due_at)',
  'CREATE INDEX workflow_run_realm ON workflow_run (realm_id)',
  'CREATE INDEX workflow_run_workflow ON workflow_run (workflow_id)',
  'CREATE UNIQUE INDEX workflow_run_user ON workflow_run (user_id, workflow_id)',
  'CREATE UNIQUE INDEX workflow_run_client ON workflow_run (client_id, workflow_id)',
  `CREATE TABLE workflow_schedule (
     workflow_id text PRIMARY KEY REFERENCES component ON DELETE CASCADE, ${ofRealm},
     next_at bigint NOT NULL, reached text NOT NULL DEFAULT '')`,
  'CREATE INDEX workflow_schedule_realm ON workflow_schedule (realm_id)',
  `CREATE UNIQUE INDEX component_workflow ON component (realm_id, coalesce(config->'name'->>0, name))
   WHERE provider_type = 'org.keycloak.models.workflow.WorkflowProvider'`,
]
