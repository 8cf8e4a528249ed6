/** Head of the back office's OpenAPI document. */
export const openapi = {
  title: '融桥 管理后台接口 · Rongqiao back office API',
  description:
    '审核、运营、复核与审计。提议者不得复核自己的提议;每个操作都有审计记录。 Reviews, operations, checking and audit. Whoever proposes cannot approve; every act is an audit row.',
};
