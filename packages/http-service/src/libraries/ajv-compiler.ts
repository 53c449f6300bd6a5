export { AjvCompiler, type BuildCompilerFromPool } from "@fastify/ajv-compiler";
