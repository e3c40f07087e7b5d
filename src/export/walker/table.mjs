import { readFileSync } from 'node:fs';

/** @import { ExportedTable } from '../exported-table.ts' */

/**
 * The table of an exported case: a JSON file beside this one. An exported test contains the table instead.
 *
 * @type {ExportedTable}
 */
export const TABLE = JSON.parse(readFileSync(new URL('table.json', import.meta.url), 'utf8'));
