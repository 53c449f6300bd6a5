// What the schemas of all routes are made of.

export const text = { type: "string" } as const;
export const nullableText = { type: ["string", "null"] } as const;
export const jsonText = { type: "string", description: "JSON text." } as const;
export const time = { type: "string", format: "date-time" } as const;
export const nullableTime = { type: ["string", "null"], format: "date-time" } as const;
export const count = { type: "integer", minimum: 0 } as const;
