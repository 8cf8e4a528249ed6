import { refusals } from '#kernel/faults';

/** What a request can be refused for before any step of the business has seen it. */
export const httpRefusals = refusals({
  REQUEST_INVALID: { kind: 'invalid', zh: '请求内容不正确，见 errors', en: 'the request is not as it should be, see errors' },
  REQUEST_MALFORMED: { kind: 'invalid', zh: '请求体不是有效的 JSON', en: 'the body is not valid JSON' },
  REQUEST_TOO_DEEP: { kind: 'invalid', zh: 'JSON 嵌套过深', en: 'the JSON is nested too deeply' },
  REQUEST_TOO_LARGE: { kind: 'invalid', zh: '请求体超过 100 kB', en: 'the body is larger than 100 kB' },
  MEDIA_TYPE_UNSUPPORTED: {
    kind: 'invalid',
    zh: '不支持该内容类型，请使用 application/json',
    en: 'this content type is not understood, use application/json',
  },
  ROUTE_UNKNOWN: { kind: 'missing', zh: '没有这个地址或方法', en: 'there is no such address or method' },
  NOT_FOUND: { kind: 'missing', zh: '没有找到', en: 'not found' },
  UNAUTHENTICATED: { kind: 'unauthenticated', zh: '请先登录', en: 'log in first' },
  FORBIDDEN: { kind: 'forbidden', zh: '无权进行此操作', en: 'you may not do this' },
  TOO_MANY_REQUESTS: { kind: 'limited', zh: '请求过于频繁，请稍后再试', en: 'too many requests, try again later' },
  CURSOR_INVALID: { kind: 'invalid', zh: '翻页位置无效，请从第一页开始', en: 'the cursor is not one of ours, start with the first page' },
  IDEMPOTENCY_KEY_MISSING: { kind: 'invalid', zh: '缺少 Idempotency-Key 请求头', en: 'the header Idempotency-Key is missing' },
  IDEMPOTENCY_KEY_INVALID: {
    kind: 'invalid',
    zh: 'Idempotency-Key 须为 1 至 255 个可见 ASCII 字符',
    en: 'Idempotency-Key must be 1 to 255 visible ASCII characters',
  },
});
