import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { WaitingEvent, WorkflowResource, WorkflowRun, WorkflowWork } from './workflow-run.ts'

/** An event before it is written. */
export type NewWorkflowEvent = Omit<WaitingEvent, 'id' | 'depth'>

interface RunRow {
  id: string
  realm_id: string
  workflow_id: string
  user_id: string | null
  client_id: string | null
  step_id: string
  due_at: number
  waited: boolean
  depth: number
  attempts: number
}

/** The database's clock in milliseconds: nodes agree on it. */
const now = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
const runColumns =
  'id, realm_id, workflow_id, user_id, client_id, step_id, due_at, waited, depth, attempts'

/** All SQL of the tables `workflow_event`, `workflow_run` and `workflow_schedule`. */
export class WorkflowStore {
  /** @param waitingMax events of the realm that may wait. @returns whether they were written. Index: workflow_event_realm */
  async insertEvents(
    db: Queryable,
    realmId: RealmId,
    events: readonly NewWorkflowEvent[],
    { depth, waitingMax }: { readonly depth: number; readonly waitingMax: number },
  ): Promise<boolean> {
    const rows = await db.query(
      `INSERT INTO workflow_event (realm_id, event, user_id, client_id, about, depth, created_at)
       SELECT $1, e.event, e."userId", e.client, e.about, $3, ${now}
       FROM jsonb_to_recordset($2::jsonb) AS e(event text, "userId" text, client text, about text)
       WHERE (SELECT count(*) FROM (
         SELECT 1 FROM workflow_event WHERE realm_id = $1 LIMIT $4) w) < $4
       RETURNING 1`,
      [realmId, JSON.stringify(events), depth, waitingMax],
    )
    return rows.length === events.length
  }

  /**
   * What there is to do, of realms in no order. Indexes: workflow_event_realm (read realm by realm), workflow_run_due,
   * workflow_schedule_pkey, component_workflow.
   * @param underWay ids of what is done here now: realms for their events, runs and workflows
   */
  async due(
    db: Queryable,
    limit: number,
    busy: readonly string[],
    underWay: readonly string[],
  ): Promise<WorkflowWork[]> {
    return await db.query<WorkflowWork>(
      `WITH RECURSIVE waiting AS (
         (SELECT realm_id FROM workflow_event ORDER BY realm_id LIMIT 1)
         UNION ALL
         SELECT (SELECT e.realm_id FROM workflow_event e WHERE e.realm_id > w.realm_id ORDER BY e.realm_id LIMIT 1)
         FROM waiting w WHERE w.realm_id IS NOT NULL)
       SELECT * FROM (
         (SELECT 'events' AS kind, realm_id AS "realmId", realm_id AS id FROM waiting
          WHERE realm_id IS NOT NULL AND realm_id <> ALL($2) AND realm_id <> ALL($3) LIMIT $1)
         UNION ALL
         (SELECT 'run', realm_id, id FROM workflow_run
          WHERE due_at <= ${now} AND realm_id <> ALL($2) AND id <> ALL($3) ORDER BY due_at LIMIT $1)
         UNION ALL
         (SELECT 'schedule', realm_id, workflow_id FROM workflow_schedule
          WHERE next_at <= ${now} AND realm_id <> ALL($2) AND workflow_id <> ALL($3) LIMIT $1)
         UNION ALL
         (SELECT 'plan', realm_id, id FROM component c
          WHERE provider_type = 'org.keycloak.models.workflow.WorkflowProvider' AND config ? 'schedule.after'
            AND realm_id <> ALL($2) AND id <> ALL($3)
            AND NOT EXISTS (SELECT 1 FROM workflow_schedule s WHERE s.workflow_id = c.id) LIMIT $1)) d
       LIMIT $1`,
      [limit, busy, underWay],
    )
  }

  /** Makes changes of a realm's workflows come one after the other, until the transaction ends. Index: realm_pkey. */
  async lock(tx: Queryable, realmId: RealmId): Promise<void> {
    await tx.query('SELECT 1 FROM realm WHERE id = $1 FOR NO KEY UPDATE', [realmId])
  }

  /**
   * Takes the oldest events of a realm, until the transaction ends; none while somebody else has them. Index:
   * workflow_event_realm.
   */
  async takeEvents(tx: Queryable, realmId: RealmId, limit: number): Promise<WaitingEvent[]> {
    const [first] = await tx.query<{ id: number }>(
      `SELECT id FROM workflow_event WHERE id = (
         SELECT id FROM workflow_event WHERE realm_id = $1 ORDER BY id LIMIT 1) FOR UPDATE SKIP LOCKED`,
      [realmId],
    )
    if (!first) return []
    return await tx.query<WaitingEvent>(
      `SELECT id, event, user_id AS "userId", client_id AS client, about, depth
       FROM workflow_event WHERE realm_id = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [realmId, limit],
    )
  }

  /** Index: workflow_event_pkey. */
  async removeEvents(tx: Queryable, ids: readonly number[]): Promise<void> {
    await tx.query('DELETE FROM workflow_event WHERE id = ANY($1::bigint[])', [ids])
  }

  /** Runs of a user or client. Indexes: workflow_run_user, workflow_run_client. */
  async runsOf(db: Queryable, realmId: RealmId, resourceId: string): Promise<WorkflowRun[]> {
    const rows = await db.query<RunRow>(
      `SELECT ${runColumns} FROM workflow_run WHERE user_id = $2 AND realm_id = $1
       UNION ALL SELECT ${runColumns} FROM workflow_run WHERE client_id = $2 AND realm_id = $1`,
      [realmId, resourceId],
    )
    return rows.map(runOf)
  }

  /** Runs whose next step is this one. Index: workflow_run_workflow. */
  async runsAt(tx: Queryable, workflowId: string, stepId: string): Promise<WorkflowRun[]> {
    const rows = await tx.query<RunRow>(
      `SELECT ${runColumns} FROM workflow_run WHERE workflow_id = $1 AND step_id = $2 FOR UPDATE`,
      [workflowId, stepId],
    )
    return rows.map(runOf)
  }

  /** Index: workflow_run_workflow. */
  async anyRun(tx: Queryable, workflowId: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM workflow_run WHERE workflow_id = $1 LIMIT 1', [
      workflowId,
    ])
    return rows.length > 0
  }

  /**
   * Begins a run, for a user or client that is there.
   * @returns whether there was none of this workflow before
   */
  async begin(
    tx: Queryable,
    run: Omit<WorkflowRun, 'dueAt' | 'attempts'> & { readonly delayMs: number },
  ): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO workflow_run (id, realm_id, workflow_id, user_id, client_id, step_id, due_at, waited, depth)
       SELECT $1, $2, $3, $4, $5, $6, ${now} + $7, $8, $9
       WHERE EXISTS (SELECT 1 FROM users WHERE id = $4 AND realm_id = $2)
          OR EXISTS (SELECT 1 FROM client WHERE id = $5 AND realm_id = $2)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [
        run.id,
        run.realmId,
        run.workflowId,
        ...columnsOf(run.resource),
        run.stepId,
        run.delayMs,
        run.waited,
        run.depth,
      ],
    )
    return rows.length === 1
  }

  /** Puts a run before a step, also of another workflow. Index: workflow_run_pkey. */
  async moveTo(
    tx: Queryable,
    id: string,
    at: Pick<WorkflowRun, 'workflowId' | 'stepId' | 'waited'> & { readonly delayMs: number },
  ): Promise<void> {
    await tx.query(
      `UPDATE workflow_run SET workflow_id = $2, step_id = $3, waited = $4, due_at = ${now} + $5, attempts = 0,
         last_error = NULL
       WHERE id = $1`,
      [id, at.workflowId, at.stepId, at.waited, at.delayMs],
    )
  }

  /** Takes a run that is due, until the transaction ends. Index: workflow_run_pkey. */
  async take(tx: Queryable, id: string): Promise<WorkflowRun | null> {
    const [row] = await tx.query<RunRow>(
      `SELECT ${runColumns} FROM workflow_run WHERE id = $1 AND due_at <= ${now} FOR UPDATE SKIP LOCKED`,
      [id],
    )
    return row ? runOf(row) : null
  }

  /** Index: workflow_run_pkey. */
  async end(tx: Queryable, id: string): Promise<void> {
    await tx.query('DELETE FROM workflow_run WHERE id = $1', [id])
  }

  /** @param error of an attempt that failed; null where there was none. Index: workflow_run_pkey */
  async putOff(db: Queryable, id: string, delayMs: number, error: string | null): Promise<void> {
    await db.query(
      `UPDATE workflow_run SET due_at = ${now} + $2, attempts = attempts + ($3::text IS NOT NULL)::int,
         last_error = coalesce($3, last_error)
       WHERE id = $1`,
      [id, delayMs, error],
    )
  }

  /** Ends all runs of a workflow, or those of one user or client. Index: workflow_run_workflow. */
  async endAllOf(tx: Queryable, workflowId: string, resourceId: string | null = null) {
    await tx.query(
      `DELETE FROM workflow_run WHERE workflow_id = $1
         AND ($2::text IS NULL OR user_id = $2 OR client_id = $2)`,
      [workflowId, resourceId],
    )
  }

  /** Has a schedule's first turn come after a while; one that is there stays. */
  async schedule(tx: Queryable, realmId: RealmId, workflowId: string, delayMs: number) {
    await tx.query(
      `INSERT INTO workflow_schedule (workflow_id, realm_id, next_at)
       SELECT id, realm_id, ${now} + $3 FROM component WHERE id = $1 AND realm_id = $2
       ON CONFLICT DO NOTHING`,
      [workflowId, realmId, delayMs],
    )
  }

  /** Takes a turn that has come. @returns the last resource that the turn before reached. Index: workflow_schedule_pkey */
  async takeTurn(tx: Queryable, workflowId: string): Promise<string | null> {
    const [row] = await tx.query<{ reached: string }>(
      `SELECT reached FROM workflow_schedule WHERE workflow_id = $1 AND next_at <= ${now} FOR UPDATE SKIP LOCKED`,
      [workflowId],
    )
    return row?.reached ?? null
  }

  /** Index: workflow_schedule_pkey. */
  async endTurn(tx: Queryable, workflowId: string, delayMs: number, reached: string) {
    await tx.query(
      `UPDATE workflow_schedule SET next_at = ${now} + $2, reached = $3 WHERE workflow_id = $1`,
      [workflowId, delayMs, reached],
    )
  }

  /**
   * Users or clients that a workflow is not active for, in the order of their keys. Indexes: users_realm_id_username_key,
   * client_realm.
   */
  async idle(
    tx: Queryable,
    realmId: RealmId,
    workflow: { readonly id: string; readonly supports: 'USERS' | 'CLIENTS' },
    after: string,
    limit: number,
  ): Promise<{ readonly id: string; readonly key: string }[]> {
    const [table, column, key] =
      workflow.supports === 'USERS'
        ? ['users', 'user_id', 'username']
        : ['client', 'client_id', 'id']
    return await tx.query<{ id: string; key: string }>(
      `SELECT r.id, r.${key} AS key FROM ${table} r WHERE r.realm_id = $1 AND r.${key} > $3
         AND NOT EXISTS (SELECT 1 FROM workflow_run w WHERE w.${column} = r.id AND w.workflow_id = $2)
       ORDER BY r.${key} LIMIT $4`,
      [realmId, workflow.id, after, limit],
    )
  }
}

function columnsOf(resource: WorkflowResource): [string | null, string | null] {
  return resource.type === 'USERS' ? [resource.userId, null] : [null, resource.clientUuid]
}

function runOf(row: RunRow): WorkflowRun {
  const resource: WorkflowResource =
    row.user_id === null
      ? { type: 'CLIENTS', clientUuid: row.client_id ?? '' }
      : { type: 'USERS', userId: row.user_id }
  return {
    id: row.id,
    realmId: row.realm_id,
    workflowId: row.workflow_id,
    resource,
    stepId: row.step_id,
    dueAt: row.due_at,
    waited: row.waited,
    depth: row.depth,
    attempts: row.attempts,
  }
}
