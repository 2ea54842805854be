/** An option of a command of the admin CLI. */
export interface CommandOption {
  /** All its names, the short one first. */
  readonly names: readonly string[]
  /** What the parsed command keeps it under; messages show it as its argument. */
  readonly key: string
  readonly kind: 'flag' | 'value' | 'number' | 'list'
}

function option(kind: CommandOption['kind'], key: string, ...names: string[]): CommandOption {
  return { kind, key, names }
}

const global = [option('flag', 'help', '--help'), option('flag', 'trace', '-x')]

const credentials = [
  option('value', 'config', '--config'),
  option('flag', 'noconfig', '--no-config'),
  option('value', 'server', '--server'),
  option('value', 'realm', '--realm'),
  option('value', 'clientId', '--client'),
  option('value', 'user', '--user'),
  option('value', 'password', '--password'),
  option('value', 'secret', '--secret'),
  option('value', 'keystore', '--keystore'),
  option('value', 'storePass', '--storepass'),
  option('value', 'keyPass', '--keypass'),
  option('value', 'alias', '--alias'),
  option('value', 'trustStore', '--truststore'),
  option('value', 'trustPass', '--trustpass'),
  option('flag', 'insecure', '--insecure'),
]

const target = [
  option('value', 'externalToken', '--token'),
  option('value', 'adminRestRoot', '-a', '--admin-root'),
  option('value', 'targetRealm', '-r', '--target-realm'),
]

const request = [
  option('list', 'rawHeaders', '-h', '--header'),
  option('list', 'set', '-s', '--set'),
  option('list', 'delete', '-d', '--delete'),
  option('list', 'rawFilters', '-q', '--query'),
]

const content = [option('value', 'file', '-f', '--file'), option('value', 'body', '-b', '--body')]

const output = [
  option('value', 'fields', '-F', '--fields'),
  option('flag', 'printHeaders', '-H', '--print-headers'),
  option('flag', 'compressed', '-c', '--compressed'),
]

const table = [
  option('value', 'format', '--format'),
  option('flag', 'unquoted', '--noquotes'),
  option('number', 'offset', '-o', '--offset'),
  option('number', 'limit', '-l', '--limit'),
]

const holder = [
  option('value', 'uusername', '--uusername'),
  option('value', 'uid', '--uid'),
  option('value', 'gname', '--gname'),
  option('value', 'gpath', '--gpath'),
  option('value', 'gid', '--gid'),
  option('value', 'rname', '--rname'),
  option('value', 'rid', '--rid'),
  option('value', 'cclientid', '--cclientid'),
  option('value', 'cid', '--cid'),
]

const roles = [option('list', 'roleNames', '--rolename'), option('list', 'roleIds', '--roleid')]

const online = [...global, ...credentials, ...target]

/** A command: its options, and how many words that are none it takes. */
export interface CommandShape {
  readonly options: readonly CommandOption[]
  readonly wordsMax: number
}

/** The commands of kcadm 26.7, with its options. */
export const commandShapes: Readonly<Record<string, CommandShape>> = {
  'config credentials': {
    options: [...global, ...credentials, option('flag', 'status', '--status')],
    wordsMax: 0,
  },
  'config truststore': {
    options: [...global, ...credentials, option('flag', 'remove', '-d', '--delete')],
    wordsMax: 1,
  },
  create: {
    options: [
      ...online,
      ...request,
      ...content,
      ...output,
      option('flag', 'outputResult', '-o', '--output'),
      option('flag', 'returnId', '-i', '--id'),
    ],
    wordsMax: 1,
  },
  get: { options: [...online, ...request, ...output, ...table], wordsMax: 1 },
  update: {
    options: [
      ...online,
      ...request,
      ...content,
      ...output,
      option('flag', 'outputResult', '-o', '--output'),
      option('flag', 'mergeMode', '-m', '--merge'),
      option('flag', 'noMerge', '-n', '--no-merge'),
    ],
    wordsMax: 1,
  },
  delete: {
    options: [
      ...online,
      ...request,
      ...content,
      option('flag', 'printHeaders', '-H', '--print-headers'),
      option('flag', 'outputResult', '-o', '--output'),
      option('flag', 'compressed', '-c', '--compressed'),
    ],
    wordsMax: 1,
  },
  'get-roles': {
    options: [
      ...online,
      ...request,
      ...output,
      ...table,
      ...holder,
      option('value', 'rolename', '--rolename'),
      option('value', 'roleid', '--roleid'),
      option('flag', 'available', '--available'),
      option('flag', 'effective', '--effective'),
      option('flag', 'all', '--all'),
    ],
    wordsMax: 0,
  },
  'add-roles': { options: [...online, ...holder, ...roles], wordsMax: 0 },
  'remove-roles': { options: [...online, ...holder, ...roles], wordsMax: 0 },
  'set-password': {
    options: [
      ...online,
      option('value', 'username', '--username'),
      option('value', 'userid', '--userid'),
      option('value', 'pass', '-p', '--new-password'),
      option('flag', 'temporary', '-t', '--temporary'),
    ],
    wordsMax: 0,
  },
  'new-object': {
    options: [
      ...global,
      option('list', 'set', '-s', '--set'),
      option('value', 'file', '-f', '--file'),
      option('flag', 'compressed', '-c', '--compressed'),
    ],
    wordsMax: 0,
  },
}
