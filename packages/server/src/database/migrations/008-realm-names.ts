/**
 * What a list of realms shows, beside the settings: these are so long that PostgreSQL keeps them compressed elsewhere, and a
 * list of thousands of realms would unpack all of them.
 */
export const statements: readonly string[] = [
  `ALTER TABLE realm
     ADD COLUMN display_name text GENERATED ALWAYS AS (settings->>'displayName') STORED,
     ADD COLUMN display_name_html text GENERATED ALWAYS AS (settings->>'displayNameHtml') STORED`,
]
