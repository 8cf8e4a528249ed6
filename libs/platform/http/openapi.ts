import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';

/** What an api says about itself at `/openapi.json`. */
export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly version?: string;
  /** Name of the session cookie; without it only bearer tokens are documented. */
  readonly cookie?: string;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The OpenAPI 3.1 document of an application: its routes, one schema for every problem, and who may call without a session. */
export function openApiDocument(app: INestApplication, options: OpenApiOptions): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(options.title)
    .setDescription(options.description)
    .setVersion(options.version ?? '1.0.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .addSecurityRequirements('bearer');
  if (options.cookie !== undefined) {
    builder
      .addCookieAuth(options.cookie, { type: 'apiKey', in: 'cookie', name: options.cookie }, 'session')
      .addSecurityRequirements('session');
  }
  const document = SwaggerModule.createDocument(app, builder.build());
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } };
  for (const operation of operationsOf(document)) complete(operation);
  return document;
}

function operationsOf(document: OpenAPIObject): Operation[] {
  const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
  return Object.values(document.paths).flatMap((path) => methods.flatMap((method) => path[method] ?? []));
}

/** Every operation may answer a problem; a public one needs no security. */
function complete(operation: Operation): void {
  const extended = operation as Operation & { 'x-public'?: boolean };
  if (extended['x-public'] === true) operation.security = [];
  const problem = { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  operation.responses = {
    ...operation.responses,
    '4XX': { description: '请求被拒绝 | refused', ...problem },
    '5XX': { description: '我们的错误或暂时不可用 | our fault, or not available', ...problem },
  };
}

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457. `code` is stable and for machines; the messages are for people.',
  required: ['type', 'title', 'status', 'code', 'detail', 'messageZh', 'messageEn', 'requestId'],
  properties: {
    type: { type: 'string', example: 'urn:rongqiao:problem:not-found' },
    title: { type: 'string', example: 'not found' },
    status: { type: 'integer', example: 404 },
    code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$', example: 'NOT_FOUND' },
    detail: { type: 'string', example: '没有找到' },
    messageZh: { type: 'string', example: '没有找到' },
    messageEn: { type: 'string', example: 'not found' },
    requestId: { type: 'string', example: '0193f5d2-7c1e-7a3b-8f64-2a9c1b0d3e4f' },
    details: { type: 'object', additionalProperties: true },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'messageZh', 'messageEn'],
        properties: { field: { type: 'string' }, messageZh: { type: 'string' }, messageEn: { type: 'string' } },
      },
    },
  },
};
