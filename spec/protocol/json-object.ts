/** A parsed JSON object with fields of unknown types. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
