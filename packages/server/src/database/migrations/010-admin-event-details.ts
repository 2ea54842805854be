/** What administrative events say beside their representation: whom a membership or credential was of. */
export const adminEventDetails = ['ALTER TABLE admin_event ADD COLUMN details jsonb']
