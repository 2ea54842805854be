import { type CommandOption, commandShapes } from './command-options.ts'

interface CommandHelp {
  readonly usage: readonly string[]
  readonly summary: string
}

const holders = [
  '(--uusername USERNAME | --uid ID)',
  '(--gname NAME | --gpath PATH | --gid ID)',
  '(--rname ROLE_NAME | --rid ROLE_ID)',
]
const ofClient = '[--cclientid CLIENT_ID | --cid ID]'
const server = 'config credentials --server SERVER_URL --realm REALM'

const helps: Readonly<Record<string, CommandHelp>> = {
  'config credentials': {
    usage: [
      `${server} [ARGUMENTS]`,
      `${server} --user USER [--password PASSWORD] [ARGUMENTS]`,
      `${server} --client CLIENT_ID [--secret SECRET] [ARGUMENTS]`,
      `${server} --client CLIENT_ID [--keystore KEYSTORE] [ARGUMENTS]`,
      'config credentials --status',
    ],
    summary: 'Sign in to a server, as a user or as the service account of a client.',
  },
  'config truststore': {
    usage: ['config truststore [TRUSTSTORE | --delete] [--trustpass PASSWORD] [ARGUMENTS]'],
    summary: 'Set the trust store (PKCS#12 or PEM) for servers that are reached by HTTPS.',
  },
  create: { usage: ['create ENDPOINT_URI [ARGUMENTS]'], summary: 'Create a resource.' },
  get: { usage: ['get ENDPOINT_URI [ARGUMENTS]'], summary: 'Read a resource.' },
  update: { usage: ['update ENDPOINT_URI [ARGUMENTS]'], summary: 'Change a resource.' },
  delete: { usage: ['delete ENDPOINT_URI [ARGUMENTS]'], summary: 'Delete a resource.' },
  'set-password': {
    usage: [
      'set-password (--username USERNAME | --userid ID) [--new-password PASSWORD] [ARGUMENTS]',
    ],
    summary: 'Set the password of a user.',
  },
  'get-roles': {
    usage: [
      `get-roles ${ofClient} [ARGUMENTS]`,
      ...holders.map(
        (holder) =>
          `get-roles ${holder} ${ofClient} [--available | --effective | --all] [ARGUMENTS]`,
      ),
    ],
    summary: 'List the roles of a realm, a client, a user, a group or a composite role.',
  },
  'add-roles': {
    usage: holders.map(
      (holder) => `add-roles ${holder} ${ofClient} (--rolename NAME | --roleid ID)+ [ARGUMENTS]`,
    ),
    summary: 'Give roles to a user, a group or a composite role.',
  },
  'remove-roles': {
    usage: holders.map(
      (holder) => `remove-roles ${holder} ${ofClient} (--rolename NAME | --roleid ID)+ [ARGUMENTS]`,
    ),
    summary: 'Take roles from a user, a group or a composite role.',
  },
  'new-object': {
    usage: ['new-object [ARGUMENTS]'],
    summary: 'Write a JSON document from attributes; no server is asked.',
  },
}

const descriptions: Readonly<Record<string, readonly [argument: string, text: string]>> = {
  help: ['', 'Print this help'],
  trace: ['', 'Print where an error came from'],
  config: ['FILE', 'The file that holds the session (~/.keycloak/kcadm.config by default)'],
  noconfig: ['', 'Neither read nor write that file'],
  server: ['SERVER_URL', 'Address of the server, such as http://localhost:8080'],
  realm: ['REALM', 'Realm to sign in to'],
  clientId: ['CLIENT_ID', 'Client to sign in with (admin-cli by default)'],
  user: ['USER', 'User to sign in as'],
  password: ['PASSWORD', "The user's password; else KC_CLI_PASSWORD, else it is asked for"],
  secret: ['SECRET', "The client's secret; else KC_CLI_CLIENT_SECRET, else it is asked for"],
  keystore: ['PATH', 'PKCS#12 store with the key that signs for the client'],
  storePass: ['PASSWORD', 'Password of that store; else KC_CLI_STORE_PASSWORD'],
  keyPass: [
    'PASSWORD',
    'Password of the key (that of the store by default); else KC_CLI_KEY_PASSWORD',
  ],
  alias: ['ALIAS', 'Name of the key in the store (the client ID by default)'],
  trustStore: ['PATH', 'Trust store (PKCS#12 or PEM) for HTTPS'],
  trustPass: ['PASSWORD', 'Password of the trust store; else KC_CLI_TRUSTSTORE_PASSWORD'],
  insecure: ['', "Do not check the server's certificate"],
  status: ['', 'Tell whether there is a session that lives'],
  remove: ['', 'Forget the trust store'],
  externalToken: ['TOKEN', 'Access token to use instead of a session'],
  adminRestRoot: ['URL', 'Address of Admin REST unless SERVER_URL/admin'],
  targetRealm: ['REALM', 'Realm to administer unless that of the session'],
  rawHeaders: ['NAME=VALUE', 'Add a header to the request'],
  set: ['NAME=VALUE', 'Set a member of the document; NAME+=VALUE adds to a list'],
  delete: ['NAME', 'Remove a member of the document'],
  rawFilters: ['NAME=VALUE', 'Add a query parameter, for example -q q=username:admin'],
  file: ['FILENAME', 'Read the document from a file, or from standard input for -'],
  body: ['CONTENT', 'The document itself'],
  fields: ['FILTER', "Show only these members, for example 'id,config(*),-secret'"],
  printHeaders: ['', 'Print the headers of the answer'],
  compressed: ['', 'Print the answer as it came, without layout'],
  format: ['FORMAT', 'json (default) or csv'],
  unquoted: ['', 'No quotation marks in csv'],
  offset: ['OFFSET', 'Skip so many results'],
  limit: ['LIMIT', 'Show so many results at the most'],
  outputResult: ['', 'Print the resource afterwards'],
  returnId: ['', 'Print only the ID of what was created'],
  mergeMode: ['', 'Lay the document over what the server has (default unless --file is given)'],
  noMerge: ['', 'Send the document alone'],
  uusername: ['USERNAME', 'User by name'],
  uid: ['ID', 'User by ID'],
  gname: ['NAME', 'Group by name'],
  gpath: ['PATH', 'Group by path'],
  gid: ['ID', 'Group by ID'],
  rname: ['NAME', 'Composite role by name'],
  rid: ['ID', 'Composite role by ID'],
  cclientid: ['CLIENT_ID', 'Client whose roles are meant, by client ID'],
  cid: ['ID', 'Client whose roles are meant, by ID'],
  rolename: ['NAME', 'Role by name'],
  roleid: ['ID', 'Role by ID'],
  roleNames: ['NAME', 'Role by name; may be repeated'],
  roleIds: ['ID', 'Role by ID; may be repeated'],
  available: ['', 'Roles that can still be given'],
  effective: ['', 'Roles with those that composite roles bring along'],
  all: ['', 'Roles of all clients, too'],
  username: ['USERNAME', 'User by name'],
  userid: ['ID', 'User by ID'],
  pass: ['PASSWORD', 'The new password; else KC_CLI_PASSWORD, else it is asked for'],
  temporary: ['', 'The user has to change it at the next login'],
}

const column = 30

/** @param command undefined = the overview; `config` = that of its two commands */
export function adminHelp(program: string, command: string | undefined): string {
  if (command === undefined) return overview(program)
  if (command === 'config') {
    return [
      `Usage: ${program} config SUB_COMMAND [ARGUMENTS]`,
      '',
      "Where SUB_COMMAND is one of: 'credentials', 'truststore'",
      '',
      `Use '${program} help config SUB_COMMAND' for more info.`,
      '',
    ].join('\n')
  }
  const { usage, summary } = helps[command] ?? { usage: [], summary: '' }
  const lines = usage.map(
    (line, index) => `${index === 0 ? 'Usage:' : '      '} ${program} ${line}`,
  )
  const options = (commandShapes[command]?.options ?? []).map(optionLine)
  const documents = command === 'create' || command === 'update' ? keyLines : []
  return [...lines, '', summary, '', 'Arguments:', '', ...options, '', ...documents].join('\n')
}

const keyLines = [
  'NAME is a path: attributes."a.b"[3] is the fourth item of the member "a.b" of attributes.',
  'VALUE is taken as JSON where it is JSON, else as text.',
  '',
]

function optionLine({ names, key }: CommandOption): string {
  const [argument, text] = descriptions[key] ?? ['', '']
  const head = `    ${names.join(', ')}${argument === '' ? '' : ` ${argument}`}`
  return `${head.padEnd(column)}  ${text}`
}

function overview(program: string): string {
  const commands = [
    ['config', 'Sign in, and other settings that are kept'],
    ...['create', 'get', 'update', 'delete', 'get-roles', 'add-roles', 'remove-roles'].map(
      (name) => [name, helps[name]?.summary ?? ''],
    ),
    ['set-password', helps['set-password']?.summary ?? ''],
    ['new-object', helps['new-object']?.summary ?? ''],
    ['help', 'This help'],
  ].map(([name = '', text = '']) => `  ${name.padEnd(12)}  ${text}`)
  return [
    'Administers a server by its Admin REST API.',
    '',
    `  $ ${program} config credentials --server http://localhost:8080 --realm master --user admin`,
    `  $ ${program} get realms --fields realm,enabled`,
    '',
    `Usage: ${program} COMMAND [ARGUMENTS]`,
    '',
    'Commands:',
    ...commands,
    '',
    `Use '${program} help <command>' for more information about a given command.`,
    '',
  ].join('\n')
}
