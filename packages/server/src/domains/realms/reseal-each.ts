import type { Queryable } from '../../database/database.ts'

/** Rows that are read at a time: realms of thousands of clients are large. */
const pageRowsMax = 100

/** A table with a JSON column that may hold secrets, read by its primary key in pages. */
export interface SealedColumn {
  readonly page: string
  readonly update: string
}

interface Row<Document> {
  readonly id: string
  readonly document: Document
  readonly ver: number
}

/**
 * Writes each document anew that needs it. What it says stays the same, so no `ver` rises and no cache is told.
 * @param reseal returns the document to write, or null where there is nothing to do
 */
export async function resealEach<Document>(
  db: Queryable,
  column: SealedColumn,
  reseal: (document: Document) => Document | null,
): Promise<void> {
  for (let last = '', more = true; more; ) {
    const rows = await db.query<Row<Document>>(column.page, [last, pageRowsMax])
    for (const { id, document, ver } of rows) {
      const resealed = reseal(document)
      if (resealed !== null) await db.query(column.update, [id, ver, JSON.stringify(resealed)])
    }
    last = rows.at(-1)?.id ?? last
    more = rows.length === pageRowsMax
  }
}
