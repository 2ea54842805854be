/** The cluster substrate (docs/internals/cluster.md): invalidation log, view, leases, cluster keys. */
export const cluster: readonly string[] = [
  'CREATE TABLE inv_epoch (shard int PRIMARY KEY, v bigint NOT NULL, tag bigint NOT NULL)',
  'INSERT INTO inv_epoch SELECT s, 0, 0 FROM generate_series(0, 63) s',
  `CREATE TABLE inv_log (
     shard int NOT NULL, v bigint NOT NULL, prev_tag bigint NOT NULL, tag bigint NOT NULL, fmt smallint NOT NULL,
     events text NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (shard, v))`,
  'CREATE INDEX inv_log_at ON inv_log (at)',
  `CREATE TABLE cluster_view (
     cluster text PRIMARY KEY, view_id bigint NOT NULL, tag bigint NOT NULL, members text NOT NULL, db_identity text NOT NULL)`,
  `CREATE TABLE cluster_member (
     cluster text NOT NULL, node_id text NOT NULL, incarnation bigint NOT NULL, name text NOT NULL, addr text, ext_addr text,
     site text, rack text, machine text, version text NOT NULL, proto_min int NOT NULL, proto_max int NOT NULL,
     ord bigint NOT NULL, beat bigint NOT NULL, PRIMARY KEY (cluster, node_id))`,
  `CREATE TABLE job_lease (
     job text PRIMARY KEY, holder text NOT NULL, incarnation bigint NOT NULL, fencing bigint NOT NULL, beat bigint NOT NULL)`,
  `CREATE TABLE cluster_cert (
     id text PRIMARY KEY, kind text NOT NULL, certificate text NOT NULL, private_key text NOT NULL,
     created_at bigint NOT NULL, expires_at bigint NOT NULL)`,
  `CREATE TABLE cluster_key (
     id text PRIMARY KEY, purpose text NOT NULL, secret text NOT NULL, created_at bigint NOT NULL, active_from bigint NOT NULL)`,
  'CREATE TABLE server_setting (name text PRIMARY KEY, value text NOT NULL)',
]
