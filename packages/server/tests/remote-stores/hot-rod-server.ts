import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { operations } from '@holdfast/server/remote-stores/hot-rod/hot-rod-protocol'
import { MessageIncomplete, WireReader } from '@holdfast/server/remote-stores/hot-rod/wire-reader'
import { WireWriter } from '@holdfast/server/remote-stores/hot-rod/wire-writer'

const rounds = 4_096

interface Entry {
  readonly version: Buffer
  readonly value: Buffer
  /** Milliseconds since the epoch. */
  readonly endsAt: number
}

interface Proof {
  readonly first: string
  readonly challenge: string
  readonly salt: Buffer
}

/** What of Hot Rod 4.0 the client speaks, as a server in memory: for tests without Java. */
export class HotRodServer implements AsyncDisposable {
  /** Told to clients that know of others. */
  servers: readonly { host: string; port: number }[] = []
  topology = 0
  /** Answers nothing, and keeps connections. */
  frozen = false
  password: string
  /** Caches that are kept in a database that is away. */
  readonly degraded = new Set<string>()
  /** Connections so far. */
  connections = 0
  /** What is in the caches that are there. */
  readonly caches = new Map<string, Map<string, Entry>>()
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #versions = 0

  private constructor(server: Server, password: string) {
    this.#server = server
    this.password = password
    server.on('connection', (socket) => this.#serve(socket))
  }

  static async start(password: string, port = 0): Promise<HotRodServer> {
    const server = new HotRodServer(createServer(), password)
    server.#server.listen(port, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.cut()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    this.connections += 1
    const session = { proof: undefined as Proof | undefined, known: false }
    let bytes = Buffer.alloc(0)
    let sending = Promise.resolve()
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk as Buffer])
      while (bytes.length > 0 && !this.frozen) {
        const reader = new WireReader(bytes)
        try {
          const answer = this.#answer(reader, session)
          bytes = bytes.subarray(reader.position)
          // In two pieces: an answer need not come whole.
          sending = sending.then(async () => {
            socket.write(answer.subarray(0, 3))
            await nextTurn()
            socket.write(answer.subarray(3))
          })
        } catch (error) {
          if (error instanceof MessageIncomplete) return
          socket.destroy()
          return
        }
      }
    })
  }

  #answer(reader: WireReader, session: { proof: Proof | undefined; known: boolean }): Buffer {
    reader.byte()
    const id = reader.variable()
    const version = reader.byte()
    const operation = reader.byte()
    const cache = reader.text()
    reader.variable()
    reader.byte()
    const topology = reader.variable()
    for (let left = 3; left > 0; left -= 1) reader.byte()
    const head = (status: number, kind = operation + 1) => {
      const writer = new WireWriter().byte(0xa1).variable(id).byte(kind).byte(status)
      if (this.servers.length === 0 || topology === this.topology) return writer.byte(0)
      writer.byte(1).variable(this.topology).variable(this.servers.length)
      for (const { host, port } of this.servers) {
        writer.text(host).raw(Buffer.from([port >> 8, port & 0xff]))
      }
      return writer
    }
    const failed = (text: string) => head(0x85, 0x50).text(text).done()
    if (version !== 40) return failed(`version ${version} is not spoken`)
    if (operation === operations.mechanisms) return head(0).variable(1).text('SCRAM-SHA-256').done()
    if (operation === operations.authenticate) {
      reader.text()
      const said = reader.array().toString('utf8')
      const challenge = this.#challenge(said, session)
      if (challenge === null) return failed('ELY05166: authentication failed')
      return head(0)
        .byte(session.known ? 1 : 0)
        .text(challenge)
        .done()
    }
    const body = this.#read(reader, operation)
    if (!session.known) return failed('ISPN006017: Unauthorized')
    if (operation === operations.execute) {
      this.caches.set(body.key, new Map())
      return head(0).variable(0).done()
    }
    if (this.degraded.has(cache)) return failed('o.i.p.s.PersistenceException: no connection')
    const entries = this.caches.get(cache)
    if (entries === undefined && cache !== '') return failed(`Cache '${cache}' not found`)
    return this.#act(entries ?? new Map(), operation, body, head)
  }

  /** All of a request, before anything is done: it may not have come whole. */
  #read(reader: WireReader, operation: number) {
    const nothing = { key: '', endsAt: 0, version: Buffer.alloc(0), value: Buffer.alloc(0) }
    if (operation === operations.ping) return nothing
    if (operation === operations.execute) {
      reader.text()
      const parameters = Array.from({ length: reader.variable() }, () => [
        reader.text(),
        reader.text(),
      ])
      return { ...nothing, key: parameters[0]?.[1] ?? '' }
    }
    const key = reader.text()
    if (operation === operations.remove || operation === operations.getWithMetadata) {
      return { ...nothing, key }
    }
    const units = reader.byte()
    const lifespan = units >> 4 === 8 ? undefined : reader.variable()
    const version =
      operation === operations.replaceIfUnmodified ? Buffer.from(reader.raw(8)) : nothing.version
    return { key, version, value: Buffer.from(reader.array()), endsAt: endOf(lifespan) }
  }

  #act(
    entries: Map<string, Entry>,
    operation: number,
    body: { key: string; endsAt: number; version: Buffer; value: Buffer },
    head: (status: number) => WireWriter,
  ): Buffer {
    const found = entries.get(body.key)
    const present = found !== undefined && found.endsAt > Date.now() ? found : undefined
    const put = () => {
      const version = Buffer.alloc(8)
      version.writeUInt32BE(++this.#versions)
      entries.set(body.key, { version, value: body.value, endsAt: body.endsAt })
      return head(0).done()
    }
    switch (operation) {
      case operations.ping:
        return head(0).byte(0).byte(0).byte(40).variable(1).byte(0).byte(operations.ping).done()
      case operations.putIfAbsent:
        return present === undefined ? put() : told(head(4), present)
      case operations.replaceIfUnmodified:
        if (present === undefined) return head(2).done()
        return present.version.equals(body.version) ? put() : head(1).done()
      case operations.remove:
        entries.delete(body.key)
        return present === undefined ? head(2).done() : told(head(3), present)
      default:
        return present === undefined ? head(2).done() : told(head(0), present)
    }
  }

  /** The server's side of RFC 5802. @returns null for a wrong password */
  #challenge(said: string, session: { proof: Proof | undefined; known: boolean }): string | null {
    const { proof } = session
    if (proof === undefined) {
      const first = said.slice('n,,'.length)
      const salt = randomBytes(16)
      const nonce = `${/r=(.*)$/.exec(first)?.[1]}${randomBytes(9).toString('base64url')}`
      const challenge = `r=${nonce},s=${salt.toString('base64')},i=${rounds}`
      session.proof = { first, challenge, salt }
      return challenge
    }
    const final = said.slice(0, said.lastIndexOf(',p='))
    const given = Buffer.from(said.slice(said.lastIndexOf(',p=') + 3), 'base64')
    const salted = pbkdf2Sync(this.password, proof.salt, rounds, 32, 'sha256')
    const sign = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
    const stored = createHash('sha256').update(sign(salted, 'Client Key')).digest()
    const text = `${proof.first},${proof.challenge},${final}`
    const signature = sign(stored, text)
    const key = Buffer.from(given.map((byte, index) => byte ^ (signature[index] as number)))
    if (!createHash('sha256').update(key).digest().equals(stored)) return null
    session.known = true
    return `v=${sign(sign(salted, 'Server Key'), text).toString('base64')}`
  }
}

/** As Infinispan has it since version 3 of the protocol: a lifespan, however long. */
function endOf(lifespan: number | undefined): number {
  return lifespan === undefined ? Number.POSITIVE_INFINITY : Date.now() + lifespan
}

/** A value behind its metadata. */
function told(writer: WireWriter, { version, value }: Entry): Buffer {
  return writer.byte(0x03).raw(version).array(value).done()
}
