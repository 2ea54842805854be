/** A key or trust store on disk: PKCS#12 or PEM, whichever its content is. */
export interface StorePlace {
  readonly file: string
  /** Of a PKCS#12 store, or of an encrypted key. */
  readonly password: string | undefined
}
