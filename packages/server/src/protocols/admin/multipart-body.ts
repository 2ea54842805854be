import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from '../../http/http-error.ts'
import { badRequest } from './admin-error.ts'

const multipartType = /^multipart\/form-data(?:\s*;.*)?$/i

/** Makes multipart bodies arrive as they are in this scope. */
export function keepMultipart(scope: FastifyInstance): void {
  if (scope.hasContentTypeParser(multipartType)) return
  scope.addContentTypeParser(
    multipartType,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => body,
  )
}

/** The form of an upload (RFC 7578): fields and files. */
export class MultipartBody {
  readonly #fields: ReadonlyMap<string, Buffer>

  constructor(fields: ReadonlyMap<string, Buffer>) {
    this.#fields = fields
  }

  /** @throws HttpError 415 for another media type, 400 for what is no form */
  static async of({ body, headers }: FastifyRequest): Promise<MultipartBody> {
    const type = headers['content-type'] ?? ''
    if (!multipartType.test(type) || !Buffer.isBuffer(body)) {
      throw new HttpError(415, {
        error: 'The content-type header value did not match the value in @Consumes',
      })
    }
    try {
      const form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': type },
      }).formData()
      const fields = new Map<string, Buffer>()
      for (const [name, value] of form) {
        const content =
          typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer())
        fields.set(name, Buffer.from(content as Uint8Array))
      }
      return new MultipartBody(fields)
    } catch {
      throw badRequest('invalid_request', 'Cannot parse the form')
    }
  }

  text(name: string): string | undefined {
    return this.#fields.get(name)?.toString('utf8')
  }

  /** @returns its content; undefined when there is none or it is empty */
  file(name: string): Buffer | undefined {
    const content = this.#fields.get(name)
    return content?.length ? content : undefined
  }
}
