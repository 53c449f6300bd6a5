export { default as swagger, type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
