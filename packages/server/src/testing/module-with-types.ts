import {
  contractSectionName,
  encodeU32,
  type ModuleTypes,
} from "@flawless-ts/wasm-module/internal";

/** A module that describes the types of its workflows, like those built from TypeScript. */
export function moduleWithTypes(bytes: Uint8Array, types: ModuleTypes): Uint8Array<ArrayBuffer> {
  const name = Buffer.from(contractSectionName);
  const content = Buffer.concat([encodeU32(name.length), name, Buffer.from(JSON.stringify(types))]);
  return new Uint8Array(
    Buffer.concat([bytes, Uint8Array.of(0), encodeU32(content.length), content]),
  );
}
