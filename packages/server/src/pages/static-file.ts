import { ownMember } from '../shared/own-member.ts'
/** A file that pages load, held in memory. */
export interface StaticFile {
  readonly contentType: string
  readonly content: Buffer
}

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css;charset=utf-8',
  gif: 'image/gif',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript;charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  webp: 'image/webp',
  woff: 'font/woff',
  woff2: 'font/woff2',
}

/** @returns the media type of a file by its name; undefined for kinds that pages do not load */
export function contentTypeOf(name: string): string | undefined {
  const extension = name.split('.').at(-1)?.toLowerCase() ?? ''
  return ownMember(contentTypes, extension)
}
