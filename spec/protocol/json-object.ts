/** A parsed JSON object with nothing known of its fields. */
export interface JsonObject {
  readonly [field: string]: unknown;
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
