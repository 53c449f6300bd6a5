/** HTTP headers in the order they were sent; a name may occur more than once. */
export type HttpHeaders = readonly (readonly [name: string, value: string])[];
