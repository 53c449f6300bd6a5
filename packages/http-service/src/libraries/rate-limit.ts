export { default } from "@fastify/rate-limit";
