import { createSocket, type Socket } from 'node:dgram'

const typeA = 1
const headerBytes = 12

/** A name server that knows IPv4 addresses of one name, and nothing else (RFC 1035 §4.1). */
export class DnsStub implements AsyncDisposable {
  /** What the next question is answered with. */
  addresses: readonly string[] = []
  #questions = 0
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Listens on port 53 of `address`. */
  static async start(address: string): Promise<DnsStub> {
    const socket = createSocket('udp4')
    const stub = new DnsStub(socket)
    socket.on('message', (question, from) => {
      stub.#questions += 1
      socket.send(stub.#answer(question), from.port, from.address)
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(53, address, resolve)
    })
    return stub
  }

  get questions(): number {
    return this.#questions
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }

  #answer(question: Buffer): Buffer {
    const nameEnd = question.indexOf(0, headerBytes)
    const asked = question.readUInt16BE(nameEnd + 1)
    const addresses = asked === typeA ? this.addresses : []
    const header = Buffer.from(question.subarray(0, headerBytes))
    header.writeUInt16BE(0x8580, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(addresses.length, 6)
    header.writeUInt32BE(0, 8)
    const records = addresses.map((address) => {
      const fixed = Buffer.from([0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4])
      return Buffer.concat([fixed, Buffer.from(address.split('.').map(Number))])
    })
    return Buffer.concat([header, question.subarray(headerBytes, nameEnd + 5), ...records])
  }
}
